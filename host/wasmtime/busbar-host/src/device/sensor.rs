use super::DeviceError;
use super::answer::{require_answer, short_name};
use super::last_reading::LastReadings;
use crate::bindings::exports::busbar::device::sensor;
use crate::instance::{DeviceExports, DriverInstance, Guest, drives_none};
use crate::text::{number, quoted};
use std::collections::HashSet;
use std::sync::Arc;
use wasmtime::component::ResourceAny;

/// What a channel measures: busbar:device/sensor `quantity`.
pub use sensor::Quantity;

/// The most channels of a sensor: a thermal camera of 32 x 32.
const MOST_CHANNELS: usize = 1024;
/// In UTF-16 code units.
const LONGEST_LABEL: usize = 200;

impl Quantity {
    /// The name in WIT.
    pub fn name(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::Pressure => "pressure",
            Self::RelativeHumidity => "relative-humidity",
            Self::Acceleration => "acceleration",
            Self::AngularVelocity => "angular-velocity",
            Self::MagneticFluxDensity => "magnetic-flux-density",
            Self::Illuminance => "illuminance",
            Self::Distance => "distance",
            Self::Voltage => "voltage",
            Self::Current => "current",
            Self::Power => "power",
            Self::GasConcentration => "gas-concentration",
        }
    }

    /// The unit, as people write it.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Temperature => "°C",
            Self::Pressure => "Pa",
            Self::RelativeHumidity => "%RH",
            Self::Acceleration => "m/s²",
            Self::AngularVelocity => "rad/s",
            Self::MagneticFluxDensity => "T",
            Self::Illuminance => "lx",
            Self::Distance => "m",
            Self::Voltage => "V",
            Self::Current => "A",
            Self::Power => "W",
            Self::GasConcentration => "ppm",
        }
    }
}

/// Which part a sensor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SensorInfo {
    pub vendor: String,
    pub model: String,
}

/// busbar:device/sensor `channel`; the numbers are in the quantity's unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    pub quantity: Quantity,
    /// Unique in a sensor, 1 to 200 characters.
    pub label: String,
    pub minimum: f64,
    pub maximum: f64,
    pub resolution: f64,
}

/// An opened sensor. `close` puts the part to sleep.
pub struct Sensor {
    name: String,
    instance: Arc<DriverInstance>,
    device: ResourceAny,
    info: SensorInfo,
    channels: Vec<Channel>,
    /// Where its readings are noted; none where nobody wants to know.
    noted: Option<Arc<LastReadings>>,
}

