use super::DeviceError;
use super::opened::{Called, Opened};
use crate::bindings::exports::busbar::device::text_display;
use crate::instance::{DeviceExports, DriverInstance, DriverState, Guest, drives_none};
use crate::text::number;
use busbar_core::device::{require_answer, shorten};
use std::sync::Arc;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

pub use text_display::{
    Capabilities as TextDisplayCapabilities, CustomCharacters, Info as TextDisplayInfo, Size as TextDisplaySize,
};

/// More than any display has. A program may make a picture of all of it.
const MOST_ROWS_OR_COLUMNS: u32 = 1024;
/// Of a light that is set by 16 bits.
const MOST_LEVELS: u32 = 65_535;
const MOST_BLINK_RATES: usize = 64;
/// `custom_character` has no more.
const MOST_CUSTOM_CHARACTERS: u32 = 256;
const MOST_DOT_ROWS: u32 = 64;
/// A row of dots is a byte.
const MOST_DOT_COLUMNS: u32 = 8;

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
    require_size(&opened.name, size)?;
    require_capabilities(&opened.name, &capabilities)?;
    shorten([&mut info.vendor, &mut info.model]);
    Ok((info, size, capabilities))
}

/// Checks how large a display is.
pub(crate) fn require_size(name: &str, TextDisplaySize { rows, columns }: TextDisplaySize) -> Result<(), DeviceError> {
    let range = 1..=MOST_ROWS_OR_COLUMNS;
    require_answer(name, range.contains(&rows) && range.contains(&columns), || {
        format!(
            "says that it has {rows} rows of {columns} characters, and a display has 1 to {MOST_ROWS_OR_COLUMNS} of both"
        )
    })
}

/// Checks what a display can do.
pub(crate) fn require_capabilities(name: &str, told: &TextDisplayCapabilities) -> Result<(), DeviceError> {
    let TextDisplayCapabilities { brightness_levels, blink_rates, custom_characters } = told;
    require_answer(name, *brightness_levels <= MOST_LEVELS, || {
        format!("says that it has {brightness_levels} levels of brightness, and a display has {MOST_LEVELS} at most")
    })?;
    require_answer(name, blink_rates.len() <= MOST_BLINK_RATES, || {
        format!("lists {} rates to blink at, and a display has {MOST_BLINK_RATES} at most", blink_rates.len())
    })?;
    for rate in blink_rates {
        require_answer(name, rate.is_finite() && *rate > 0.0, || {
            format!("says that it can blink at {} Hz", number(*rate))
        })?;
    }
    let Some(CustomCharacters { count, rows, columns }) = *custom_characters else { return Ok(()) };
    let fits = (1..=MOST_CUSTOM_CHARACTERS).contains(&count)
        && (1..=MOST_DOT_ROWS).contains(&rows)
        && (1..=MOST_DOT_COLUMNS).contains(&columns);
    require_answer(name, fits, || {
        format!(
            "says that it has {count} custom characters of {columns} x {rows} dots, and a display has 1 to \
             {MOST_CUSTOM_CHARACTERS} of up to {MOST_DOT_COLUMNS} x {MOST_DOT_ROWS}"
        )
    })
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
    use super::{
        CustomCharacters, TextDisplayCapabilities, TextDisplaySize, custom_character, require_capabilities,
        require_size,
    };

    fn own(rest: &str) -> Option<String> {
        Some(format!("the driver {rest}; its author has to mend that"))
    }

    #[test]
    fn a_size_has_to_make_sense() {
        let judged =
            |rows, columns| require_size("panel", TextDisplaySize { rows, columns }).err().map(|error| error.message);
        assert_eq!([judged(1, 1024), judged(1024, 1)], [None, None]);
        for (rows, columns) in [(0, 4), (4, 0), (1025, 4), (4, 1025)] {
            let what = format!("says that it has {rows} rows of {columns} characters");
            assert_eq!(judged(rows, columns), own(&format!("{what}, and a display has 1 to 1024 of both")));
        }
    }

    #[test]
    fn capabilities_have_to_make_sense() {
        let judged = |brightness_levels, blink_rates: &[f64], custom: Option<(u32, u32, u32)>| {
            let custom_characters = custom.map(|(count, rows, columns)| CustomCharacters { count, rows, columns });
            let told =
                TextDisplayCapabilities { brightness_levels, blink_rates: blink_rates.to_vec(), custom_characters };
            require_capabilities("panel", &told).err().map(|error| error.message)
        };
        assert_eq!(judged(16, &[0.5, 1.0, 2.0], Some((8, 8, 5))), None);
        let levels = "says that it has 65536 levels of brightness, and a display has 65535 at most";
        assert_eq!(judged(65_536, &[], None), own(levels));
        assert_eq!(judged(0, &[1.0; 65], None), own("lists 65 rates to blink at, and a display has 64 at most"));
        assert_eq!(judged(0, &[f64::NAN], None), own("says that it can blink at NaN Hz"));
        assert_eq!(judged(0, &[0.0], None), own("says that it can blink at 0 Hz"));
        for (count, rows, columns) in [(0, 8, 5), (257, 8, 5), (8, 0, 5), (8, 65, 5), (8, 8, 0), (8, 8, 9)] {
            let what = format!("says that it has {count} custom characters of {columns} x {rows} dots");
            let judged = judged(0, &[], Some((count, rows, columns)));
            assert_eq!(judged, own(&format!("{what}, and a display has 1 to 256 of up to 8 x 64")));
        }
    }

    #[test]
    fn custom_characters_are_for_private_use() {
        assert_eq!([custom_character(0), custom_character(255)], ['\u{e000}', '\u{e0ff}']);
    }
}
