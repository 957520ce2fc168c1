//! A driver's transfers beside the same ones without a component: on a device in memory both in this process, in turns; on one
//! that the kernel has the driver's only, beside which `pnpm bench lab` runs a program in C.

mod device;
mod disk;
mod line;

use super::Failure;
use super::board::open;
use super::system::{status_kib, thread_us};
use busbar_host::OpenBoard;
use busbar_host::bus::usb::libusb::Libusb;
use busbar_host::bus::usb::{UsbBackend, UsbDevice, UsbHandle, UsbTransfer, UsbTransferKind, UsbTransferRequest};
use busbar_host::device::{BlockDevice, UsbEchoPipe};
use device::{IN, InterfaceClass, ModelDevice, OUT, OneDevice};
use line::Line;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// So many turns of each way; one before them warms up.
const TURNS: usize = 15;
/// The same, on a device that the kernel has: beside other processes, which have turns of their own.
const TURNS_OF_KERNEL: usize = 3;
/// Reads of a turn that do not count: in them the driver comes to read ahead as steadily as it goes on.
const READS_BEFORE: u32 = 4;
/// Round trips of a turn.
const TRIPS: u32 = 2_000;
const TRIPS_OF_KERNEL: u32 = 200;
const TRIP_BYTES: usize = 32;
const TIMEOUT_MS: u32 = 60_000;
const VENDOR_SPECIFIC: InterfaceClass = [0xff, 0, 0];

/// Prints what each repetition took in each turn, in microseconds: `{"component": {"wall": [], "processor": []}, ...}`. Of
/// processors it is what the thread took that all drivers run in. "peak" are the most KiB that the process has had resident.
pub async fn measure(what: &str, board: &Path, parameters: &[String]) -> Result<(), Failure> {
    let mut figures = match (what, parameters) {
        ("echo", []) => echo(&open(board, kernel(board))?, None).await?,
        ("echo", [speed]) => {
            let model = model(VENDOR_SPECIFIC, speed, Box::new(|data| vec![data]))?;
            echo(&open(board, plugged(&model))?, Some(&*model.open().await.map_err(described)?)).await?
        }
        ("disk", [kib, queue]) => disk(&open(board, kernel(board))?, reading(kib, queue)?, None).await?,
        ("disk", [kib, queue, speed]) => {
            // One each: what the driver reads ahead goes over its own line.
            let [model, other] = [model(disk::CLASS, speed, disk::disk())?, model(disk::CLASS, speed, disk::disk())?];
            let plain = other.open().await.map_err(described)?;
            disk(&open(board, plugged(&model))?, reading(kib, queue)?, Some(&*plain)).await?
        }
        _ => return Err("give echo BOARD [MB/S], or disk BOARD KIB QUEUE [MB/S]".into()),
    };
    figures.insert("peak".to_owned(), json!(status_kib("VmHWM")?));
    println!("{}", Value::Object(figures));
    Ok(())
}

fn kernel(board: &Path) -> Vec<Arc<dyn UsbBackend>> {
    vec![Arc::new(Libusb::new(Some(board.display().to_string())))]
}

fn model(class: InterfaceClass, megabytes: &str, function: device::Function) -> Result<Arc<ModelDevice>, Failure> {
    let megabytes: f64 = megabytes.parse()?;
    let line = if megabytes.is_finite() { Line::of(megabytes * 1e6) } else { Line::immediate() };
    ModelDevice::new(class, line, function).ok_or_else(|| "its descriptors are malformed".into())
}

fn plugged(model: &Arc<ModelDevice>) -> Vec<Arc<dyn UsbBackend>> {
    vec![Arc::new(OneDevice(model.clone()))]
}

fn described(failure: impl std::fmt::Debug) -> String {
    format!("{failure:?}")
}

/// What is read, in bytes: all of it in a turn, and a command's; and how many commands are under way without a component. Those
/// of the driver are its setting.
#[derive(Clone, Copy)]
struct Reading {
    total: u32,
    piece: u32,
    queue: usize,
}

fn reading(kib: &str, queue: &str) -> Result<Reading, Failure> {
    Ok(Reading { total: 8 << 20, piece: kib.parse::<u32>()? << 10, queue: queue.parse()? })
}

