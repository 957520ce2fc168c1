use crate::device::{DeviceError, Told, require_all_back, require_pipes};

pub fn judge<'a>(device: &str, info: impl Told<'a>) -> Result<Option<()>, DeviceError> {
    let pipes = info.field("pipes").and_then(|pipes| pipes.all(Told::case));
    pipes.map(|pipes| require_pipes(device, &pipes)).transpose()
}

pub fn require<'a, T: Told<'a>>(
    device: &str,
    method: &str,
    arguments: &[T],
    answer: T,
) -> Result<Option<()>, DeviceError> {
    if method != "[method]device.round-trip" {
        return Ok(Some(()));
    }
    match (answer.given().and_then(Told::length), arguments) {
        (Some(back), [_, sent]) => sent.length().map(|sent| require_all_back(device, back, sent)).transpose(),
        _ => Ok(None),
    }
}
