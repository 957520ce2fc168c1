use crate::device::{CustomCharactersForm, DeviceError, DisplayForm, Told, require_capabilities, require_size};

/// How large it is.
pub const SIZE: &str = "[method]device.size";
/// What it can do.
pub const CAPABILITIES: &str = "[method]device.capabilities";

pub fn judge<'a, T: Told<'a>>(device: &str, size: T, capabilities: T) -> Result<Option<()>, DeviceError> {
    let (Some((rows, columns)), Some(capabilities)) = (read_size(size), form(capabilities)) else { return Ok(None) };
    require_size(device, rows, columns)?;
    require_capabilities(device, &capabilities).map(Some)
}

fn read_size<'a>(size: impl Told<'a>) -> Option<(u32, u32)> {
    Some((size.field("rows")?.small()?, size.field("columns")?.small()?))
}

fn form<'a>(capabilities: impl Told<'a>) -> Option<DisplayForm> {
    let custom_characters = match capabilities.field("custom-characters")?.option()? {
        Some(told) => Some(custom_characters(told)?),
        None => None,
    };
    Some(DisplayForm {
        brightness_levels: capabilities.field("brightness-levels")?.small()?,
        blink_rates: capabilities.field("blink-rates")?.all(Told::double)?,
        custom_characters,
    })
}

fn custom_characters<'a>(told: impl Told<'a>) -> Option<CustomCharactersForm> {
    Some(CustomCharactersForm {
        count: told.field("count")?.small()?,
        rows: told.field("rows")?.small()?,
        columns: told.field("columns")?.small()?,
    })
}
