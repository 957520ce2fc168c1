//! What tests of drivers and apps share: components of the workspace, their code, and a runtime.

use busbar_host::cache::{CodeStore, Environment};
use busbar_host::components::Compile;
use busbar_host::engine::Machine;
use busbar_host::error::HostError;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A component of the workspace, by its path there.
pub fn built(path: &str) -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(path);
    std::fs::read(&file).unwrap_or_else(|_| {
        panic!("{path} is missing; build the workspace first: npx -y pnpm@12 install && npx -y pnpm@12 turbo run build")
    })
}

/// The compiler, in this process.
pub struct Compiler;

impl Compile for Compiler {
    fn compile(&self, machine: &Machine, _label: &str, component: &[u8]) -> Result<Option<Vec<u8>>, HostError> {
        let code = machine.engine.precompile_component(component);
        code.map(Some).map_err(|error| HostError::component(format!("{error:#}")))
    }
}

/// Of all runs of the tests, so that the components of the workspace are compiled once.
pub fn code_store() -> CodeStore {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache");
    let environment = Environment { cache_home: Some(cache.into()), home: None, temporary: None };
    CodeStore::of(&environment, Box::new(|problem| panic!("{problem}")))
}

/// A folder with these files, which is gone with this.
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    pub fn with(files: &[(&str, Vec<u8>)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("guests-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        for (name, bytes) in files {
            let file = folder.join(name);
            std::fs::create_dir_all(file.parent().expect("it is in the folder")).expect("a folder");
            std::fs::write(file, bytes).expect("a file");
        }
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // A folder that is left behind is in the build's own.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a test in the one thread that the command has too.
pub fn on_one_thread(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work);
}
