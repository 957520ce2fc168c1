use super::find::{find_module, read_flattened};
use crate::engine::{MachineCode, code_key};
use crate::flattened::Flattened;
use busbar_core::board::ComponentName;
use busbar_core::cache::CodeFiles;
use busbar_core::error::HostError;
use std::path::Path;

/// Keeps machine code of the component that a board names, where it is not kept yet. `compile` makes it of the flattened
/// component, which is valid.
///
/// # Errors
///
/// What is wrong with the component, what `compile` says, and where the code cannot be kept.
pub fn compile_flattened(
    name: &ComponentName,
    folder: &Path,
    kept: &CodeFiles,
    compile: impl FnOnce(&[u8]) -> Result<Vec<u8>, HostError>,
) -> Result<(), HostError> {
    let (module, component) = find_module(name, folder, kept.checked())?;
    if MachineCode::kept(kept, &module.digest).is_some() {
        return Ok(());
    }
    read_flattened(&name.specifier, &module, component.as_deref(), Flattened::read)?;
    let code = compile(&module.bytes)?;
    kept.store(&code_key(&module.digest), &code).map_err(HostError::backend)
}
