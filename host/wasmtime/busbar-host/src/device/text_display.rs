use super::DeviceError;
use super::opened::{Called, Opened};
use crate::bindings::exports::busbar::device::text_display;
use crate::instance::{DeviceExports, DriverInstance, DriverState, Guest, drives_none};
use busbar_core::device::{CustomCharactersForm, DisplayForm, require_capabilities, require_size, shorten};
use std::sync::Arc;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

pub use text_display::{
    Capabilities as TextDisplayCapabilities, CustomCharacters, Info as TextDisplayInfo, Size as TextDisplaySize,
};

/// An opened text display. Rows and columns count from 0.
pub struct TextDisplay {
    opened: Opened,
    info: TextDisplayInfo,
    size: TextDisplaySize,
    capabilities: TextDisplayCapabilities,
}

impl TextDisplay {
    /// Opens the text display of a running instance.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn open(name: &str, instance: Arc<DriverInstance>) -> Result<Self, DeviceError> {
        let opened = Opened::open(name, instance, async |guest| {
            let (store, exports) = parts(guest)?;
            exports.call_open(store, name).await
        });
        let opened = opened.await?;
        let asked = ask(&opened).await;
        let (opened, (info, size, capabilities)) = opened.keep_if(asked, close_guest).await?;
        Ok(Self { opened, info, size, capabilities })
    }

    /// Which part it is.
    pub fn info(&self) -> &TextDisplayInfo {
        &self.info
    }

    /// In characters.
    pub fn size(&self) -> TextDisplaySize {
        self.size
    }

    /// What it can do besides showing text.
    pub fn capabilities(&self) -> &TextDisplayCapabilities {
        &self.capabilities
    }

    /// Shows nothing any more, in no row.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn clear(&self) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_clear(store, device).await
        });
        call.await
    }

    /// Shows `text` in a row from a column on; what is beside it stays. [`custom_character`] stands for those that were
    /// drawn. Where the text does not fit or cannot be shown, that is `invalid-argument`, and nothing of it is shown.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn write(&self, row: u32, column: u32, text: &str) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_write(store, device, row, column, text).await
        });
        call.await
    }

    /// From 0, dark, to 1; it becomes the nearest level that the part has, and more than 0 is never dark.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn set_brightness(&self, brightness: f64) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_set_brightness(store, device, brightness).await
        });
        call.await
    }

    /// All of the text blinks with one of the `blink_rates`, in hertz; 0 ends that.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn set_blink_rate(&self, hertz: f64) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_set_blink_rate(store, device, hertz).await
        });
        call.await
    }

    /// Draws a custom character: one byte a row of dots, from the top; the rightmost dot is bit 0.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn define_character(&self, index: u32, rows: &[u8]) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_define_character(store, device, index, rows).await
        });
        call.await
    }

    /// Releases the bus, and switches the display off first if the settings say so.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub async fn close(self) -> Result<(), DeviceError> {
        self.opened.close(close_guest).await
    }
}

/// The character that stands for a custom character in a text: U+E000 for 0, the first one for private use.
pub fn custom_character(index: u8) -> char {
    char::from_u32(0xe000 + u32::from(index)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

async fn ask(opened: &Opened) -> Result<(TextDisplayInfo, TextDisplaySize, TextDisplayCapabilities), DeviceError> {
    let call = opened.call(async |guest, device| {
        let (store, exports) = parts(guest)?;
        let exports = exports.device();
        let info = exports.call_info(&mut *store, device).await?;
        let size = exports.call_size(&mut *store, device).await?;
        Ok(Ok((info, size, exports.call_capabilities(store, device).await?)))
    });
    let (mut info, size, capabilities) = call.await?;
    require_size(&opened.name, size.rows, size.columns)?;
    require_capabilities(&opened.name, &form_of(&capabilities))?;
    shorten([&mut info.vendor, &mut info.model]);
    Ok((info, size, capabilities))
}

fn form_of(capabilities: &TextDisplayCapabilities) -> DisplayForm {
    let TextDisplayCapabilities { brightness_levels, blink_rates, custom_characters } = capabilities;
    let custom_characters = custom_characters.map(|CustomCharacters { count, rows, columns }| CustomCharactersForm {
        count,
        rows,
        columns,
    });
    DisplayForm { brightness_levels: *brightness_levels, blink_rates: blink_rates.clone(), custom_characters }
}

async fn close_guest(guest: &mut Guest, device: ResourceAny) -> Called<()> {
    let (store, exports) = parts(guest)?;
    Ok(Ok(exports.device().call_close(store, device).await?))
}

fn parts(guest: &mut Guest) -> wasmtime::Result<(&mut Store<DriverState>, &text_display::Guest)> {
    match &guest.exports {
        DeviceExports::TextDisplay(exports) => Ok((&mut guest.store, exports)),
        _ => Err(drives_none("text display")),
    }
}

#[cfg(test)]
mod tests {
    use super::custom_character;

    #[test]
    fn custom_characters_are_for_private_use() {
        assert_eq!([custom_character(0), custom_character(255)], ['\u{e000}', '\u{e0ff}']);
    }
}
