use crate::link::Offer;

/// The line that an operator adds to a device's entry to grant it.
pub(crate) const GRANT_LINE: &str = r#""uart": { "port": "ttyUSB0", "baudRate": 9600 }"#;

/// busbar:board/uart, for drivers or for apps.
pub(crate) fn offers<Entry>(
    granted: fn(&Entry) -> bool,
    grant_line: &'static str,
) -> impl Iterator<Item = Offer<Entry>> {
    [Offer { path: "busbar:board/uart", version: "0.1.0", granted, grant_line }].into_iter()
}
