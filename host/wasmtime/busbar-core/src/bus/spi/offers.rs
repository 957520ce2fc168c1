use crate::link::Offer;

/// The line that an operator adds to a device's entry to grant it.
pub(crate) const GRANT_LINE: &str = r#""spi": { "bus": 0, "chipSelect": 0 }"#;

/// wasi:spi, for drivers or for apps. The text of 2026-03-24 has no version.
pub(crate) fn offers<Entry>(
    granted: fn(&Entry) -> bool,
    grant_line: &'static str,
) -> impl Iterator<Item = Offer<Entry>> {
    [Offer { path: "wasi:spi/spi", version: "", granted, grant_line }].into_iter()
}
