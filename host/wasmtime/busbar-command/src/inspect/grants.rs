use busbar_core::link::{app_offers, driver_offers, parse_interface_name, serves};

/// What grants an import of a driver: the line of the board file, which is empty where none is needed; none where nothing can.
pub fn driver_grant(import: &str) -> Option<&'static str> {
    grant_of(import, driver_offers().iter().map(|offer| (offer.path, offer.version, offer.grant_line)))
}

/// The same of an app: apps get other interfaces than drivers do.
pub fn app_grant(import: &str) -> Option<&'static str> {
    grant_of(import, app_offers().iter().map(|offer| (offer.path, offer.version, offer.grant_line)))
}

/// The line that grants an import, among what the host offers to such a component: path, version and line.
fn grant_of(
    import: &str,
    mut offers: impl Iterator<Item = (&'static str, &'static str, &'static str)>,
) -> Option<&'static str> {
    let asked = parse_interface_name(import);
    let found = offers.find(|(path, version, _)| *path == asked.path && serves(version, asked.version));
    found.map(|(_, _, line)| line)
}
