//! A board in a folder of its own, opened with simulated registers, and what comes of running its apps.

use busbar_host::app::{AppFailure, Ended, Readiness, RunOptions, TakeOutput, Waiting};
use busbar_host::board::parse_board;
use busbar_host::cache::{CodeStore, Environment};
use busbar_host::components::{Compile, InstalledComponents};
use busbar_host::engine::{Addresses, Machine};
use busbar_host::error::HostError;
use busbar_host::models::NoModels;
use busbar_host::simulate::simulate;
use busbar_host::trace::{BoardEvent, Turn};
use busbar_host::{OpenBoard, OpenOptions};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// An open board, and what it told.
pub struct Fixture {
    pub board: OpenBoard,
    events: Arc<Mutex<Vec<BoardEvent>>>,
    folder: PathBuf,
}

impl Fixture {
    /// Writes components to files of these names, and opens a board beside them.
    pub fn open(board: &Value, components: &[(&str, Vec<u8>)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let base = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = base.join(format!("apps-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        std::fs::create_dir_all(&folder).expect("a folder");
        for (name, bytes) in components {
            std::fs::write(folder.join(name), bytes).expect("a file");
        }
        let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
        let machine = Machine::new(Addresses::Plenty).expect("Wasmtime runs here");
        // Of all runs of the tests, so that the components of the workspace are compiled once.
        let cache = Environment { cache_home: Some(base.join("cache").into()), home: None, temporary: None };
        let store = CodeStore::of(&cache, Box::new(|problem| panic!("{problem}")));
        let components = InstalledComponents { folder: &folder, store: &store, compile: &Compiler };
        let simulator = simulate(&board.simulate, &mut NoModels).expect("it is simulated");
        let events: Arc<Mutex<Vec<BoardEvent>>> = Arc::default();
        let told = events.clone();
        let options = OpenOptions {
            folder: &folder,
            i2c: vec![Arc::new(simulator)],
            usb: Vec::new(),
            machine: machine.clone(),
            components: &components,
            listener: Arc::new(move |event| told.lock().expect("nobody panics with it").push(event.clone())),
            file: None,
            kept: Vec::new(),
        };
        let board = OpenBoard::open(board, options).expect("no app has a folder that it may not");
        Self { board, events, folder }
    }

    /// Runs an app to its end, and gives what it printed.
    pub async fn run(&self, app: &str) -> Result<String, AppFailure> {
        let printed = Arc::new(Printed::default());
        let ended = self.board.run(app, printed.options(), std::future::pending()).await?;
        assert_eq!(ended, Ended::Well);
        Ok(printed.text())
    }

    /// Runs an app until it has printed so much, and ends it then.
    pub async fn run_until(&self, app: &str, length: usize) -> String {
        let printed = Arc::new(Printed::default());
        let ended = self.board.run(app, printed.options(), printed.reached(length)).await;
        assert_eq!(ended, Ok(Ended::Stopped));
        printed.text()
    }

    /// Whose drivers trapped, and why.
    pub fn trapped(&self) -> Vec<String> {
        let events = self.events.lock().expect("nobody panics with it");
        let traps = events.iter().filter_map(|event| match event {
            BoardEvent::Lifecycle(turn) if turn.event == Turn::Trapped => {
                Some(format!("{}: {}", turn.device, turn.reason.as_deref().unwrap_or_default()))
            }
            _ => None,
        });
        traps.collect()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        // A folder that is left behind is in the build's own.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The compiler, in this process.
struct Compiler;

impl Compile for Compiler {
    fn compile(&self, machine: &Machine, _label: &str, component: &[u8]) -> Result<Option<Vec<u8>>, HostError> {
        let code = machine.engine.precompile_component(component);
        code.map(Some).map_err(|error| HostError::component(format!("{error:#}")))
    }
}

/// What an app printed.
#[derive(Default)]
pub struct Printed {
    bytes: Mutex<Vec<u8>>,
    changed: Notify,
}

impl Printed {
    pub fn options(self: &Arc<Self>) -> RunOptions {
        RunOptions { output: self.clone(), errors: None, input: None, arguments: Vec::new() }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().expect("nobody panics with it")).into_owned()
    }

    async fn reached(&self, length: usize) {
        while self.text().len() < length {
            self.changed.notified().await;
        }
    }
}

impl Readiness for Printed {
    fn is_ready(&self) -> bool {
        true
    }

    fn ready(&self) -> Waiting<'_> {
        Box::pin(std::future::ready(()))
    }
}

impl TakeOutput for Printed {
    fn take(&self, bytes: &[u8]) {
        self.bytes.lock().expect("nobody panics with it").extend_from_slice(bytes);
        self.changed.notify_one();
    }
}

/// Runs a test in the one thread that the command has too.
pub fn on_one_thread(work: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work);
}

/// A component of the workspace, by its path there.
pub fn built(path: &str) -> Vec<u8> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(path);
    std::fs::read(&file).unwrap_or_else(|_| {
        panic!("{path} is missing; build the workspace first: npx -y pnpm@12 install && npx -y pnpm@12 turbo run build")
    })
}
