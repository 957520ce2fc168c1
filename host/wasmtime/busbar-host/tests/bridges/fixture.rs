//! A board with bridges, opened with what is simulated and what is plugged in, and what it tells.

use crate::echo_device::EchoBackend;
use crate::encode::component_with_spi;
use crate::guests::{app, bridge, lines, talker};
use crate::workspace::{Compiler, TemporaryFolder, code_store, scratch, workspace_file};
use crate::{gpio_talker, spi_talker};
use busbar_core::models::{ModelSource, ModelTarget};
use busbar_host::board::{Board, ComponentName, parse_board};
use busbar_host::clock::Clock;
use busbar_host::components::{ComponentSource, InstalledComponents, LoadedComponent};
use busbar_host::device::{Argument, CallFailure, CallsFunctions};
use busbar_host::engine::{Addresses, Machine};
use busbar_host::models::ComponentModels;
use busbar_host::simulate::simulate;
use busbar_host::trace::BoardEvent;
use busbar_host::update::{BoardChange, BringComponents, Bringing, Brought, UpdateOptions};
use busbar_host::{OpenBoard, OpenOptions};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A turn in the life of a driver, as one line: "dongle: stopped (the board was closed)".
pub type Turns = Arc<Mutex<Vec<String>>>;

pub struct Fixture {
    pub board: OpenBoard,
    pub usb: Arc<EchoBackend>,
    /// What was refused: the device, the call, the reason.
    pub refused: Arc<Mutex<Vec<(String, String, String)>>>,
    pub turns: Turns,
    machine: Machine,
    /// How many warnings were told.
    warnings: Arc<AtomicUsize>,
    folder: TemporaryFolder,
}

/// A board of this text.
pub fn board_of(board: &Value) -> Board {
    parse_board(&board.to_string(), "board.json").expect("the board is right")
}

/// The entry of a bridge on the device that [`Fixture::usb`] has.
pub fn dongle() -> Value {
    json!({ "driver": "./bridge.wasm", "usb": { "vendorId": "0x1209", "interfaces": [0] } })
}

/// The entry of a component that does on I2C what it is asked for.
pub fn on_i2c(bus: &str, addresses: &[u16]) -> Value {
    let addresses: Vec<String> = addresses.iter().map(|address| format!("0x{address:02x}")).collect();
    json!({ "driver": "./talker.wasm", "i2c": { "bus": bus, "address": addresses, "maximumLength": 64 } })
}

impl Fixture {
    pub fn open(board: &Value) -> Self {
        let (spi, gpio) = (spi_talker::WORLDS, gpio_talker::WORLDS);
        let folder = TemporaryFolder::with(&[
            ("bridge.wasm", bridge()),
            ("lines.wasm", lines()),
            ("talker.wasm", talker()),
            ("app.wasm", app()),
            ("spi.wasm", component_with_spi("deps/wasi-spi", spi, "talker", spi_talker::CORE)),
            ("spi-error.wasm", component_with_spi("shapes/write-error", spi, "talker", spi_talker::CORE)),
            ("gpio.wasm", crate::encode::component(gpio, "talker", gpio_talker::CORE)),
        ]);
        let board = board_of(board);
        let (refused, turns): (Arc<Mutex<Vec<_>>>, Turns) = Default::default();
        let warnings = Arc::<AtomicUsize>::default();
        let (told_refused, told_turns, told_warnings) = (refused.clone(), turns.clone(), warnings.clone());
        let listener = move |event: &BoardEvent| match event {
            BoardEvent::Audit(event) => {
                let line = (event.device.clone(), event.call.clone(), event.reason.clone());
                told_refused.lock().expect("nobody panics with it").push(line);
            }
            BoardEvent::Lifecycle(event) => {
                let reason = event.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
                let line = format!("{}: {}{reason}", event.device, event.event.name());
                told_turns.lock().expect("nobody panics with it").push(line);
            }
            BoardEvent::Warning(_) => {
                told_warnings.fetch_add(1, Ordering::SeqCst);
            }
        };
        let machine = Machine::new(Addresses::Plenty).expect("Wasmtime runs here");
        let store = code_store();
        let components = InstalledComponents { folder: folder.path(), store: &store, compile: &Compiler };
        let mut models = models_of(&machine, &components);
        let usb = Arc::new(EchoBackend::default());
        let options = OpenOptions {
            folder: folder.path(),
            buses: simulate(&board.simulate, &mut models).expect("it is simulated").into_backends(),
            usb: vec![usb.clone()],
            machine: machine.clone(),
            components: &components,
            listener: Arc::new(listener),
            file: None,
            kept: Vec::new(),
        };
        let board = OpenBoard::open(board, options).expect("no app has a folder that it may not");
        Self { board, usb, refused, turns, machine, warnings, folder }
    }

