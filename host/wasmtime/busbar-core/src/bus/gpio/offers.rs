use crate::link::Offer;

/// The line that an operator adds to a device's entry to grant it.
const GRANT_LINE: &str = r#""gpio": { "lines": { "ready": { "chip": 0, "line": 17, "direction": "in" } } }"#;

const PATHS: [(&str, &str); 5] = [
    ("wasi:gpio/general", "0.2.0"),
    ("wasi:gpio/digital", "0.2.0"),
    ("wasi:gpio/delay", "0.2.0"),
    // What pins are waited for with. The version is the newest of WASI 0.2 that is known: all have this interface unchanged.
    ("wasi:io/poll", "0.2.12"),
    ("busbar:board/gpio", "0.1.0"),
];

/// wasi:gpio and our own interface beside it, for drivers.
pub(crate) fn driver_offers<Entry>(granted: fn(&Entry) -> bool) -> impl Iterator<Item = Offer<Entry>> {
    PATHS.into_iter().map(move |(path, version)| Offer { path, version, granted, grant_line: GRANT_LINE })
}

/// The same for apps, which have wasi:io/poll whatever they drive.
pub(crate) fn app_offers<Entry>(
    granted: fn(&Entry) -> bool,
    grant_line: &'static str,
) -> impl Iterator<Item = Offer<Entry>> {
    let paths = PATHS.into_iter().filter(|(path, _)| *path != "wasi:io/poll");
    paths.map(move |(path, version)| Offer { path, version, granted, grant_line })
}
