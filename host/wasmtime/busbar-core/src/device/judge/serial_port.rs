use super::READ;
use crate::device::{DeviceError, Told, require_at_most, require_line};

pub fn require<'a, T: Told<'a>>(
    device: &str,
    method: &str,
    arguments: &[T],
    answer: T,
) -> Result<Option<()>, DeviceError> {
    match method {
        "[method]device.get-line-settings" => {
            let line = answer.given().and_then(line);
            line.map(|(baud_rate, data_bits)| require_line(device, baud_rate, data_bits)).transpose()
        }
        READ => match (answer.given().and_then(Told::length), arguments) {
            (Some(length), [most, ..]) => most.small().map(|most| require_at_most(device, length, most)).transpose(),
            _ => Ok(None),
        },
        _ => Ok(Some(())),
    }
}

fn line<'a>(settings: impl Told<'a>) -> Option<(u32, u8)> {
    Some((settings.field("baud-rate")?.small()?, u8::try_from(settings.field("data-bits")?.whole()?).ok()?))
}
