use super::{INFO, READ};
use crate::device::{DeviceError, Told, require_blocks, require_disk};

pub fn require<'a, T: Told<'a>>(
    device: &str,
    method: &str,
    arguments: &[T],
    answer: T,
) -> Result<Option<()>, DeviceError> {
    match method {
        INFO => {
            let disk = answer.given().and_then(disk);
            disk.map(|(size, count, most)| require_disk(device, size, count, most)).transpose()
        }
        READ => match (answer.given().and_then(Told::length), arguments) {
            (Some(length), [_, count]) => count.small().map(|count| require_blocks(device, length, count)).transpose(),
            _ => Ok(None),
        },
        _ => Ok(Some(())),
    }
}

/// Bytes of a block, how many blocks, and how many of them can be read at once.
fn disk<'a>(info: impl Told<'a>) -> Option<(u32, u64, u32)> {
    Some((
        info.field("block-size")?.small()?,
        info.field("block-count")?.whole()?,
        info.field("maximum-transfer-blocks")?.small()?,
    ))
}
