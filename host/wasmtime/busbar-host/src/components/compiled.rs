use crate::engine::Machine;
use crate::error::HostError;
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use wasmtime::Engine;
use wasmtime::component::Component;

/// A folder of code that was compiled ahead of time. Such code is *trusted*: whoever can write it can do what this process
/// can. So the folder and each of its files has to be this user's or root's, and nobody else may write it.
#[derive(Debug, Clone)]
pub struct CodeStore {
    folder: PathBuf,
}

impl CodeStore {
    /// The store in a folder, which need not exist yet.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The store of this user, shared by all programs: `$XDG_CACHE_HOME/busbar/native`, or the same below ~/.cache.
    pub fn of_user() -> Option<Self> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))?;
        Some(Self::new(cache.join("busbar").join("native")))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The code for a component, where it is there.
    ///
    /// # Errors
    ///
    /// When somebody else could have written it, and when it cannot be read.
    pub fn load(&self, engine: &Engine, key: &str) -> Result<Option<Component>, HostError> {
        let file = self.file_of(key);
        if !file.try_exists().unwrap_or(false) {
            return Ok(None);
        }
        self.require_safe(&self.folder)?;
        self.require_safe(&file)?;
        // SAFETY: the file was made by `Engine::precompile_component`, for its name is the hash of the component and of the
        // engine's settings, and only this user or root could write it or its folder.
        match unsafe { Component::deserialize_file(engine, &file) } {
            Ok(component) => Ok(Some(component)),
            // Cut off, say, by a disk that was full: it is made anew.
            Err(_) => Ok(None),
        }
    }

    /// Keeps the code of a component: whole, or not at all.
    ///
    /// # Errors
    ///
    /// When the folder cannot be written, or is not safe.
    pub fn store(&self, key: &str, code: &[u8]) -> Result<(), HostError> {
        let problem =
            |cause: io::Error| HostError::backend(format!("{} cannot be written ({cause}).", self.folder.display()));
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).map_err(problem)?;
        self.require_safe(&self.folder)?;
        let temporary = self.folder.join(format!("{key}.{}.tmp", std::process::id()));
        let written = write_new(&temporary, code).and_then(|()| fs::rename(&temporary, self.file_of(key)));
        written.map_err(|cause| {
            // What cannot be taken away is no reason to hide why it could not be written.
            let _ = fs::remove_file(&temporary);
            problem(cause)
        })
    }

    fn file_of(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.cwasm"))
    }

    fn require_safe(&self, path: &Path) -> Result<(), HostError> {
        let metadata = fs::symlink_metadata(path)
            .map_err(|cause| HostError::backend(format!("{} cannot be read ({cause}).", path.display())))?;
        // SAFETY: geteuid takes nothing and cannot fail.
        let user = unsafe { libc::geteuid() };
        let is_ours = metadata.uid() == user || metadata.uid() == 0;
        if is_ours && metadata.mode() & 0o022 == 0 && !metadata.is_symlink() {
            return Ok(());
        }
        Err(HostError::backend(format!(
            "{} could have been written by others, and code in it is run; make it yours (chown), and take the right to write \
             from others (chmod go-w).",
            path.display()
        )))
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// What code is kept by: the engine with its settings, and the component's digest. What is of another engine all the same
/// is refused by Wasmtime, which writes its settings into the code.
pub fn code_key(machine: &Machine, component: &[u8]) -> String {
    let digest: String = Sha256::digest(component).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digest}-{}", machine.settings_name())
}
