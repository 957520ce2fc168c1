use super::driver::no_link;
use super::find::{find_module, read_flattened};
use crate::app::app_functions;
use crate::component::{Linked, Offered, require_exports};
use crate::engine::Code;
use crate::flattened::Flattened;
use crate::interfaces::{device_interfaces, functions_of_drivers};
use busbar_core::cache::CheckedFiles;
use busbar_core::components::{ComponentMetadata, ComponentSummary, ModuleSummary};
use busbar_core::error::HostError;
use busbar_core::link::{exported_device, is_app, parse_interface_name};
use std::path::Path;
use wasmparser::{Parser, Payload};

/// What this host makes of a component, without running anything of it.
pub struct FlattenedSummary {
    /// What the flattened form says of the component; its only core module is the flattened form itself.
    pub summary: ComponentSummary,
    /// Why this host cannot link it; none where it can.
    pub problem: Option<String>,
    /// The SHA-256 of the component that the flattened form says it was made of.
    pub component_digest: String,
}

/// Summarizes the component that a board in `folder` names.
///
/// # Errors
///
/// [`busbar_core::error::HostErrorCode::Component`]: it is missing, or not flattened, or what is wrong with its flattened form.
pub fn summarize_flattened(
    specifier: &str,
    folder: &Path,
    checked: &CheckedFiles,
) -> Result<FlattenedSummary, HostError> {
    let (module, component) = find_module(&specifier.into(), folder, checked)?;
    let flattened = read_flattened(specifier, &module, component.as_deref(), Flattened::read)?;
    let summary = ComponentSummary {
        metadata: ComponentMetadata::read(custom_sections(&module.bytes), specifier)?,
        interface: flattened.interface.names.clone(),
        modules: vec![ModuleSummary {
            bytes: module.bytes.len(),
            sha256: module.digest,
            instances: Some(1),
            memory_bytes: Some(flattened.memory_bytes),
        }],
    };
    let component_digest = flattened.component_digest.clone();
    let linked = link(flattened, Code::Module(module.bytes));
    let problem = linked.err().map(|what| no_link(specifier, &what));
    Ok(FlattenedSummary { summary, problem, component_digest })
}

/// The name of each and what is in it, of a module that is valid.
fn custom_sections(module: &[u8]) -> impl Iterator<Item = (&str, &[u8])> {
    Parser::new(0).parse_all(module).filter_map(|payload| match payload {
        Ok(Payload::CustomSection(section)) => Some((section.name(), section.data())),
        _ => None,
    })
}

/// Whether it could be run, were it granted all that it asks for. The error is as what comes after "cannot be linked:".
fn link(flattened: Flattened, code: Code) -> Result<(), String> {
    let names = &flattened.interface.names;
    if is_app(names) {
        return link_with(flattened, code, &app_functions());
    }
    for export in names.exports.iter().filter(|export| exported_device(export).is_some()) {
        require_exports(&flattened.interface, parse_interface_name(&export.name).path, device_interfaces())?;
    }
    link_with(flattened, code, &functions_of_drivers())
}

fn link_with<S>(flattened: Flattened, code: Code, offered: &[Offered<'_, S>]) -> Result<(), String> {
    Linked::new(flattened, code, offered).map(drop)
}