    /// Calls a function of a component.
    pub async fn call(
        &self,
        device: &str,
        function: &str,
        arguments: &[Argument],
    ) -> Result<Option<Value>, CallFailure> {
        let component = self.board.component(device).await.map_err(CallFailure::Board)?;
        let name = format!("talk/{function}");
        let function = component.functions().iter().find(|each| each.name() == name).expect("it exports it");
        component.call(function, arguments).await
    }

    /// Reads from an address on I2C.
    pub async fn read(&self, device: &str, address: u16, length: u64) -> Result<Option<Value>, CallFailure> {
        self.call(device, "read", &[Argument::I2c, Argument::Json(json!(address)), Argument::Json(json!(length))]).await
    }

    /// Takes an edited board over.
    pub async fn edit(&self, board: &Value) -> Result<BoardChange, String> {
        let options = UpdateOptions { components: &Again, renew: false, can_have: &|_, _| true };
        self.board.update(&board_of(board), &options, |_| {}).await.map_err(|failure| failure.to_string())
    }

    /// Looks at the components again, of which that of this file is another one.
    pub async fn renew(&self, other: &str) -> Result<BoardChange, String> {
        let options =
            UpdateOptions { components: &Renewed { fixture: self, other }, renew: true, can_have: &|_, _| true };
        let board = self.board.board();
        self.board.update(&board, &options, |_| {}).await.map_err(|failure| failure.to_string())
    }

    /// Waits until so many transactions have begun that wait.
    pub async fn begun(&self, count: usize) {
        while self.warnings.load(Ordering::SeqCst) < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub fn turns(&self) -> Vec<String> {
        self.turns.lock().expect("nobody panics with it").clone()
    }

    pub fn refused(&self) -> Vec<(String, String, String)> {
        self.refused.lock().expect("nobody panics with it").clone()
    }
}

/// One component is another one, which does the same.
struct Renewed<'a> {
    fixture: &'a Fixture,
    other: &'a str,
}

impl BringComponents for Renewed<'_> {
    fn bring<'a>(&'a self, name: &'a ComponentName, _known: Option<&'a str>) -> Bringing<'a> {
        let Self { fixture, other } = self;
        if name.specifier != *other {
            return Box::pin(async { Ok(Brought::Same) });
        }
        let store = code_store();
        let components = InstalledComponents { folder: fixture.folder.path(), store: &store, compile: &Compiler };
        let loaded = components.load(&fixture.machine, name);
        Box::pin(async move {
            let loaded = LoadedComponent { key: "another".to_owned(), ..loaded? };
            Ok(Brought::Other { loaded, files: Vec::new() })
        })
    }
}

fn models_of(machine: &Machine, components: &dyn ComponentSource) -> ComponentModels {
    let file = workspace_file("packages/models/dist/models.wasm");
    let loaded = components.load(machine, &file.to_str().expect("a path").into()).expect("they are built");
    ComponentModels::new(machine, &loaded, Clock::start()).expect("they are models")
}

/// A model of an I2C target, by its name and parameters.
pub fn model(name: &str, parameters: &Value) -> Box<dyn ModelTarget> {
    let machine = Machine::new(Addresses::Plenty).expect("Wasmtime runs here");
    let components = InstalledComponents { folder: scratch(), store: &code_store(), compile: &Compiler };
    models_of(&machine, &components).create(name, &parameters.to_string()).expect("there is one")
}

/// No component is another one.
struct Again;

impl BringComponents for Again {
    fn bring<'a>(&'a self, _name: &'a ComponentName, _known: Option<&'a str>) -> Bringing<'a> {
        Box::pin(async { Ok(Brought::Same) })
    }
}

/// The error that a guest was told.
pub fn told(result: Result<Option<Value>, CallFailure>) -> Value {
    match result {
        Err(CallFailure::Returned(error)) => error.payload.expect("an error"),
        other => panic!("it is no error: {other:?}"),
    }
}

/// Why a call did not come to its end.
pub fn sentence(result: Result<Option<Value>, CallFailure>) -> String {
    match result {
        Err(CallFailure::Board(failure)) => failure.to_string(),
        other => panic!("it came to its end: {other:?}"),
    }
}
