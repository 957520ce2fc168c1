use super::answered::channel;
use super::{Channel, DeviceError, LastReadings, SensorInfo};
use crate::bindings::exports::busbar::device::sensor;
use crate::instance::{DeviceExports, DriverInstance, Guest, drives_none};
use busbar_core::device::{OpenedSensor, checked_channels, checked_reading};
use std::sync::Arc;
use wasmtime::component::ResourceAny;

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
        checked_reading(&self.name, &self.channels, values)
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
        self.channels = checked_channels(&self.name, channels.into_iter().map(channel).collect())?;
        self.info = SensorInfo::answered(&info.vendor, &info.model);
        Ok(())
    }
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

type Parts<'a> = (&'a mut wasmtime::Store<crate::instance::DriverState>, &'a sensor::Guest);

fn parts(guest: &mut Guest) -> wasmtime::Result<Parts<'_>> {
    match &guest.exports {
        DeviceExports::Sensor(exports) => Ok((&mut guest.store, exports)),
        _ => Err(drives_none("sensor")),
    }
}
