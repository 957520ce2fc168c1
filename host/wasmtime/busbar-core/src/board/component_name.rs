use super::entry::{AppEntry, DeviceEntry};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

/// How a board names a component. Of one package it can be another for each bus that an entry is wired to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentName {
    /// A package name, a file, or a component in a registry, as in the board file.
    pub specifier: String,
    /// The buses that the entry is wired to, by their keys; none for an app.
    pub wired: Vec<String>,
}

impl From<&str> for ComponentName {
    /// What no entry with a bus names.
    fn from(specifier: &str) -> Self {
        Self { specifier: specifier.to_owned(), wired: Vec::new() }
    }
}

impl DeviceEntry {
    /// Its driver; none for a device of an app that brings its own.
    pub fn named_driver(&self) -> Option<ComponentName> {
        let specifier = self.driver.clone()?;
        Some(ComponentName { specifier, wired: self.wired_by().map(ToOwned::to_owned).collect() })
    }
}

impl AppEntry {
    /// Its component.
    pub fn named_component(&self) -> ComponentName {
        self.component.as_str().into()
    }
}
