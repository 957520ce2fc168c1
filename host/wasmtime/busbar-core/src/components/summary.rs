use super::metadata::ComponentMetadata;
use crate::link::ComponentInterface;

/// What a component is and needs, found out without running anything of it.
#[derive(Debug)]
pub struct ComponentSummary {
    pub metadata: ComponentMetadata,
    pub interface: ComponentInterface,
    /// The core modules that a host makes of it, in the order of the file.
    pub modules: Vec<ModuleSummary>,
}

/// A core module.
#[derive(Debug)]
pub struct ModuleSummary {
    /// How many it has.
    pub bytes: usize,
    pub sha256: String,
    /// How many instances of it there are in an instance of the component; none where nobody can tell.
    pub instances: Option<u64>,
    /// What its memories begin with, in bytes; none where they are of a kind that is not supported.
    pub memory_bytes: Option<u64>,
}
