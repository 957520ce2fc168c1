use super::app_offers::{WASI_VERSION, app_offers};
use super::grant::{Asking, ComponentInterface, Offer, Place, granted_offers};
use super::interface_name::{parse_interface_name, serves};
use crate::board::{AppEntry, Board};
use crate::error::HostError;

/// What an app's entry grants it of the devices of its board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppGrants {
    /// Whether it may use any.
    pub uses_devices: bool,
    /// Whether it drives one itself that is wired to I2C: one that it uses, and that has no driver.
    pub wires_i2c: bool,
    /// The same of USB.
    pub wires_usb: bool,
}

impl AppGrants {
    /// Those of an entry of this board.
    pub fn of(entry: &AppEntry, board: &Board) -> Self {
        let wired = || entry.uses.iter().filter_map(|name| board.device(name)).filter(|device| device.driver.is_none());
        Self {
            uses_devices: !entry.uses.is_empty(),
            wires_i2c: wired().any(|device| device.i2c.is_some()),
            wires_usb: wired().any(|device| device.usb.is_some()),
        }
    }
}

/// An app that passed the check.
#[derive(Debug)]
pub struct AppLink {
    /// One for each import, in the order of the component.
    pub offers: Vec<&'static Offer<AppGrants>>,
    /// The name of the exported `wasi:cli/run`, as the component spells it.
    pub export_name: String,
}

/// Checks an app's imports against its entry of the board, and that it exports wasi:cli/run. Nothing of it runs.
///
/// `app` is the app's name in the board file, and `label` how messages name the component.
///
/// # Errors
///
/// [`HostError`] with code "not-granted": the component, the import and the line to add; or "component" when it is no app.
pub fn link_app(
    app: &str,
    grants: &AppGrants,
    label: &str,
    component: &ComponentInterface,
) -> Result<AppLink, HostError> {
    let asking = Asking { place: Place::Apps, name: app, entry: grants, label };
    let offers = granted_offers(app_offers(), &component.imports, &asking)?;
    let runs = |name: &str| {
        let asked = parse_interface_name(name);
        asked.path == "wasi:cli/run" && serves(WASI_VERSION, asked.version)
    };
    match component.exports.iter().find(|item| runs(&item.name)) {
        Some(run) => Ok(AppLink { offers, export_name: run.name.clone() }),
        None => {
            let message = format!("{app}: {label} is no app: it does not export wasi:cli/run@0.2.");
            Err(HostError::component(message))
        }
    }
}
