use crate::link::Offer;

/// The line that an operator adds to a device's entry to grant it.
pub(crate) const GRANT_LINE: &str = r#""i2c": { "bus": 1, "address": "0x76" }"#;

/// wasi:i2c and our own interface beside it, for drivers or for apps.
pub(crate) fn offers<Entry>(
    granted: fn(&Entry) -> bool,
    grant_line: &'static str,
) -> impl Iterator<Item = Offer<Entry>> {
    let paths = [("wasi:i2c/i2c", "0.2.0-draft"), ("wasi:i2c/delay", "0.2.0-draft"), ("busbar:board/i2c", "0.1.0")];
    paths.into_iter().map(move |(path, version)| Offer { path, version, granted, grant_line })
}
