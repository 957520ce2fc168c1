use super::fields::{Fields, given, list};
use crate::device::{DeviceError, require_all_back, require_pipes};
use wasmtime::component::Val;

pub fn judge(device: &str, info: &Val) -> Result<Option<()>, DeviceError> {
    let pipes = Fields::of(info).and_then(|info| list(info.get("pipes")?));
    pipes.map(|pipes| require_pipes(device, pipes)).transpose()
}

pub fn require(device: &str, method: &str, arguments: &[Val], answer: &Val) -> Result<Option<()>, DeviceError> {
    if method != "[method]device.round-trip" {
        return Ok(Some(()));
    }
    match (given(answer).and_then(list), arguments) {
        (Some(back), [_, Val::List(sent)]) => require_all_back(device, back.len(), sent.len()).map(Some),
        _ => Ok(None),
    }
}
