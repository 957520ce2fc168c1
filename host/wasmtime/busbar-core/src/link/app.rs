use super::app_offers::{AppGrants, app_offers};
use super::grant::{Asking, ComponentInterface, Offer, Place, granted_offers};
use super::interface_name::{parse_interface_name, serves};
use crate::board::{AppEntry, Board};
use crate::error::HostError;

/// What runs an app.
const RUN: &str = "wasi:cli/run";
/// The newest version of wasi:cli that this host runs.
const RUN_VERSION: &str = "0.2.12";

/// Whether it runs as a program: apps get other interfaces than drivers do.
pub fn is_app(component: &ComponentInterface) -> bool {
    component.exports.iter().any(|export| parse_interface_name(&export.name).path == RUN)
}

/// An app that passed the check: what it may import, and what runs it.
#[derive(Debug)]
pub struct AppLink {
    /// One for each import, in the order of the component.
    pub offers: Vec<&'static Offer<AppGrants>>,
    /// The name of the exported wasi:cli/run, as the component spells it.
    pub run: String,
}

/// Checks an app's imports against its entry of the board, and that it exports wasi:cli/run. Nothing of it runs.
///
/// `name` is the app's name in the board file, and `label` how messages name the component.
///
/// # Errors
///
/// [`HostError`] with code "not-granted": the component, the import and the line to add; or "component" when it is no app.
pub fn link_app(
    name: &str,
    entry: &AppEntry,
    board: &Board,
    label: &str,
    component: &ComponentInterface,
) -> Result<AppLink, HostError> {
    let grants = AppGrants::of(entry, board);
    let asking = Asking { place: Place::Apps, name, entry: &grants, label };
    let offers = granted_offers(app_offers(), &component.imports, &asking)?;
    let run = component.exports.iter().map(|item| &item.name).find(|exported| {
        let exported = parse_interface_name(exported);
        exported.path == RUN && serves(RUN_VERSION, exported.version)
    });
    let run = run.ok_or_else(|| {
        HostError::component(format!("{name}: {label} is no app: it does not export wasi:cli/run@0.2."))
    })?;
    Ok(AppLink { offers, run: run.clone() })
}
