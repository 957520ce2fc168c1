use super::driver::read_component;
use super::resolve::{FoundComponent, find_component};
use crate::cache::{CodeStore, code_key};
use crate::engine::Machine;
use crate::error::HostError;
use std::path::{Path, PathBuf};
use wasmtime::component::Component;

/// A component as code, and what messages call it.
#[derive(Clone)]
pub struct LoadedComponent {
    /// What messages call it.
    pub label: String,
    /// Its code.
    pub component: Component,
}

/// Where the code of a board's components comes from.
pub trait ComponentSource {
    /// The code of a component, as the board names it.
    ///
    /// # Errors
    ///
    /// When there is none, and what is in its way.
    fn load(&self, machine: &Machine, specifier: &str) -> Result<LoadedComponent, HostError>;

    /// The files that decide which component that is, and what people call them: no app may be given them.
    ///
    /// # Errors
    ///
    /// When there is no such component.
    fn files(&self, specifier: &str) -> Result<Vec<(String, PathBuf)>, HostError>;
}

/// Makes code of a component; none where nothing here can.
pub trait Compile {
    /// # Errors
    ///
    /// When the component cannot be compiled: its sentence.
    fn compile(&self, machine: &Machine, label: &str, component: &[u8]) -> Result<Option<Vec<u8>>, HostError>;
}

/// Nothing here compiles: what a board needs has to be in the store.
pub struct NoCompiler;

impl Compile for NoCompiler {
    fn compile(&self, _machine: &Machine, _label: &str, _component: &[u8]) -> Result<Option<Vec<u8>>, HostError> {
        Ok(None)
    }
}

/// The components of a board file, which are files or installed packages. What was compiled once is found in the store.
pub struct InstalledComponents<'a> {
    /// The folder of the board file, which its paths are relative to.
    pub folder: &'a Path,
    /// Where the code of components is kept.
    pub store: &'a CodeStore,
    /// Makes the code that is not there.
    pub compile: &'a dyn Compile,
}

impl ComponentSource for InstalledComponents<'_> {
    fn files(&self, specifier: &str) -> Result<Vec<(String, PathBuf)>, HostError> {
        let FoundComponent { file, streaming, manifest } = find_component(specifier, self.folder)?;
        let streaming = streaming.filter(|_| cfg!(feature = "streams"));
        let files = [file].into_iter().chain(streaming).map(|file| (specifier.to_owned(), file));
        let manifest = manifest.map(|manifest| (format!("package.json of {specifier}"), manifest));
        Ok(files.chain(manifest).collect())
    }

    fn load(&self, machine: &Machine, specifier: &str) -> Result<LoadedComponent, HostError> {
        let FoundComponent { file, streaming, .. } = find_component(specifier, self.folder)?;
        let file = streaming.filter(|_| machine.has_streams()).unwrap_or(file);
        let bytes = read_component(&file, specifier)?;
        let key = code_key(machine, &bytes);
        let label = specifier.to_owned();
        if let Some(component) = self.store.load(&machine.engine, &key) {
            return Ok(LoadedComponent { label, component });
        }
        let code = self.compile.compile(machine, specifier, &bytes)?.ok_or_else(|| {
            HostError::component(format!(
                "{label} is not compiled for this machine; install busbar-wasmtime-compile beside busbar-wasmtime, or run \
                 \"busbar-wasmtime-compile BOARD --out FOLDER\" where it is and bring that folder here."
            ))
        })?;
        // Where it cannot be kept, that has been told, and it is run all the same.
        let _ = self.store.store(&key, &code);
        // SAFETY: `Compile` made it with `Engine::precompile_component`, just now, and gave it to this process alone.
        let component = unsafe { Component::deserialize(&machine.engine, &code) };
        let component = component.map_err(|cause| {
            HostError::component(format!(
                "{label} was compiled by another version of the host ({}); install the busbar-wasmtime-compile of this one.",
                cause.root_cause()
            ))
        })?;
        Ok(LoadedComponent { label, component })
    }
}
