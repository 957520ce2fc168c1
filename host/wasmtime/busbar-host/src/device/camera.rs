use super::opened::{Called, Opened};
use super::{DeviceError, DeviceErrorCode};
use crate::bindings::exports::busbar::device::camera;
use crate::instance::{DeviceExports, DriverInstance, DriverState, Guest, drives_none};
use busbar_core::device::{Wait, require_modes, shorten};
use std::sync::Arc;
use std::time::Duration;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

pub use camera::{Encoding as CameraEncoding, Frame as CameraFrame, Info as CameraInfo, Mode as CameraMode};

/// Calls into a driver go one after the other: stopping waits no longer than this.
const LONGEST_WAIT: Duration = Duration::from_millis(100);

/// An opened camera.
pub struct Camera {
    opened: Opened,
    info: CameraInfo,
    modes: Vec<CameraMode>,
}

impl Camera {
    /// Opens the camera of a running instance.
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
        let (opened, (info, modes)) = opened.keep_if(asked, close_guest).await?;
        Ok(Self { opened, info, modes })
    }

    /// Which device it is; texts are empty where it gives none.
    pub fn info(&self) -> &CameraInfo {
        &self.info
    }

    /// In what ways it can be started, its own default first; at least one.
    pub fn modes(&self) -> &[CameraMode] {
        &self.modes
    }

    /// Starts the pictures of a mode, by its index in `modes`; one that runs is stopped first.
    ///
    /// # Errors
    ///
    /// `invalid-argument`, and what the driver answers.
    pub async fn start(&self, mode: u32) -> Result<(), DeviceError> {
        let last = self.modes.len() - 1;
        if mode as usize > last {
            let message = format!("the mode is {mode}, but must be a whole number from 0 to {last}");
            return Err(DeviceError::new(&self.opened.name, DeviceErrorCode::InvalidArgument, message));
        }
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_start(store, device, mode).await
        });
        call.await
    }

    /// The next whole picture; damaged ones are left out. None when none came in time; without a timeout it waits without end.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn next_frame(&self, timeout: Option<Duration>) -> Result<Option<CameraFrame>, DeviceError> {
        let wait = Wait::new(timeout, LONGEST_WAIT);
        loop {
            let milliseconds = wait.next_ms();
            let call = self.opened.call(async |guest, device| {
                let (store, exports) = parts(guest)?;
                exports.device().call_next_frame(store, device, milliseconds).await
            });
            match call.await? {
                None if !wait.is_over() => {}
                frame => return Ok(frame),
            }
        }
    }

    /// Stops the pictures. Stopping twice is legal.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn stop(&self) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_stop(store, device).await
        });
        call.await
    }

    /// Stops, and gives the camera back.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub async fn close(self) -> Result<(), DeviceError> {
        self.opened.close(close_guest).await
    }
}

async fn ask(opened: &Opened) -> Result<(CameraInfo, Vec<CameraMode>), DeviceError> {
    let call = opened.call(async |guest, device| {
        let (store, exports) = parts(guest)?;
        Ok(Ok(exports.device().call_info(store, device).await?))
    });
    let mut info = call.await?;
    shorten([&mut info.vendor, &mut info.product, &mut info.serial_number]);
    let call = opened.call(async |guest, device| {
        let (store, exports) = parts(guest)?;
        Ok(Ok(exports.device().call_modes(store, device).await?))
    });
    let modes = call.await?;
    require_modes(&opened.name, modes.iter().map(|mode| (mode.width, mode.height, mode.interval_ms)))?;
    Ok((info, modes))
}

async fn close_guest(guest: &mut Guest, device: ResourceAny) -> Called<()> {
    let (store, exports) = parts(guest)?;
    Ok(Ok(exports.device().call_close(store, device).await?))
}

fn parts(guest: &mut Guest) -> wasmtime::Result<(&mut Store<DriverState>, &camera::Guest)> {
    match &guest.exports {
        DeviceExports::Camera(exports) => Ok((&mut guest.store, exports)),
        _ => Err(drives_none("camera")),
    }
}
