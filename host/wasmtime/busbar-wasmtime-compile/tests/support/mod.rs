//! Boards with the workspace's own drivers, compiled here, on devices in memory.

use busbar_host::board::{Board, read_board};
use busbar_host::bus::Backends;
use busbar_host::bus::usb::UsbBackend;
use busbar_host::cache::{CodeStore, Environment};
use busbar_host::components::{Compile, InstalledComponents};
use busbar_host::engine::{Addresses, Machine};
use busbar_host::error::HostError;
use busbar_host::trace::BoardEvent;
use busbar_host::{OpenBoard, OpenOptions};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// What a board tells, one line for each event.
pub type Told = Arc<Mutex<Vec<String>>>;

/// The compiler, in this process.
pub struct Compiler;

impl Compile for Compiler {
    fn compile(&self, machine: &Machine, _label: &str, component: &[u8]) -> Result<Option<Vec<u8>>, HostError> {
        let code = machine.engine.precompile_component(component);
        code.map(Some).map_err(|error| HostError::component(format!("{error:#}")))
    }
}

/// A folder of its own, which is gone at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("busbar-usb-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("nobody else makes it");
        Self(path)
    }

    pub fn board(&self, json: &Value) -> Board {
        let file = self.0.join("board.json");
        std::fs::write(&file, json.to_string()).expect("the folder is ours");
        read_board(&file).expect("it is right")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A board with one device, whose driver is a package of the workspace; and what it tells. None where that was not built.
///
/// `entry`: the device's, without its driver.
pub fn open_board(
    folder: &Folder,
    backend: Arc<dyn UsbBackend>,
    package: &str,
    device: &str,
    entry: &Value,
) -> Option<(OpenBoard, Told)> {
    let driver = built(&format!("packages/{package}/dist/{package}.wasm"))?;
    let mut entry = entry.clone();
    entry["driver"] = json!(driver);
    Some(open(folder, backend, &json!({ "devices": { device: entry } })))
}

/// The path of a component that the workspace builds; none where it was not built.
pub fn built(file: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(file);
    if path.is_file() {
        return Some(path);
    }
    eprintln!("skipped: {} is missing; build it first: npx -y pnpm@12 turbo run build", path.display());
    None
}

/// A board of built components, and what it tells.
pub fn open(folder: &Folder, backend: Arc<dyn UsbBackend>, board: &Value) -> (OpenBoard, Told) {
    let machine = Machine::new(Addresses::Plenty).expect("it runs here");
    let cache = Environment { cache_home: Some(folder.0.join("cache").into()), home: None, temporary: None };
    let store = CodeStore::of(&cache, Box::new(|problem| panic!("{problem}")));
    let components = InstalledComponents { folder: &folder.0, store: &store, compile: &Compiler };
    let told = Told::default();
    let lines = told.clone();
    let listener = move |event: &BoardEvent| {
        let line = match event {
            BoardEvent::Lifecycle(event) => {
                format!("{}: {}", event.event.name(), event.reason.as_deref().unwrap_or_default())
            }
            other => format!("{other:?}"),
        };
        lines.lock().expect("nobody panics").push(line);
    };
    let board = folder.board(board);
    let options = OpenOptions {
        buses: Backends::default(),
        usb: vec![backend],
        machine: machine.clone(),
        components: &components,
        listener: Arc::new(listener),
        folder: &folder.0,
        file: None,
        kept: Vec::new(),
    };
    (OpenBoard::open(board, options).expect("no app has a folder"), told)
}
