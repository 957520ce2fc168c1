use super::DeviceError;
use super::opened::{Called, Opened};
use crate::bindings::exports::busbar::device::block_device;
use crate::instance::{DeviceExports, DriverInstance, DriverState, Guest, drives_none};
use busbar_core::device::{require_blocks, require_disk, shorten};
use std::sync::Arc;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

/// busbar:device/block-device `info`.
pub use block_device::Info as BlockDeviceInfo;

/// An opened disk: `not-found` without a medium; `disconnected` once when the medium was changed, after which `info` tells
/// of the new one. Closing it flushes it.
pub struct BlockDevice {
    opened: Opened,
}

impl BlockDevice {
    /// Opens the disk of a running instance.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn open(name: &str, instance: Arc<DriverInstance>) -> Result<Self, DeviceError> {
        let opened = Opened::open(name, instance, async |guest| {
            let (store, exports) = parts(guest)?;
            exports.call_open(store, name).await
        });
        Ok(Self { opened: opened.await? })
    }

    /// Which medium this is now.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn info(&self) -> Result<BlockDeviceInfo, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_info(store, device).await
        });
        let mut info = call.await?;
        require_disk(&self.opened.name, info.block_size, info.block_count, info.maximum_transfer_blocks)?;
        shorten([&mut info.vendor, &mut info.product, &mut info.revision]);
        Ok(info)
    }

    /// Reads whole blocks, 1 to `maximum_transfer_blocks`.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn read(&self, first_block: u64, count: u32) -> Result<Vec<u8>, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_read(store, device, first_block, count).await
        });
        let bytes = call.await?;
        require_blocks(&self.opened.name, bytes.len(), count)?;
        Ok(bytes)
    }

    /// Writes whole blocks: 1 to `maximum_transfer_blocks` times `block_size` bytes.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn write(&self, first_block: u64, data: &[u8]) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_write(store, device, first_block, data).await
        });
        call.await
    }

    /// Returns when everything that was written is on the medium.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn flush(&self) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_flush(store, device).await
        });
        call.await
    }

    /// Flushes and gives the disk back.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn close(self) -> Result<(), DeviceError> {
        self.opened.close(close_guest).await
    }
}

async fn close_guest(guest: &mut Guest, device: ResourceAny) -> Called<()> {
    let (store, exports) = parts(guest)?;
    exports.device().call_close(store, device).await
}

fn parts(guest: &mut Guest) -> wasmtime::Result<(&mut Store<DriverState>, &block_device::Guest)> {
    match &guest.exports {
        DeviceExports::BlockDevice(exports) => Ok((&mut guest.store, exports)),
        _ => Err(drives_none("disk")),
    }
}
