use super::answered::channel;
use super::opened::{Called, Opened};
use super::readings::Readings;
use super::{Channel, DeviceError, SensorInfo};
use crate::instance::{DriverInstance, DriverState, Guest, drives_none};
use crate::streams::bindings::exports::busbar::device::sensor_stream;
use busbar_core::device::{checked_channels, checked_reading};
use std::sync::Arc;
use wasmtime::component::{Accessor, ResourceAny};

/// An opened sensor that sends readings by itself: busbar:device/sensor-stream. `close` puts the part to sleep.
pub struct StreamingSensor {
    opened: Opened,
    info: SensorInfo,
    channels: Arc<[Channel]>,
}

impl StreamingSensor {
    /// Opens the sensor of a running instance.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn open(name: &str, instance: Arc<DriverInstance>) -> Result<Self, DeviceError> {
        let open = async |guest: &mut Guest| {
            concurrently(guest, async |exports, accessor| exports.call_open(accessor, name.to_owned()).await).await
        };
        let opened = Opened::open(name, instance, open).await?;
        let asked = opened
            .call(async |guest, device| {
                let ask = async |exports: &sensor_stream::Guest, accessor: &Accessor<DriverState>| {
                    let info = exports.device().call_info(accessor, device).await?;
                    let channels = exports.device().call_channels(accessor, device).await?;
                    Ok(Ok((info, channels)))
                };
                concurrently(guest, ask).await
            })
            .await;
        let checked = asked.and_then(|(info, channels)| {
            Ok((info, checked_channels(name, channels.into_iter().map(channel).collect())?))
        });
        let (opened, (info, channels)) = opened.keep_if(checked, close_guest).await?;
        Ok(Self { opened, info: SensorInfo::answered(&info.vendor, &info.model), channels: channels.into() })
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

    /// A fresh reading: one value a channel. While [`Readings`] wait for the next one, it is answered.
    ///
    /// # Errors
    ///
    /// What the driver answers; after `disconnected`, open the sensor again.
    pub async fn read(&self) -> Result<Vec<f64>, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let read = async |exports: &sensor_stream::Guest, accessor: &Accessor<DriverState>| {
                exports.device().call_read(accessor, device).await
            };
            concurrently(guest, read).await
        });
        checked_reading(self.name(), &self.channels, call.await?)
    }

    /// A reading now, and one each `every_ms` milliseconds, 1 to 86,400,000, from then on.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn readings(&self, every_ms: u32) -> Result<Readings, DeviceError> {
        let Opened { name, instance, .. } = &self.opened;
        let call = self.opened.call(async |guest, device| {
            let begin = async |exports: &sensor_stream::Guest, accessor: &Accessor<DriverState>| {
                let (readings, outcome) = match exports.device().call_readings(accessor, device, every_ms).await? {
                    Ok(begun) => begun,
                    Err(error) => return Ok(Err(error)),
                };
                let (name, instance, channels) = (name.clone(), instance.clone(), self.channels.clone());
                accessor
                    .with(|access| Readings::new(name, instance, channels, every_ms, readings, outcome, access))
                    .map(Ok)
            };
            concurrently(guest, begin).await
        });
        call.await
    }

    /// Puts the part to sleep, and releases it. Readings that go on end with `disconnected`.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub async fn close(self) -> Result<(), DeviceError> {
        self.opened.close(close_guest).await
    }
}

/// Calls a guest while the event loop of its store runs, so that what it waits for, and its streams, go on.
async fn concurrently<T>(
    guest: &mut Guest,
    call: impl AsyncFnOnce(&sensor_stream::Guest, &Accessor<DriverState>) -> Called<T>,
) -> Called<T> {
    let Guest { store, streams, .. } = guest;
    let Some(exports) = streams else { return Err(drives_none("sensor that sends readings")) };
    store.run_concurrent(async |accessor| call(exports, accessor).await).await?
}

async fn close_guest(guest: &mut Guest, device: ResourceAny) -> Called<()> {
    let close = async |exports: &sensor_stream::Guest, accessor: &Accessor<DriverState>| {
        exports.device().call_close(accessor, device).await.map(Ok)
    };
    concurrently(guest, close).await
}
