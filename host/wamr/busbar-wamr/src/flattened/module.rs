use super::types::Interface;
use crate::abi::{Flat, Layouts};
use alloc::string::String;
use alloc::vec::Vec;

const MEBIBYTE: u64 = 1 << 20;

/// A function that the core module imports or exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoreFunction {
    /// Of an import; empty of an export.
    pub module: String,
    pub name: String,
    pub parameters: Vec<Flat>,
    pub results: Vec<Flat>,
}

/// A flattened component that was checked: its module is valid and has nothing but what this host runs.
#[derive(Debug)]
pub struct Flattened {
    /// The SHA-256 of the component that it says it was made of.
    pub component_digest: String,
    pub interface: Interface,
    pub layouts: Layouts,
    /// In the order of the module.
    pub imports: Vec<CoreFunction>,
    /// The functions among its exports.
    pub exports: Vec<CoreFunction>,
    /// What its memory begins with, in bytes.
    pub memory_bytes: u64,
    /// What its tables take, in bytes: they do not grow.
    pub table_bytes: u64,
}

impl Flattened {
    /// What its memory and tables begin with, in MiB.
    pub fn needed_mib(&self) -> u64 {
        self.memory_bytes.saturating_add(self.table_bytes).div_ceil(MEBIBYTE)
    }

    /// A function that it exports.
    pub fn export(&self, name: &str) -> Option<&CoreFunction> {
        self.exports.iter().find(|each| each.name == name)
    }
}