async fn disk(
    board: &OpenBoard,
    reading: Reading,
    plain: Option<&dyn UsbHandle>,
) -> Result<Map<String, Value>, Failure> {
    let Reading { total, piece, .. } = reading;
    let stick = board.block_device("usb").await?;
    let blocks = piece / disk::BLOCK_BYTES;
    let (mut component, mut without) = (Figures::default(), Figures::default());
    let turns = if plain.is_some() { TURNS } else { TURNS_OF_KERNEL };
    for turn in 0..=turns {
        // Each goes on where the one before ended. What was read ahead meanwhile does not count.
        let first = turn as u32 * (READS_BEFORE * blocks + total / disk::BLOCK_BYTES);
        let counted = first + READS_BEFORE * blocks;
        read(&stick, first, counted, blocks).await?;
        let start = Start::now()?;
        read(&stick, counted, counted + total / disk::BLOCK_BYTES, blocks).await?;
        component.add(turn, start, total / piece)?;
        if let Some(handle) = plain {
            let start = Start::now()?;
            disk::read_plainly(handle, first, reading).await?;
            without.add(turn, start, total / piece)?;
        }
    }
    stick.close().await?;
    Ok(both(component, plain.map(|_| without)))
}

async fn read(stick: &BlockDevice, first: u32, end: u32, count: u32) -> Result<(), Failure> {
    for block in (first..end).step_by(count as usize) {
        stick.read(block.into(), count).await?;
    }
    Ok(())
}

async fn echo(board: &OpenBoard, plain: Option<&dyn UsbHandle>) -> Result<Map<String, Value>, Failure> {
    let (turns, trips) = if plain.is_some() { (TURNS, TRIPS) } else { (TURNS_OF_KERNEL, TRIPS_OF_KERNEL) };
    let echo = board.usb_echo("usb").await?;
    let data = vec![0x5a; TRIP_BYTES];
    let (mut component, mut inside, mut without) = (Figures::default(), Figures::default(), Figures::default());
    for turn in 0..=turns {
        let start = Start::now()?;
        for _ in 0..trips {
            echo.round_trip(UsbEchoPipe::Bulk, &data).await?;
        }
        component.add(turn, start, trips)?;
        let start = Start::now()?;
        echo.run(UsbEchoPipe::Bulk, TRIP_BYTES as u32, trips).await?;
        inside.add(turn, start, trips)?;
        if let Some(handle) = plain {
            let start = Start::now()?;
            for _ in 0..trips {
                round_trip(handle, &data).await?;
            }
            without.add(turn, start, trips)?;
        }
    }
    echo.close().await?;
    let mut figures = both(component, plain.map(|_| without));
    figures.insert("inside".to_owned(), inside.json());
    Ok(figures)
}

/// What a program without components writes: both transfers are under way together.
async fn round_trip(handle: &dyn UsbHandle, data: &[u8]) -> Result<(), Failure> {
    let reading = handle.submit(transfer(IN, Vec::new(), 512))?;
    outcome(&*handle.submit(transfer(OUT, data.to_vec(), 0))?).await?;
    if outcome(&reading).await? == data { Ok(()) } else { Err("the echo sent other bytes back".into()) }
}

fn transfer(endpoint: u8, data: Vec<u8>, length: u32) -> UsbTransferRequest {
    let kind = UsbTransferKind::Bulk { stream_id: 0 };
    UsbTransferRequest { kind, endpoint, data, length, timeout_ms: TIMEOUT_MS }
}

async fn outcome(transfer: &UsbTransfer) -> Result<Vec<u8>, Failure> {
    transfer.ended().await;
    Ok(transfer.take_outcome().ok_or("it has no outcome")??.data)
}

fn both(component: Figures, plain: Option<Figures>) -> Map<String, Value> {
    let mut figures = Map::from_iter([("component".to_owned(), component.json())]);
    figures.extend(plain.map(|plain| ("plain".to_owned(), plain.json())));
    figures
}

/// When a turn began.
struct Start {
    clock: Instant,
    processor_us: f64,
}

impl Start {
    fn now() -> Result<Self, Failure> {
        Ok(Self { clock: Instant::now(), processor_us: thread_us()? })
    }
}

/// What a repetition took in each turn, in microseconds.
#[derive(Default)]
struct Figures {
    wall: Vec<f64>,
    processor: Vec<f64>,
}

impl Figures {
    fn add(&mut self, turn: usize, start: Start, repetitions: u32) -> Result<(), Failure> {
        let wall = start.clock.elapsed().as_secs_f64() * 1e6;
        let processor = thread_us()? - start.processor_us;
        if turn > 0 {
            self.wall.push(wall / f64::from(repetitions));
            self.processor.push(processor / f64::from(repetitions));
        }
        Ok(())
    }

    fn json(self) -> Value {
        json!({ "wall": self.wall, "processor": self.processor })
    }
}
