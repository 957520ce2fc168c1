use super::fields::{Fields, list};
use crate::device::{DeviceError, require_modes};
use wasmtime::component::Val;

/// In what ways it can be started.
pub const MODES: &str = "[method]device.modes";

pub fn judge(device: &str, told: &Val) -> Result<Option<()>, DeviceError> {
    let modes: Option<Vec<_>> = list(told).and_then(|modes| modes.iter().map(mode).collect());
    modes.map(|modes| require_modes(device, modes.into_iter())).transpose()
}

fn mode(value: &Val) -> Option<(u32, u32, f64)> {
    let fields = Fields::of(value)?;
    Some((fields.small("width")?, fields.small("height")?, fields.double("interval-ms")?))
}
