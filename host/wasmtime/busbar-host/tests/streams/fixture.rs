use crate::chip::{Chip, State};
use crate::workspace_files::{Compiler, TemporaryFolder, built, code_store};
use busbar_host::board::parse_board;
use busbar_host::bus::Backends;
use busbar_host::components::InstalledComponents;
use busbar_host::device::StreamingSensor;
use busbar_host::engine::{Addresses, Machine};
use busbar_host::trace::BoardEvent;
use busbar_host::{OpenBoard, OpenOptions};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// The worked example of the data sheet: °C, Pa, %RH.
pub const VALUES: [f64; 3] = [25.082_477_930_816_82, 100_653.258_144_814_72, 35.943_303_841_606_074];

/// That example, at rest in registers (BST-BME280-DS002-15, appendix A).
pub fn registers() -> Value {
    json!({
        "0x88": "706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017004b",
        "0xE1": "6301001524031e",
        "0xD0": "60",
        "0xF7": "655ac07eed006f15",
    })
}

/// An open board with one BME280, "indoor".
pub struct Fixture {
    pub board: OpenBoard,
    pub chip: Arc<State>,
    events: Arc<Mutex<Vec<BoardEvent>>>,
    _folder: TemporaryFolder,
}

impl Fixture {
    pub fn open() -> Self {
        Self::open_with(&json!({}), &json!({}))
    }

    /// With these settings and limits, whose values are ready at once.
    pub fn open_with(settings: &Value, limits: &Value) -> Self {
        let machine = Machine::with_streams(Addresses::Plenty).expect("Wasmtime runs here");
        Self::open_on(&machine, "packages/bme280/dist/bme280-streaming.wasm", settings, limits)
    }

    /// With another component, on another machine.
    pub fn open_on(machine: &Machine, component: &str, settings: &Value, limits: &Value) -> Self {
        Self::open_folder(machine, "./driver.wasm", &[("driver.wasm", built(component))], settings, limits)
    }

    /// With these files, of which one, or a package, is the driver.
    pub fn open_folder(
        machine: &Machine,
        driver: &str,
        files: &[(&str, Vec<u8>)],
        settings: &Value,
        limits: &Value,
    ) -> Self {
        let board = json!({
            "devices": {
                "indoor": {
                    "driver": driver,
                    "i2c": { "bus": "sim", "address": "0x76" },
                    "settings": settings,
                    "limits": limits,
                },
            },
            "simulate": [{
                "i2c": "sim",
                "address": "0x76",
                "model": "registers",
                "registers": registers(),
            }],
        });
        let folder = TemporaryFolder::with(files);
        let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
        let (backend, chip) = Chip::new(&board.simulate);
        let store = code_store();
        let components = InstalledComponents { folder: folder.path(), store: &store, compile: &Compiler };
        let events: Arc<Mutex<Vec<BoardEvent>>> = Arc::default();
        let told = events.clone();
        let options = OpenOptions {
            folder: folder.path(),
            buses: Backends { i2c: vec![Arc::new(backend)], ..Backends::default() },
            usb: Vec::new(),
            machine: machine.clone(),
            components: &components,
            listener: Arc::new(move |event| told.lock().expect("nobody panics with it").push(event.clone())),
            file: None,
            kept: Vec::new(),
        };
        let board = OpenBoard::open(board, options).expect("no app has a folder that it may not");
        Self { board, chip, events, _folder: folder }
    }

    pub async fn sensor(&self) -> StreamingSensor {
        self.board.streaming_sensor("indoor").await.expect("it is there")
    }

    /// What was told since the board was opened.
    pub fn events(&self) -> Vec<BoardEvent> {
        self.events.lock().expect("nobody panics with it").clone()
    }
}
