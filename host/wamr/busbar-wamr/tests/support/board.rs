//! Boards of drivers that a test makes, in a folder of its own.

#[path = "machine_code.rs"]
pub mod machine_code;

use busbar_core::bus::usb::UsbBackend;
use busbar_core::cache::{CodeFiles, Environment};
use busbar_core::digest::sha256;
use busbar_core::error::HostError;
use busbar_core::models::NoModels;
use busbar_core::simulate::simulate;
use busbar_core::trace::{BoardEvent, Turn};
use busbar_wamr::board::parse_board;
use busbar_wamr::engine::{code_key, code_of};
use busbar_wamr::flattened::Flattened;
use busbar_wamr::{OpenBoard, OpenOptions};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// How long a call of a driver may take that never ends, in milliseconds: its tests wait as long. All others have the time that
/// they have without a limit, for a machine that is busy.
pub const CALL_MS: u32 = 500;

/// What a board told.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<Vec<BoardEvent>>>);

impl Told {
    /// What was refused, and why, in order.
    #[allow(dead_code, reason = "not all tests look at it")]
    pub fn refusals(&self) -> Vec<(String, String)> {
        let events = self.0.lock().expect("nobody panicked");
        let refused = events.iter().filter_map(|event| match event {
            BoardEvent::Audit(event) => Some((event.call.clone(), event.reason.clone())),
            _ => None,
        });
        refused.collect()
    }

    /// Why drivers trapped, in order.
    pub fn traps(&self) -> Vec<String> {
        let events = self.0.lock().expect("nobody panicked");
        let reason = |event: &BoardEvent| match event {
            BoardEvent::Lifecycle(event) if event.event == Turn::Trapped => event.reason.clone(),
            _ => None,
        };
        events.iter().filter_map(reason).collect()
    }

    /// What became of drivers, in order: "started: ".
    pub fn turns(&self) -> Vec<String> {
        let events = self.0.lock().expect("nobody panicked");
        let turn = |event: &BoardEvent| match event {
            BoardEvent::Lifecycle(event) => {
                Some(format!("{}: {}", event.event.name(), event.reason.as_deref().unwrap_or_default()))
            }
            _ => None,
        };
        events.iter().filter_map(turn).collect()
    }

    /// The calls that were refused, in order.
    pub fn denied(&self) -> Vec<String> {
        let events = self.0.lock().expect("nobody panicked");
        let denied = |event: &BoardEvent| match event {
            BoardEvent::Audit(event) => Some(event.call.clone()),
            _ => None,
        };
        events.iter().filter_map(denied).collect()
    }
}

/// A folder that is gone when it is dropped.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("wamr-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// How drivers are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Interpreted,
    /// As machine code.
    Compiled,
}

impl Way {
    /// All ways that there are here: without the compiler of machine code, one.
    pub fn all() -> &'static [Self] {
        if machine_code::has_compiler() { &[Self::Interpreted, Self::Compiled] } else { &[Self::Interpreted] }
    }
}

/// A board with these drivers and their limits, by the names of their devices, which are run in this way; each has an address on the bus "sim", the first one 0x76. `simulated`
/// is the list of the board.
pub fn open(way: Way, drivers: &[(&str, Vec<u8>, Value)], simulated: &Value) -> (OpenBoard, Told, Scratch) {
    let mut devices = serde_json::Map::new();
    for (index, (name, _, limits)) in drivers.iter().enumerate() {
        let i2c = json!({ "bus": "sim", "address": format!("0x{:02x}", 0x76 - index) });
        devices.insert((*name).to_owned(), json!({ "driver": format!("./{name}.wasm"), "i2c": i2c, "limits": limits }));
    }
    let board = json!({ "devices": devices, "simulate": simulated });
    let components: Vec<_> = drivers.iter().map(|(name, bytes, _)| (*name, bytes.clone())).collect();
    try_open(way, &board, &components, Vec::new()).expect("there is no app")
}

/// A board whose components are these, by the names that it has for them: "./station.wasm" is "station". They are interpreted.
pub fn open_board(
    board: &Value,
    components: &[(&str, Vec<u8>)],
    usb: Vec<Arc<dyn UsbBackend>>,
) -> (OpenBoard, Told, Scratch) {
    try_open(Way::Interpreted, board, components, usb).expect("no app has a folder that it must not have")
}

/// The same, run in this way; or why it is not opened.
pub fn try_open(
    way: Way,
    board: &Value,
    components: &[(&str, Vec<u8>)],
    usb: Vec<Arc<dyn UsbBackend>>,
) -> Result<(OpenBoard, Told, Scratch), HostError> {
    let scratch = Scratch::new();
    let kept = code_in(&scratch);
    for (name, bytes) in components {
        fs::write(scratch.0.join(format!("{name}.core.wasm")), bytes).expect("a file");
        if way == Way::Compiled && is_flattened(bytes) {
            kept.store(&code_key(&sha256(bytes)), &machine_code::of(bytes)).expect("it is kept");
        }
    }
    let board = parse_board(&board.to_string(), "board.json").expect("it is a board");
    let simulator = simulate(&board.simulate, &mut NoModels).expect("it is simulated");
    let told = Told::default();
    let listener = told.clone();
    let options = OpenOptions {
        buses: simulator.into_backends(),
        usb,
        listener: Arc::new(move |event| listener.0.lock().expect("nobody panicked").push(event.clone())),
        folder: &scratch.0,
        file: None,
        kept: &kept,
    };
    Ok((OpenBoard::open(board, &options)?, told, scratch))
}

/// What scripts/check.mjs has flattened of a package of the workspace.
pub fn flattened_package(name: &str) -> Vec<u8> {
    flattened_component(&format!("../../../packages/{name}/dist/{name}.wasm"))
}

/// The same of a component, by its path from this crate.
pub fn flattened_component(path: &str) -> Vec<u8> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let component = fs::read(here.join(path)).expect("it is built");
    let file = format!("../target/cache/busbar/flattened/{}.core.wasm", sha256(&component));
    fs::read(here.join(file)).expect("node scripts/check.mjs flattens it")
}

/// Where the machine code of a test's drivers is kept.
fn code_in(scratch: &Scratch) -> CodeFiles {
    let cache_home = Some(scratch.0.join("cache").into());
    let environment = Environment { cache_home, home: None, temporary: Some(scratch.0.clone().into()) };
    code_of(&environment, Box::new(|sentence| panic!("{sentence}")))
}

/// Of what is none, no machine code is ever made: `busbar-wamr compile` refuses it.
fn is_flattened(bytes: &[u8]) -> bool {
    Flattened::read(bytes).is_ok()
}

/// Limits of a driver that takes longer than it may.
pub fn limits() -> Value {
    json!({ "callMs": CALL_MS })
}

/// A register file at 0x76, for drivers that want a bus.
pub fn simulated() -> Value {
    json!([{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": { "0xD0": "60" } }])
}

/// BST-BME280-DS002-15, appendix A: the worked example, at rest in registers.
pub fn bme280() -> Value {
    json!([{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": {
        "0x88": "706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017004b",
        "0xE1": "6301001524031e",
        "0xD0": "60",
        "0xF7": "655ac07eed006f15",
    } }])
}

/// Runs a test on one thread, as the command runs a board.
pub fn on_one_thread<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(test)
}
