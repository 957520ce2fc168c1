use crate::engine::Machine;
use busbar_core::cache::{CheckedFiles, CodeFiles, CodeKind, Environment, OnProblem};
use std::path::PathBuf;
use wasmtime::Engine;
use wasmtime::component::Component;

const KIND: CodeKind = CodeKind { cache: "native", ending: "cwasm", deleted: ", and is made anew" };

/// Wasmtime's code of components, kept as [`CodeFiles`] keeps it.
pub struct CodeStore(CodeFiles);

impl CodeStore {
    /// The user's: [`CodeFiles::of_user`].
    pub fn of_user(on_problem: OnProblem) -> Self {
        Self(CodeFiles::of_user(KIND, on_problem))
    }

    /// [`Self::of_user`] in another environment.
    pub fn of(environment: &Environment, on_problem: OnProblem) -> Self {
        Self(CodeFiles::of(KIND, environment, on_problem))
    }

    /// All folders in which it is looked for, those that are not there yet, too.
    pub fn folders(&self) -> Vec<PathBuf> {
        self.0.folders()
    }

    /// What is known of this user's files.
    pub fn checked(&self) -> &CheckedFiles {
        self.0.checked()
    }

    /// The code for a component, where it is there; its use is noted.
    pub fn load(&self, engine: &Engine, key: &str) -> Option<Component> {
        // SAFETY: the file was made by `Engine::precompile_component`, for its name is the hash of the component and of the
        // engine's settings, and it was found to be what was written under that name; only this user can write it or its
        // folder. It is mapped into memory as it lies there; what stands behind the code is not looked at.
        self.0.take(key, |file, _| unsafe { Component::deserialize_file(engine, file) }.ok())
    }

    /// The same as bytes.
    pub fn read(&self, key: &str) -> Option<Vec<u8>> {
        self.0.read(key)
    }

    /// Keeps the code of a component: [`CodeFiles::store`].
    ///
    /// # Errors
    ///
    /// Where it is not kept: the sentence that was told.
    pub fn store(&self, key: &str, code: &[u8]) -> Result<(), String> {
        self.0.store(key, code)
    }
}

/// What code is kept by: the engine with its settings, and the component's SHA-256. What is of another engine all the same
/// is refused by Wasmtime, which writes its settings into the code.
pub fn code_key(machine: &Machine, digest: &str) -> String {
    format!("{digest}-{}", machine.settings_name())
}
