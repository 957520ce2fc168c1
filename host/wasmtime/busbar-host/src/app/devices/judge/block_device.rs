use super::INFO;
use super::fields::{Fields, given, list, shorten_texts};
use crate::app::devices::shape::READ;
use crate::device::{DeviceError, require_blocks, require_disk};
use wasmtime::component::Val;

pub fn require(device: &str, method: &str, arguments: &[Val], answer: &mut Val) -> Result<Option<()>, DeviceError> {
    match method {
        INFO => {
            if let Val::Result(Ok(Some(info))) = answer {
                shorten_texts(info);
            }
            let disk = given(answer).and_then(disk);
            disk.map(|(size, count, most)| require_disk(device, size, count, most)).transpose()
        }
        READ => match (given(answer).and_then(list), arguments) {
            (Some(bytes), [_, Val::U32(count)]) => require_blocks(device, bytes.len(), *count).map(Some),
            _ => Ok(None),
        },
        _ => Ok(Some(())),
    }
}

/// Bytes of a block, how many blocks, and how many of them can be read at once.
fn disk(info: &Val) -> Option<(u32, u64, u32)> {
    let fields = Fields::of(info)?;
    Some((fields.small("block-size")?, fields.whole("block-count")?, fields.small("maximum-transfer-blocks")?))
}
