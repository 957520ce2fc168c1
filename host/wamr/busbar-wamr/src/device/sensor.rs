use super::answered::answered;
use super::opened::OpenedDevice;
use crate::abi::{FromValue, Value, elements};
use crate::instance::DriverInstance;
use busbar_core::device::{Channel, DeviceError, INFO, LastReadings, OpenedSensor, READ, SensorInfo};
use busbar_core::link::DeviceKind;
use std::sync::Arc;

/// An opened sensor. `close` puts the part to sleep.
pub struct Sensor {
    opened: OpenedDevice,
    info: SensorInfo,
    channels: Vec<Channel>,
}

impl Sensor {
    /// Opens the sensor of a running instance, and notes from then on how its readings go.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn open(
        name: &str,
        instance: Arc<DriverInstance>,
        readings: &Arc<LastReadings>,
    ) -> Result<Self, DeviceError> {
        let opened = OpenedDevice::open(name, DeviceKind::Sensor, instance, readings).await;
        let opened = opened.map_err(|failure| failure.error(name))?;
        // They were judged when it was opened.
        let [info, channels] = [INFO, "[method]device.channels"].map(|function| opened.property(function).cloned());
        let info = info.and_then(SensorInfo::from_value).ok_or_else(|| no_sensor(name))?;
        let channels = channels.and_then(elements).ok_or_else(|| no_sensor(name))?;
        Ok(Self { opened, info, channels })
    }

    /// The device's name in the board file.
    pub fn name(&self) -> &str {
        self.opened.name()
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
        let answer = self.opened.call(READ, &[]).await?;
        let values: Value = answered(self.name(), answer)?;
        elements(values).ok_or_else(|| no_sensor(self.name()))
    }

    /// Puts the part to sleep, and releases it.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub async fn close(self) -> Result<(), DeviceError> {
        self.opened.close().await.map(drop)
    }
}

fn no_sensor(name: &str) -> DeviceError {
    DeviceError::protocol(name, "the driver answers otherwise than a sensor")
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
