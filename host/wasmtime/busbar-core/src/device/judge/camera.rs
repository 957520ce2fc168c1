use crate::device::{DeviceError, Told, require_modes};

/// In what ways it can be started.
pub const MODES: &str = "[method]device.modes";

pub fn judge<'a>(device: &str, told: impl Told<'a>) -> Result<Option<()>, DeviceError> {
    told.all(mode).map(|modes| require_modes(device, modes.into_iter())).transpose()
}

fn mode<'a>(mode: impl Told<'a>) -> Option<(u32, u32, f64)> {
    Some((mode.field("width")?.small()?, mode.field("height")?.small()?, mode.field("interval-ms")?.double()?))
}
