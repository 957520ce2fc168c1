use super::DeviceError;
use super::opened::Opened;
use crate::bindings::exports::busbar::device::usb_echo;
use crate::instance::{DeviceExports, DriverInstance, DriverState, Guest, drives_none};
use busbar_core::device::{require_all_back, require_pipes, shorten};
use std::sync::Arc;
use wasmtime::Store;

/// busbar:device/usb-echo `pipe`: a pair of endpoints.
pub use usb_echo::Pipe as UsbEchoPipe;

/// busbar:device/usb-echo `info`; texts are empty where the device gives none.
pub use usb_echo::Info as UsbEchoInfo;

/// An opened device that sends back what it is sent.
pub struct UsbEcho {
    opened: Opened,
    info: UsbEchoInfo,
}

impl UsbEcho {
    /// Opens the device of a running instance.
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
        let (opened, info) = opened.keep_if(asked, close_guest).await?;
        Ok(Self { opened, info })
    }

    /// Which device it is.
    pub fn info(&self) -> &UsbEchoInfo {
        &self.info
    }

    /// Sends 1 to 65536 bytes and returns what comes back.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn round_trip(&self, pipe: UsbEchoPipe, data: &[u8]) -> Result<Vec<u8>, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_round_trip(store, device, pipe, data).await
        });
        let back = call.await?;
        require_all_back(&self.opened.name, back.len(), data.len())?;
        Ok(back)
    }

    /// `count` round trips of `length` bytes, checked in the driver.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn run(&self, pipe: UsbEchoPipe, length: u32, count: u32) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_run(store, device, pipe, length, count).await
        });
        call.await
    }

    /// Gives the device back.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub async fn close(self) -> Result<(), DeviceError> {
        self.opened.close(close_guest).await
    }
}

async fn ask(opened: &Opened) -> Result<UsbEchoInfo, DeviceError> {
    let call = opened.call(async |guest, device| {
        let (store, exports) = parts(guest)?;
        Ok(Ok(exports.device().call_info(store, device).await?))
    });
    let mut info = call.await?;
    require_pipes(&opened.name, &info.pipes)?;
    shorten([&mut info.vendor, &mut info.product, &mut info.serial_number]);
    Ok(info)
}

async fn close_guest(guest: &mut Guest, device: wasmtime::component::ResourceAny) -> super::opened::Called<()> {
    let (store, exports) = parts(guest)?;
    Ok(Ok(exports.device().call_close(store, device).await?))
}

fn parts(guest: &mut Guest) -> wasmtime::Result<(&mut Store<DriverState>, &usb_echo::Guest)> {
    match &guest.exports {
        DeviceExports::UsbEcho(exports) => Ok((&mut guest.store, exports)),
        _ => Err(drives_none("device that echoes")),
    }
}
