use crate::board::ComponentName;
use crate::cache::{CodeStore, code_key};
use crate::digest::sha256;
use crate::engine::Machine;
use crate::error::HostError;
use busbar_core::components::ComponentFile;
use busbar_core::components::{FoundComponent, find_component};
use std::path::{Path, PathBuf};
use wasmtime::component::Component;

/// A component as code, and what messages call it.
#[derive(Clone)]
pub struct LoadedComponent {
    /// What messages call it.
    pub label: String,
    /// What its code is kept by: the same for the same code.
    pub key: String,
    /// Its code.
    pub component: Component,
}

/// The code of a component as bytes, and what it is kept by.
pub struct ComponentCode {
    pub key: String,
    pub code: Vec<u8>,
}

impl LoadedComponent {
    /// Of code.
    ///
    /// # Safety
    ///
    /// A [`Compile`] has to have made it with `Engine::precompile_component`, and nobody can have changed it since: it is
    /// run as it is.
    ///
    /// # Errors
    ///
    /// Where another version of this host made it.
    pub unsafe fn of_code(machine: &Machine, label: &str, code: &ComponentCode) -> Result<Self, HostError> {
        // SAFETY: as this function's.
        let component = unsafe { Component::deserialize(&machine.engine, &code.code) }.map_err(|cause| {
            HostError::component(format!(
                "{label} was compiled by another version of the host ({}); install the busbar-wasmtime-compile of this one.",
                cause.root_cause()
            ))
        })?;
        Ok(Self { label: label.to_owned(), key: code.key.clone(), component })
    }
}

/// Where the code of a board's components comes from.
pub trait ComponentSource {
    /// The code of a component, as the board names it.
    ///
    /// # Errors
    ///
    /// When there is none, and what is in its way.
    fn load(&self, machine: &Machine, name: &ComponentName) -> Result<LoadedComponent, HostError>;

    /// The files that decide which component that is, and what people call them: no app may be given them.
    ///
    /// # Errors
    ///
    /// When there is no such component.
    fn files(&self, name: &ComponentName) -> Result<Vec<(String, PathBuf)>, HostError>;
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
    fn files(&self, name: &ComponentName) -> Result<Vec<(String, PathBuf)>, HostError> {
        let FoundComponent { file, streaming, manifest } = find_component(name, self.folder)?;
        let specifier = &name.specifier;
        let streaming = streaming.filter(|_| cfg!(feature = "streams"));
        let files = [file].into_iter().chain(streaming).map(|file| (specifier.clone(), file));
        let manifest = manifest.map(|manifest| (format!("package.json of {specifier}"), manifest));
        Ok(files.chain(manifest).collect())
    }

    fn load(&self, machine: &Machine, name: &ComponentName) -> Result<LoadedComponent, HostError> {
        let mut file = self.open(machine, name)?;
        let specifier = name.specifier.as_str();
        let key = code_key(machine, &file.digest(self.store.checked())?);
        if let Some(component) = self.store.load(&machine.engine, &key) {
            return Ok(LoadedComponent { label: specifier.to_owned(), key, component });
        }
        let code = self.make(machine, specifier, file)?;
        // SAFETY: `Compile` made it just now, and gave it to this process alone.
        unsafe { LoadedComponent::of_code(machine, specifier, &code) }
    }
}

impl InstalledComponents<'_> {
    /// The code of a component, for another process; none where that is kept by `known`.
    ///
    /// # Errors
    ///
    /// As [`ComponentSource::load`].
    pub fn code(
        &self,
        machine: &Machine,
        name: &ComponentName,
        known: Option<&str>,
    ) -> Result<Option<ComponentCode>, HostError> {
        let mut file = self.open(machine, name)?;
        let key = code_key(machine, &file.digest(self.store.checked())?);
        if known == Some(&key) {
            return Ok(None);
        }
        match self.store.read(&key) {
            Some(code) => Ok(Some(ComponentCode { key, code })),
            None => self.make(machine, &name.specifier, file).map(Some),
        }
    }

    fn open(&self, machine: &Machine, name: &ComponentName) -> Result<ComponentFile, HostError> {
        let FoundComponent { file, streaming, .. } = find_component(name, self.folder)?;
        ComponentFile::open(&streaming.filter(|_| machine.has_streams()).unwrap_or(file), &name.specifier)
    }

    /// Compiles, and keeps what comes of it.
    fn make(&self, machine: &Machine, specifier: &str, file: ComponentFile) -> Result<ComponentCode, HostError> {
        let bytes = file.read()?;
        // It may have been written since its digest was asked for.
        let key = code_key(machine, &sha256(&bytes));
        let code = self.compile.compile(machine, specifier, &bytes)?.ok_or_else(|| {
            HostError::component(format!(
                "{specifier} is not compiled for this machine; install busbar-wasmtime-compile beside busbar-wasmtime, or run \
                 \"busbar-wasmtime-compile BOARD --out FOLDER\" where it is and bring that folder here."
            ))
        })?;
        // Where it cannot be kept, that has been told, and it is run all the same.
        let _ = self.store.store(&key, &code);
        Ok(ComponentCode { key, code })
    }
}