impl Sensor {
    /// Opens the sensor of a running instance.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn open(name: &str, instance: Arc<DriverInstance>) -> Result<Self, DeviceError> {
        let device = instance
            .call(async |guest| {
                let (store, exports) = parts(guest)?;
                exports.call_open(store, name).await
            })
            .await?;
        let mut sensor = Self {
            name: name.to_owned(),
            instance,
            device,
            info: SensorInfo { vendor: String::new(), model: String::new() },
            channels: Vec::new(),
            noted: None,
        };
        // One whose answers make no sense is closed again, so that none is left open each time that somebody tries.
        match sensor.ask().await {
            Ok(()) => Ok(sensor),
            Err(error) => {
                // What is wrong with it has been found already.
                let _ = sensor.close().await;
                Err(error)
            }
        }
    }

    /// Notes from now on how its readings go.
    pub(crate) fn noted_in(self, readings: Arc<LastReadings>) -> Self {
        Self { noted: Some(readings), ..self }
    }

    /// The device's name in the board file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which part it is.
    pub fn info(&self) -> &SensorInfo {
        &self.info
    }

    /// In the order of the values of a reading.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// A fresh reading: one value a channel. What lies outside of what its channel can measure is a `protocol` error.
    ///
    /// # Errors
    ///
    /// What the driver answers; after `disconnected`, open the sensor again.
    pub async fn read(&mut self) -> Result<Vec<f64>, DeviceError> {
        let values = self.read_once().await;
        if let Some(readings) = &self.noted {
            readings.note(&self.name, values.as_ref().map(drop).map_err(|error| error.clone().into()));
        }
        values
    }

    async fn read_once(&mut self) -> Result<Vec<f64>, DeviceError> {
        let device = self.device;
        let values = self
            .instance
            .call(async |guest| {
                let (store, exports) = parts(guest)?;
                exports.device().call_read(store, device).await
            })
            .await?;
        let length = self.channels.len();
        require_answer(&self.name, values.len() == length, || {
            let noun = if values.len() == 1 { "value" } else { "values" };
            format!("gives {} {noun} for {length} channels", values.len())
        })?;
        for (value, channel) in values.iter().zip(&self.channels) {
            let Channel { label, minimum, maximum, .. } = channel;
            require_answer(&self.name, value >= minimum && value <= maximum, || {
                let (label, value) = (quoted(label), number(*value));
                let (minimum, maximum) = (number(*minimum), number(*maximum));
                format!("gives {value} for the channel {label}, which reaches from {minimum} to {maximum}")
            })?;
        }
        Ok(values)
    }

    /// Puts the part to sleep, and releases it.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub async fn close(self) -> Result<(), DeviceError> {
        if !self.instance.is_alive() {
            return Ok(());
        }
        let device = self.device;
        self.instance
            .call(async |guest| {
                let (store, exports) = parts(guest)?;
                exports.device().call_close(&mut *store, device).await?;
                device.resource_drop_async(store).await?;
                Ok(Ok(()))
            })
            .await
    }

    async fn ask(&mut self) -> Result<(), DeviceError> {
        let device = self.device;
        let (info, channels) = self
            .instance
            .call(async |guest| {
                let (store, exports) = parts(guest)?;
                let info = exports.device().call_info(&mut *store, device).await?;
                let channels = exports.device().call_channels(store, device).await?;
                Ok(Ok((info, channels)))
            })
            .await?;
        require_channels(&self.name, &channels)?;
        self.info = SensorInfo { vendor: short_name(&info.vendor), model: short_name(&info.model) };
        self.channels = channels.into_iter().map(Channel::from).collect();
        Ok(())
    }
}

type Parts<'a> = (&'a mut wasmtime::Store<crate::instance::DriverState>, &'a sensor::Guest);

fn parts(guest: &mut Guest) -> wasmtime::Result<Parts<'_>> {
    match &guest.exports {
        DeviceExports::Sensor(exports) => Ok((&mut guest.store, exports)),
        _ => Err(drives_none("sensor")),
    }
}

impl From<sensor::Channel> for Channel {
    fn from(channel: sensor::Channel) -> Self {
        let sensor::Channel { quantity, label, minimum, maximum, resolution } = channel;
        Self { quantity, label, minimum, maximum, resolution }
    }
}

fn require_channels(name: &str, channels: &[sensor::Channel]) -> Result<(), DeviceError> {
    require_answer(name, channels.len() <= MOST_CHANNELS, || {
        format!("lists {} channels, and a sensor has {MOST_CHANNELS} at most", channels.len())
    })?;
    let mut labels = HashSet::new();
    for sensor::Channel { label, minimum, maximum, resolution, .. } in channels {
        let length = label.encode_utf16().count();
        require_answer(name, (1..=LONGEST_LABEL).contains(&length), || {
            format!("lists a channel with a label of {length} characters, and one has 1 to {LONGEST_LABEL}")
        })?;
        require_answer(name, labels.insert(label), || format!("lists the channel {} twice", quoted(label)))?;
        let is_range = minimum.is_finite() && maximum.is_finite() && minimum <= maximum;
        require_answer(name, is_range, || {
            let (minimum, maximum) = (number(*minimum), number(*maximum));
            format!("says that the channel {} reaches from {minimum} to {maximum}", quoted(label))
        })?;
        require_answer(name, resolution.is_finite() && *resolution >= 0.0, || {
            format!("says that the channel {} has a resolution of {}", quoted(label), number(*resolution))
        })?;
    }
    Ok(())
}
