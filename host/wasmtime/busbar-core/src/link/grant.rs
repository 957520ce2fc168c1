use super::interface_name::{parse_interface_name, serves};
use crate::error::HostError;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What an import or export is, after Binary.md's `sort`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExternKind {
    Module,
    Function,
    Value,
    Type,
    Component,
    Instance,
}

/// One import or export of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extern {
    /// "wasi:i2c/i2c@0.2.0-draft", or a plain name such as "run".
    pub name: String,
    pub kind: ExternKind,
}

/// The outermost imports and exports of a component, in the order of the binary.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComponentInterface {
    pub imports: Vec<Extern>,
    pub exports: Vec<Extern>,
}

/// An interface that the host can give to a component.
#[derive(Debug)]
pub struct Offer<Entry> {
    /// Package and interface, without version: "wasi:i2c/i2c".
    pub path: &'static str,
    pub version: &'static str,
    /// Whether an entry of the board grants it.
    pub granted: fn(&Entry) -> bool,
    /// The line that an operator adds to the entry to grant it.
    pub grant_line: &'static str,
}

/// A list of the board file that has components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Devices,
    /// Of those, what exports a bus.
    Bridges,
    Apps,
}

impl Place {
    /// As the board file spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Devices => "devices",
            Self::Bridges => "bridges",
            Self::Apps => "apps",
        }
    }

    /// What a component there is.
    fn component(self) -> &'static str {
        match self {
            Self::Devices | Self::Bridges => "driver",
            Self::Apps => "app",
        }
    }
}

/// The component that asks, and its place in the board file.
#[derive(Debug)]
pub struct Asking<'a, Entry> {
    pub place: Place,
    /// Its name there.
    pub name: &'a str,
    pub entry: &'a Entry,
    /// How messages name the component.
    pub label: &'a str,
}

/// Finds an offer for each import of a component. Nothing of it runs.
///
/// # Errors
///
/// [`HostError`] with code "not-granted": the component, the first import that is not granted, and the line to add.
pub fn granted_offers<'a, Entry>(
    offers: &'a [Offer<Entry>],
    imports: &[Extern],
    asking: &Asking<'_, Entry>,
) -> Result<Vec<&'a Offer<Entry>>, HostError> {
    // A type by itself (a world's `use`) gives no access: whatever makes a value of it is another import.
    let asked = imports.iter().filter(|item| item.kind != ExternKind::Type);
    asked.map(|item| granted_offer(offers, &item.name, asking)).collect()
}

fn granted_offer<'a, Entry>(
    offers: &'a [Offer<Entry>],
    imported: &str,
    asking: &Asking<'_, Entry>,
) -> Result<&'a Offer<Entry>, HostError> {
    let Asking { place, name, entry, label } = asking;
    let asked = parse_interface_name(imported);
    let same_path = || offers.iter().filter(|offer| offer.path == asked.path);
    let Some(offer) = same_path().find(|offer| serves(offer.version, asked.version)) else {
        let what = place.component();
        let why = match same_path().next() {
            None => format!("which no line of a board file can grant; use another {what}"),
            Some(_) => format!("but this host has {}; build the {what} for that", versions_of(same_path())),
        };
        return Err(HostError::not_granted(format!("{name}: {label} imports {imported}, {why}.")));
    };
    if !(offer.granted)(entry) {
        return Err(HostError::not_granted(format!(
            "{name}: {label} imports {imported}, which the board does not grant; add {} to \"{}.{name}\".",
            offer.grant_line,
            place.name()
        )));
    }
    Ok(offer)
}

fn versions_of<'a, Entry: 'a>(offers: impl Iterator<Item = &'a Offer<Entry>>) -> String {
    let versions: Vec<_> = offers.map(|offer| offer.version).filter(|version| !version.is_empty()).collect();
    if versions.is_empty() { "it without a version".into() } else { format!("version {}", versions.join(", ")) }
}
