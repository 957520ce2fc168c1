use super::DeviceError;
use super::opened::{Called, Opened};
use crate::bindings::exports::busbar::device::block_device;
use crate::instance::{DeviceExports, DriverInstance, DriverState, Guest, drives_none};
use busbar_core::device::{require_answer, shorten};
use std::sync::Arc;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

/// busbar:device/block-device `info`.
pub use block_device::Info as BlockDeviceInfo;

/// In bytes; more than any disk has in one.
const LARGEST_BLOCK: u32 = 16 * 1024 * 1024;
/// In bytes, 2^53 - 1: what all hosts can count.
const LARGEST_DISK: u64 = (1 << 53) - 1;

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

/// Checks what a driver tells of a disk: bytes of a block, how many blocks, and how many of them can be read at once.
pub(crate) fn require_disk(
    name: &str,
    block_size: u32,
    block_count: u64,
    maximum_transfer_blocks: u32,
) -> Result<(), DeviceError> {
    require_answer(name, (1..=LARGEST_BLOCK).contains(&block_size), || {
        format!("says that a block has {block_size} bytes, and one has 1 to {LARGEST_BLOCK}")
    })?;
    let bytes = block_count.checked_mul(block_size.into());
    require_answer(name, bytes.is_some_and(|bytes| bytes <= LARGEST_DISK), || {
        format!("says that there are {block_count} blocks, which no disk has")
    })?;
    require_answer(name, maximum_transfer_blocks > 0, || "says that no block can be read or written".to_owned())
}

/// Checks that so many bytes are so many blocks.
pub(crate) fn require_blocks(name: &str, length: usize, count: u32) -> Result<(), DeviceError> {
    let is_blocks = match count as usize {
        0 => length == 0,
        count => length > 0 && length.is_multiple_of(count),
    };
    require_answer(name, is_blocks, || format!("gives {length} bytes for {count} blocks"))
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

#[cfg(test)]
mod tests {
    use super::{require_blocks, require_disk};

    fn judged(block_size: u32, block_count: u64, maximum_transfer_blocks: u32) -> Option<String> {
        require_disk("stick", block_size, block_count, maximum_transfer_blocks).err().map(|error| error.message)
    }

    #[test]
    fn a_disk_has_to_make_sense() {
        let own = |rest: &str| Some(format!("the driver {rest}; its author has to mend that"));
        assert_eq!(judged(512, (1 << 44) - 1, 1), None);
        assert_eq!(judged(0, 1, 1), own("says that a block has 0 bytes, and one has 1 to 16777216"));
        assert_eq!(judged(16_777_217, 1, 1), own("says that a block has 16777217 bytes, and one has 1 to 16777216"));
        assert_eq!(judged(512, 1 << 44, 1), own("says that there are 17592186044416 blocks, which no disk has"));
        assert_eq!(judged(512, u64::MAX, 1), own("says that there are 18446744073709551615 blocks, which no disk has"));
        assert_eq!(judged(512, 1, 0), own("says that no block can be read or written"));
    }

    #[test]
    fn what_is_read_is_whole_blocks() {
        let judged = |length, count| require_blocks("stick", length, count).err().map(|error| error.message);
        assert_eq!([judged(1024, 2), judged(0, 0)], [None, None]);
        let own = |rest: &str| Some(format!("the driver {rest}; its author has to mend that"));
        assert_eq!(judged(1023, 2), own("gives 1023 bytes for 2 blocks"));
        assert_eq!(judged(0, 2), own("gives 0 bytes for 2 blocks"));
        assert_eq!(judged(512, 0), own("gives 512 bytes for 0 blocks"));
    }
}
