//! The components of the workspace, as its build made them, and boards that run them.

use busbar_host::board::{Board, SimulateEntry};
use busbar_host::bus::usb::UsbBackend;
use busbar_host::cache::{CodeStore, Environment};
use busbar_host::components::{Compile, InstalledComponents};
use busbar_host::engine::{Addresses, Machine};
use busbar_host::error::HostError;
use busbar_host::models::NoModels;
use busbar_host::simulate::simulate;
use busbar_host::trace::Listener;
use busbar_host::{OpenBoard, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Opens a board of a folder with simulated I2C targets, and the devices of these backends.
pub fn open_board(
    board: Board,
    folder: &Path,
    simulated: &[SimulateEntry],
    usb: Vec<Arc<dyn UsbBackend>>,
    listener: Listener,
) -> OpenBoard {
    let buses = simulate(simulated, &mut NoModels).expect("it is simulated").into_backends();
    let machine = Machine::new(Addresses::Plenty).expect("Wasmtime runs here");
    let store = code_store();
    let components = InstalledComponents { folder, store: &store, compile: &Compiler };
    let options = OpenOptions {
        folder,
        buses,
        usb,
        machine: machine.clone(),
        components: &components,
        listener,
        file: None,
        kept: Vec::new(),
    };
    OpenBoard::open(board, options).expect("no app has a folder that it may not")
}

/// The compiler, in this process.
pub struct Compiler;

impl Compile for Compiler {
    fn compile(&self, machine: &Machine, _label: &str, component: &[u8]) -> Result<Option<Vec<u8>>, HostError> {
        let code = machine.engine.precompile_component(component);
        code.map(Some).map_err(|error| HostError::component(format!("{error:#}")))
    }
}

/// Where tests make files and folders of their own.
pub fn scratch() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// A folder with these files, which is gone with this.
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    pub fn with(files: &[(&str, Vec<u8>)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("guests-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = scratch().join(name);
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

/// The machine code of all runs of the tests, so that the components of the workspace are compiled once.
pub fn code_store() -> CodeStore {
    let cache = Environment { cache_home: Some(scratch().join("cache").into()), home: None, temporary: None };
    CodeStore::of(&cache, Box::new(|problem| panic!("{problem}")))
}

/// A file of the workspace, by its path there.
pub fn workspace_file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(path)
}

/// A component of the workspace, by its path there.
pub fn built(path: &str) -> Vec<u8> {
    std::fs::read(workspace_file(path)).unwrap_or_else(|_| {
        panic!("{path} is missing; build the workspace first: npx -y pnpm@12 install && npx -y pnpm@12 turbo run build")
    })
}

/// Runs a test in the one thread that the command has too.
pub fn on_one_thread(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work);
}
