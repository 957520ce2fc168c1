use super::answered::answered;
use crate::abi::{FromValue, IntoValue, Value};
use crate::component::Export;
use crate::components::{DeviceExports, SensorExports};
use crate::instance::{DriverInstance, Guest};
use crate::trap::Trap;
use busbar_core::device::{
    Channel, DeviceError, LastReadings, OpenedSensor, SensorInfo, checked_channels, checked_reading,
};
use std::sync::Arc;

/// The resource of busbar:device/sensor.
const RESOURCE: &str = "device";

/// An opened sensor. `close` puts the part to sleep.
pub struct Sensor {
    name: String,
    instance: Arc<DriverInstance>,
    /// What the guest knows its resource by.
    device: u32,
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
        let asked = name.to_owned();
        let open = move |guest: &mut Guest| {
            let given = call(guest, |exports| &exports.open, &[asked.clone().into_value()])?;
            answered(&asked, given)
        };
        let opened = instance.call(open).await?;
        let Value::Resource(device) = opened else {
            return Err(DeviceError::protocol(name, "the driver opens nothing"));
        };
        let (info, channels) = (SensorInfo::answered("", ""), Vec::new());
        let mut sensor = Self { name: name.to_owned(), instance, device, info, channels, noted: None };
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
        let (name, device) = (self.name.clone(), Value::Resource(self.device));
        let read = move |guest: &mut Guest| answered(&name, call(guest, |exports| &exports.read, &[device])?);
        let values: Vec<Value> = self.instance.call(read).await?;
        let values = values.into_iter().map(f64::from_value).collect::<Option<Vec<_>>>();
        checked_reading(&self.name, &self.channels, values.unwrap_or_default())
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
        let close = move |guest: &mut Guest| {
            call(guest, |exports| &exports.close, &[Value::Resource(device)])?;
            let Guest { component, exports: DeviceExports::Sensor(SensorExports { interface, .. }) } = guest;
            component.destroy(interface, RESOURCE, device)?;
            Ok(Ok(()))
        };
        self.instance.call(close).await
    }

    async fn ask(&mut self) -> Result<(), DeviceError> {
        let device = self.device;
        let ask = move |guest: &mut Guest| {
            let info = call(guest, |exports| &exports.info, &[Value::Resource(device)])?;
            let info = info.and_then(SensorInfo::from_value).ok_or_else(Trap::another_type)?;
            let channels = call(guest, |exports| &exports.channels, &[Value::Resource(device)])?;
            let channels = channels.and_then(Vec::<Value>::from_value).ok_or_else(Trap::another_type)?;
            let channels = channels.into_iter().map(Channel::from_value).collect::<Option<Vec<_>>>();
            Ok(Ok((info, channels.ok_or_else(Trap::another_type)?)))
        };
        let (info, channels) = self.instance.call(ask).await?;
        self.channels = checked_channels(&self.name, channels)?;
        self.info = info;
        Ok(())
    }
}

fn call(
    guest: &mut Guest,
    which: impl FnOnce(&SensorExports) -> &Export,
    parameters: &[Value],
) -> Result<Option<Value>, Trap> {
    let Guest { component, exports: DeviceExports::Sensor(exports) } = guest;
    component.call(which(exports), parameters)
}

impl OpenedSensor for Sensor {
    fn name(&self) -> &str {
        self.name()
    }

    fn info(&self) -> &SensorInfo {
        self.info()
    }

    fn channels(&self) -> &[Channel] {
        self.channels()
    }

    async fn read(&mut self) -> Result<Vec<f64>, DeviceError> {
        self.read().await
    }

    async fn close(self) -> Result<(), DeviceError> {
        self.close().await
    }
}
