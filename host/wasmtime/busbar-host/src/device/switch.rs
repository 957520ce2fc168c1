use super::DeviceError;
use super::opened::{Called, Opened};
use crate::bindings::exports::busbar::device::switch;
use crate::instance::{DeviceExports, DriverInstance, DriverState, Guest, drives_none};
use busbar_core::device::{OpenedSwitch, shorten};
use std::sync::Arc;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

/// busbar:device/switch `info`.
pub use switch::Info as SwitchInfo;

/// An opened switch: a relay, a lamp, a valve. Closing it leaves it as its driver's README says, usually off.
pub struct Switch {
    opened: Opened,
    info: SwitchInfo,
}

impl Switch {
    /// Opens the switch of a running instance.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn open(name: &str, instance: Arc<DriverInstance>) -> Result<Self, DeviceError> {
        let opened = Opened::open(name, instance, async |guest| {
            let (store, exports) = parts(guest)?;
            exports.call_open(store, name).await
        });
        let opened = opened.await?;
        let call = opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            Ok(Ok(exports.device().call_info(store, device).await?))
        });
        let asked = call.await;
        let (opened, mut info) = opened.keep_if(asked, close_guest).await?;
        shorten([&mut info.vendor, &mut info.model]);
        Ok(Self { opened, info })
    }

    /// Which part it is; the vendor is empty where nobody knows.
    pub fn info(&self) -> &SwitchInfo {
        &self.info
    }

    /// Whether it is on: what it was set to, unless the part can tell.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn is_on(&self) -> Result<bool, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_is_on(store, device).await
        });
        call.await
    }

    /// Switches it.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn set(&self, on: bool) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_set(store, device, on).await
        });
        call.await
    }

    /// Gives it back.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub async fn close(self) -> Result<(), DeviceError> {
        self.opened.close(close_guest).await
    }
}

impl OpenedSwitch for Switch {
    fn name(&self) -> &str {
        &self.opened.name
    }

    async fn set(&self, on: bool) -> Result<(), DeviceError> {
        self.set(on).await
    }

    async fn close(self) -> Result<(), DeviceError> {
        self.close().await
    }
}

async fn close_guest(guest: &mut Guest, device: ResourceAny) -> Called<()> {
    let (store, exports) = parts(guest)?;
    Ok(Ok(exports.device().call_close(store, device).await?))
}

fn parts(guest: &mut Guest) -> wasmtime::Result<(&mut Store<DriverState>, &switch::Guest)> {
    match &guest.exports {
        DeviceExports::Switch(exports) => Ok((&mut guest.store, exports)),
        _ => Err(drives_none("switch")),
    }
}
