use super::fields::{Fields, double, list, option};
use crate::device::{
    CustomCharacters, DeviceError, TextDisplayCapabilities, TextDisplaySize, require_capabilities, require_size,
};
use wasmtime::component::Val;

/// How large it is.
pub const SIZE: &str = "[method]device.size";
/// What it can do.
pub const CAPABILITIES: &str = "[method]device.capabilities";

pub fn judge(device: &str, size: &Val, capabilities: &Val) -> Result<Option<()>, DeviceError> {
    let (Some(size), Some(capabilities)) = (read_size(size), read_capabilities(capabilities)) else { return Ok(None) };
    require_size(device, size)?;
    require_capabilities(device, &capabilities).map(Some)
}

fn read_size(value: &Val) -> Option<TextDisplaySize> {
    let fields = Fields::of(value)?;
    Some(TextDisplaySize { rows: fields.small("rows")?, columns: fields.small("columns")? })
}

fn read_capabilities(value: &Val) -> Option<TextDisplayCapabilities> {
    let fields = Fields::of(value)?;
    Some(TextDisplayCapabilities {
        brightness_levels: fields.small("brightness-levels")?,
        blink_rates: list(fields.get("blink-rates")?)?.iter().map(double).collect::<Option<_>>()?,
        custom_characters: option(fields.get("custom-characters")?, read_custom_characters)?,
    })
}

fn read_custom_characters(value: &Val) -> Option<CustomCharacters> {
    let fields = Fields::of(value)?;
    Some(CustomCharacters {
        count: fields.small("count")?,
        rows: fields.small("rows")?,
        columns: fields.small("columns")?,
    })
}
