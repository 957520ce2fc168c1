//! A program that prints what a sensor sends by itself, a line a reading, and why it ends:
//! `print_readings BOARD DEVICE EVERY-MS COUNT`. It carries the compiler; a small one gets its code from a store.

use busbar_host::board::read_board;
use busbar_host::bus::Backends;
use busbar_host::bus::i2c::I2cBackend;
use busbar_host::bus::i2c::linux::LinuxI2c;
use busbar_host::cache::CodeStore;
use busbar_host::components::{Compile, InstalledComponents};
use busbar_host::engine::{Addresses, Machine};
use busbar_host::error::HostError;
use busbar_host::models::NoModels;
use busbar_host::simulate::simulate;
use busbar_host::trace::BoardEvent;
use busbar_host::{OpenBoard, OpenOptions};
use std::path::Path;
use std::sync::Arc;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [board, device, every_ms, count] = arguments.as_slice() else {
        return Err("give a board, a device, milliseconds between readings, and how many".into());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(print_readings(Path::new(board), device, every_ms.parse()?, count.parse()?))
}

async fn print_readings(path: &Path, device: &str, every_ms: u32, count: usize) -> Result<(), Failure> {
    let board = open(path)?;
    let sensor = board.streaming_sensor(device).await?;
    println!("{}", sensor.channels().iter().map(|channel| channel.label.as_str()).collect::<Vec<_>>().join("\t"));
    let mut readings = sensor.readings(every_ms).await?;
    for _ in 0..count {
        let Some(reading) = readings.next().await? else { break };
        println!("{}", reading.iter().map(f64::to_string).collect::<Vec<_>>().join("\t"));
    }
    sensor.close().await?;
    board.close().await;
    Ok(())
}

fn open(path: &Path) -> Result<OpenBoard, Failure> {
    let board = read_board(path)?;
    let simulator = simulate(&board.simulate, &mut NoModels)?;
    let i2c: Vec<Arc<dyn I2cBackend>> =
        vec![Arc::new(simulator), Arc::new(LinuxI2c::new(Some(path.display().to_string())))];
    let store = CodeStore::of_user(Box::new(|sentence| eprintln!("{sentence}")));
    let folder = path.parent().ok_or("the board is in no folder")?;
    let components = InstalledComponents { folder, store: &store, compile: &Compiler };
    let options = OpenOptions {
        buses: Backends { i2c, ..Backends::default() },
        usb: Vec::new(),
        machine: Machine::with_streams(Addresses::Plenty)?,
        components: &components,
        listener: Arc::new(|event| {
            // What else there is to tell are the turns of its life.
            if let BoardEvent::Audit(_) | BoardEvent::Warning(_) = event {
                eprintln!("{event:?}");
            }
        }),
        folder,
        file: Some(path),
        kept: Vec::new(),
    };
    Ok(OpenBoard::open(board, options)?)
}

struct Compiler;

impl Compile for Compiler {
    fn compile(&self, machine: &Machine, label: &str, component: &[u8]) -> Result<Option<Vec<u8>>, HostError> {
        let code = machine.engine.precompile_component(component);
        code.map(Some).map_err(|cause| HostError::component(format!("{label} cannot be compiled: {cause:#}.")))
    }
}
