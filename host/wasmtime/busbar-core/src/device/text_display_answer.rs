//! What a driver tells of a text display, so far as that makes sense.

use super::DeviceError;
use super::answer::require_answer;
use crate::text::number;

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

/// busbar:device/text-display `capabilities`.
#[derive(Debug, Clone, PartialEq)]
pub struct DisplayForm {
    pub brightness_levels: u32,
    /// In hertz.
    pub blink_rates: Vec<f64>,
    pub custom_characters: Option<CustomCharactersForm>,
}

/// busbar:device/text-display `custom-characters`: how many, and the dots of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomCharactersForm {
    pub count: u32,
    pub rows: u32,
    pub columns: u32,
}

/// Checks how large a display is.
pub fn require_size(name: &str, rows: u32, columns: u32) -> Result<(), DeviceError> {
    let range = 1..=MOST_ROWS_OR_COLUMNS;
    require_answer(name, range.contains(&rows) && range.contains(&columns), || {
        format!(
            "says that it has {rows} rows of {columns} characters, and a display has 1 to {MOST_ROWS_OR_COLUMNS} of both"
        )
    })
}

/// Checks what a display can do.
pub fn require_capabilities(name: &str, told: &DisplayForm) -> Result<(), DeviceError> {
    let DisplayForm { brightness_levels, blink_rates, custom_characters } = told;
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
    let Some(CustomCharactersForm { count, rows, columns }) = *custom_characters else { return Ok(()) };
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

#[cfg(test)]
mod tests {
    use super::{CustomCharactersForm, DisplayForm, require_capabilities, require_size};

    fn own(rest: &str) -> Option<String> {
        Some(format!("the driver {rest}; its author has to mend that"))
    }

    #[test]
    fn a_size_has_to_make_sense() {
        let judged = |rows, columns| require_size("panel", rows, columns).err().map(|error| error.message);
        assert_eq!([judged(1, 1024), judged(1024, 1)], [None, None]);
        for (rows, columns) in [(0, 4), (4, 0), (1025, 4), (4, 1025)] {
            let what = format!("says that it has {rows} rows of {columns} characters");
            assert_eq!(judged(rows, columns), own(&format!("{what}, and a display has 1 to 1024 of both")));
        }
    }

    #[test]
    fn capabilities_have_to_make_sense() {
        let judged = |brightness_levels, blink_rates: &[f64], custom: Option<(u32, u32, u32)>| {
            let custom_characters = custom.map(|(count, rows, columns)| CustomCharactersForm { count, rows, columns });
            let told = DisplayForm { brightness_levels, blink_rates: blink_rates.to_vec(), custom_characters };
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
}
