//! What a component is and needs, found out without compiling or running anything of it.

mod binary;
mod expand;
mod names;

use crate::digest::sha256;
use crate::error::HostError;
use binary::{Binary, read_binary};
use busbar_core::components::{ComponentMetadata, ComponentSummary, ModuleSummary, require_component};
use expand::count_instances;

/// Reads a component. `bytes` are the whole file, which is not trusted; `label` is how messages name it.
///
/// # Errors
///
/// [`HostError`] with code "component" where they are no component.
pub fn summarize_component(bytes: &[u8], label: &str) -> Result<ComponentSummary, HostError> {
    require_component(bytes, label)?;
    let Binary { custom_sections, interface, modules, body } = read_binary(bytes).map_err(|problem| {
        HostError::component(format!("{label} cannot be linked: {problem}; use another build of it."))
    })?;
    let metadata = ComponentMetadata::read(custom_sections, label)?;
    let counts = count_instances(&body, modules.len());
    let modules = modules.into_iter().enumerate().map(|(index, module)| ModuleSummary {
        bytes: module.bytes.len(),
        sha256: sha256(module.bytes),
        instances: counts.as_ref().map(|counts| counts[index]),
        memory_bytes: module.memory_bytes,
    });
    Ok(ComponentSummary { metadata, interface, modules: modules.collect() })
}
