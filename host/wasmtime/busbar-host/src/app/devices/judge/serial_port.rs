use super::fields::{Fields, given, list};
use crate::app::devices::shape::READ;
use crate::device::{DeviceError, require_at_most, require_line};
use wasmtime::component::Val;

pub fn require(device: &str, method: &str, arguments: &[Val], answer: &Val) -> Result<Option<()>, DeviceError> {
    match method {
        "[method]device.get-line-settings" => {
            let line = given(answer).and_then(line);
            line.map(|(baud_rate, data_bits)| require_line(device, baud_rate, data_bits)).transpose()
        }
        READ => match (given(answer).and_then(list), arguments) {
            (Some(bytes), [Val::U32(maximum), ..]) => require_at_most(device, bytes.len(), *maximum).map(Some),
            _ => Ok(None),
        },
        _ => Ok(Some(())),
    }
}

fn line(settings: &Val) -> Option<(u32, u8)> {
    let fields = Fields::of(settings)?;
    Some((fields.small("baud-rate")?, u8::try_from(fields.whole("data-bits")?).ok()?))
}
