use busbar_core::link::{Offer, app_offers, driver_offers, parse_interface_name, serves};

/// What grants an import of a driver: the line of the board file, which is empty where none is needed; none where nothing can.
pub fn driver_grant(import: &str) -> Option<&'static str> {
    grant_of(import, driver_offers())
}

/// The same of an app: apps get other interfaces than drivers do.
pub fn app_grant(import: &str) -> Option<&'static str> {
    grant_of(import, app_offers())
}

/// The line that grants an import, among what the host offers to such a component.
fn grant_of<Entry>(import: &str, offers: &[Offer<Entry>]) -> Option<&'static str> {
    let asked = parse_interface_name(import);
    let found = offers.iter().find(|offer| offer.path == asked.path && serves(offer.version, asked.version));
    found.map(|offer| offer.grant_line)
}
