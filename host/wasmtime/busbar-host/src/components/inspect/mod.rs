//! What a component is and needs, found out without compiling or running anything of it.

mod binary;
mod expand;
mod names;

use crate::error::HostError;
use crate::link::ComponentInterface;
use binary::{Binary, read_binary};
use busbar_core::components::require_component;
use expand::count_instances;

/// What a component says of itself, and what is in it.
pub struct ComponentSummary<'a> {
    /// The custom sections that say something of it: the section's name, and its text. In the order of the file, after "name"
    /// and "version", which are empty where there are none.
    pub metadata: Vec<(String, String)>,
    pub interface: ComponentInterface,
    /// Its core modules, in the order of the file.
    pub modules: Vec<ModuleSummary<'a>>,
}

/// A core module.
pub struct ModuleSummary<'a> {
    pub bytes: &'a [u8],
    /// How many instances of it there are in an instance of the component; none where nobody can tell.
    pub instances: Option<u64>,
    /// What its memories begin with, in bytes; none where they are of a kind that is not supported.
    pub memory_bytes: Option<u64>,
}

/// Reads a component. `bytes` are the whole file, which is not trusted; `label` is how messages name it.
///
/// # Errors
///
/// [`HostError`] with code "component" where they are no component.
pub fn summarize_component<'a>(bytes: &'a [u8], label: &str) -> Result<ComponentSummary<'a>, HostError> {
    require_component(bytes, label)?;
    let Binary { metadata, interface, modules, body } = read_binary(bytes).map_err(|problem| {
        HostError::component(format!("{label} cannot be linked: {problem}; use another build of it."))
    })?;
    let counts = count_instances(&body, modules.len());
    let modules = modules.into_iter().enumerate().map(|(index, module)| ModuleSummary {
        bytes: module.bytes,
        instances: counts.as_ref().map(|counts| counts[index]),
        memory_bytes: module.memory_bytes,
    });
    Ok(ComponentSummary { metadata, interface, modules: modules.collect() })
}
