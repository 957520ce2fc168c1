//! For `pnpm bench wasmtime`: one figure of this host, as a number on stdout.
//!
//! `measure reading BOARD` gives the processor time of a reading of the device "first" in microseconds; `measure instance
//! BOARD` that of a further instance to its first reading; `measure memory BOARD` the bytes of memory that each further
//! instance takes.

use busbar_host::board::read_board;
use busbar_host::cache::CodeStore;
use busbar_host::components::{InstalledComponents, NoCompiler};
use busbar_host::device::Sensor;
use busbar_host::engine::{Addresses, Machine};
use busbar_host::i2c::I2cBackend;
use busbar_host::models::NoModels;
use busbar_host::simulate::simulate;
use busbar_host::{OpenBoard, OpenOptions};
use std::path::Path;
use std::sync::Arc;

/// So many readings are one figure; as many before it warm up.
const READINGS: u32 = 5_000;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, board] = arguments.as_slice() else { return Err("give what to measure, and a board".into()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let figure = runtime.block_on(measure(what, Path::new(board)))?;
    println!("{figure}");
    Ok(())
}

async fn measure(what: &str, path: &Path) -> Result<f64, Failure> {
    let board = open(path)?;
    let names: Vec<String> = board.devices().into_iter().map(|(name, _)| name).collect();
    let (first, others) = names.split_first().ok_or("the board has no device")?;
    let mut sensor = board.sensor(first).await?;
    sensor.read().await?;
    match what {
        "reading" => {
            read_often(&mut sensor).await?;
            let before = processor_us()?;
            read_often(&mut sensor).await?;
            Ok((processor_us()? - before) / f64::from(READINGS))
        }
        "instance" => {
            let before = processor_us()?;
            let _opened = open_all(&board, others).await?;
            Ok((processor_us()? - before) / others.len() as f64)
        }
        "memory" => {
            let before = memory_bytes()?;
            let _opened = open_all(&board, others).await?;
            Ok((memory_bytes()? - before) / others.len() as f64)
        }
        _ => Err("measure reading, instance or memory".into()),
    }
}

fn open(path: &Path) -> Result<OpenBoard, Failure> {
    let board = read_board(path)?;
    let i2c: Vec<Arc<dyn I2cBackend>> = vec![Arc::new(simulate(&board.simulate, &mut NoModels)?)];
    let store = CodeStore::of_user(Box::new(|sentence| eprintln!("{sentence}")));
    let folder = path.parent().ok_or("the board is in no folder")?;
    let components = InstalledComponents { folder, store: &store, compile: &NoCompiler };
    let options = OpenOptions {
        i2c,
        usb: Vec::new(),
        machine: Machine::new(Addresses::Plenty)?,
        components: &components,
        listener: Arc::new(|_| {}),
        folder,
        file: Some(path),
        kept: Vec::new(),
    };
    Ok(OpenBoard::open(board, options)?)
}

async fn read_often(sensor: &mut Sensor) -> Result<(), Failure> {
    for _ in 0..READINGS {
        sensor.read().await?;
    }
    Ok(())
}

async fn open_all(board: &OpenBoard, names: &[String]) -> Result<Vec<Sensor>, Failure> {
    let mut opened = Vec::new();
    for name in names {
        let mut sensor = board.sensor(name).await?;
        sensor.read().await?;
        opened.push(sensor);
    }
    Ok(opened)
}

/// Of this process, of all its threads.
fn processor_us() -> Result<f64, Failure> {
    // /proc/self/stat counts in hundredths of a second; schedstat of the threads in nanoseconds.
    let mut nanoseconds = 0.0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let text = std::fs::read_to_string(task?.path().join("schedstat"))?;
        let run = text.split_whitespace().next().ok_or("schedstat is empty")?;
        nanoseconds += run.parse::<f64>()?;
    }
    Ok(nanoseconds / 1e3)
}

/// What this process has resident, with a page that is mapped several times counted once: proc_pid_smaps(5).
fn memory_bytes() -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/smaps_rollup")?;
    let line = status.lines().find_map(|line| line.strip_prefix("Pss:")).ok_or("no Pss")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
}
