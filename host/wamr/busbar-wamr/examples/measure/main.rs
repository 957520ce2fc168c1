//! For `pnpm bench wamr`: figures of this host on stdout, as busbar-host's examples/measure gives them, of a board with sensors of
//! which the first is called "first". The drivers have to be flattened before; where their machine code is in
//! `$XDG_CACHE_HOME`, that is run.
//!
//! `measure endless FOLDER` writes a board with a sensor that never answers, and its driver; `measure late BOARD` gives how many
//! milliseconds after its limit the driver was ended.
//!
//! `measure show BOARD` writes 1234 on the display "first", and says so.

#[path = "../../build/encode.rs"]
mod encode;
mod endless;
#[path = "../../../../wasmtime/busbar-host/examples/measure/figures.rs"]
mod figures;
#[path = "../../tests/support/guest.rs"]
#[allow(dead_code)]
mod guest;
mod show;
#[path = "../../../../wasmtime/busbar-host/examples/measure/system.rs"]
#[allow(dead_code)]
mod system;

use busbar_core::bus::Backends;
use busbar_core::bus::i2c::I2cBackend;
use busbar_core::bus::i2c::linux::LinuxI2c;
use busbar_core::models::NoModels;
use busbar_core::simulate::simulate;
use busbar_wamr::board::{folder_of_board, read_board};
use busbar_wamr::engine::code_of_user;
use busbar_wamr::{OpenBoard, OpenOptions};
use std::path::Path;
use std::sync::Arc;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, board] = arguments.as_slice() else { return Err("give what to measure, and a board".into()) };
    let path = Path::new(board);
    if what == "endless" {
        return endless::write(path);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let board = open(path)?;
        let names: Vec<String> = board.devices().into_iter().map(|(name, _)| name).collect();
        let figure = match what.as_str() {
            "show" => return show::show(&board, "1234").await,
            "late" => endless::late_ms(&board).await?,
            _ => figures::measure(what, &board, &names).await?,
        };
        println!("{figure}");
        Ok(())
    })
}

/// Opens a board with its simulated targets, and with the kernel's buses.
fn open(path: &Path) -> Result<OpenBoard, Failure> {
    let board = read_board(path)?;
    let simulator = simulate(&board.simulate, &mut NoModels)?;
    let i2c: Vec<Arc<dyn I2cBackend>> =
        vec![Arc::new(simulator), Arc::new(LinuxI2c::new(Some(path.display().to_string())))];
    let kept = code_of_user(Box::new(|sentence| eprintln!("{sentence}")));
    let listener = Arc::new(|_: &_| {});
    let usb = Vec::new();
    let buses = Backends { i2c, ..Backends::default() };
    let options = OpenOptions { buses, usb, listener, folder: folder_of_board(path), file: Some(path), kept: &kept };
    Ok(OpenBoard::open(board, &options)?)
}
