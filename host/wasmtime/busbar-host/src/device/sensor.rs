use super::answered::channel;
use super::opened::{Called, Opened};
use super::{Channel, DeviceError, LastReadings, SensorInfo};
use crate::bindings::exports::busbar::device::sensor;
use crate::instance::{DeviceExports, DriverInstance, DriverState, Guest, drives_none};
use busbar_core::device::{OpenedSensor, checked_channels, checked_reading};
use std::sync::Arc;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

/// An opened sensor. `close` puts the part to sleep.
pub struct Sensor {
    opened: Opened,
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
        let opened = Opened::open(name, instance, async |guest| {
            let (store, exports) = parts(guest)?;
            exports.call_open(store, name).await
        });
        let opened = opened.await?;
        let asked = ask(&opened).await;
        let (opened, (info, channels)) = opened.keep_if(asked, close_guest).await?;
        Ok(Self { opened, info, channels, noted: None })
    }

    /// Notes from now on how its readings go.
    pub(crate) fn noted_in(self, readings: Arc<LastReadings>) -> Self {
        Self { noted: Some(readings), ..self }
    }

    /// The device's name in the board file.
    pub fn name(&self) -> &str {
        &self.opened.name
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
            readings.note(self.name(), values.as_ref().map(drop).map_err(|error| error.clone().into()));
        }
        values
    }

    async fn read_once(&self) -> Result<Vec<f64>, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_read(store, device).await
        });
        checked_reading(self.name(), &self.channels, call.await?)
    }

    /// Puts the part to sleep, and releases it.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub async fn close(self) -> Result<(), DeviceError> {
        self.opened.close(close_guest).await
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

async fn ask(opened: &Opened) -> Result<(SensorInfo, Vec<Channel>), DeviceError> {
    let call = opened.call(async |guest, device| {
        let (store, exports) = parts(guest)?;
        let info = exports.device().call_info(&mut *store, device).await?;
        let channels = exports.device().call_channels(store, device).await?;
        Ok(Ok((info, channels)))
    });
    let (info, channels) = call.await?;
    let channels = checked_channels(&opened.name, channels.into_iter().map(channel).collect())?;
    Ok((SensorInfo::answered(&info.vendor, &info.model), channels))
}

async fn close_guest(guest: &mut Guest, device: ResourceAny) -> Called<()> {
    let (store, exports) = parts(guest)?;
    Ok(Ok(exports.device().call_close(store, device).await?))
}

fn parts(guest: &mut Guest) -> wasmtime::Result<(&mut Store<DriverState>, &sensor::Guest)> {
    match &guest.exports {
        DeviceExports::Sensor(exports) => Ok((&mut guest.store, exports)),
        _ => Err(drives_none("sensor")),
    }
}
