use super::Failure;
use busbar_host::board::read_board;
use busbar_host::bus::Backends;
use busbar_host::bus::i2c::I2cBackend;
use busbar_host::bus::i2c::linux::LinuxI2c;
use busbar_host::bus::usb::UsbBackend;
use busbar_host::cache::CodeStore;
use busbar_host::components::{InstalledComponents, NoCompiler};
use busbar_host::engine::{Addresses, Machine};
use busbar_host::models::NoModels;
use busbar_host::simulate::simulate;
use busbar_host::{OpenBoard, OpenOptions};
use std::path::Path;
use std::sync::Arc;

/// Opens a board with its simulated targets, with the kernel's buses, and with USB devices.
pub fn open(path: &Path, usb: Vec<Arc<dyn UsbBackend>>) -> Result<OpenBoard, Failure> {
    let board = read_board(path)?;
    let simulator = simulate(&board.simulate, &mut NoModels)?;
    let i2c: Vec<Arc<dyn I2cBackend>> =
        vec![Arc::new(simulator), Arc::new(LinuxI2c::new(Some(path.display().to_string())))];
    let store = CodeStore::of_user(Box::new(|sentence| eprintln!("{sentence}")));
    let folder = path.parent().ok_or("the board is in no folder")?;
    let components = InstalledComponents { folder, store: &store, compile: &NoCompiler };
    let options = OpenOptions {
        buses: Backends { i2c, ..Backends::default() },
        usb,
        machine: Machine::new(Addresses::Plenty)?,
        components: &components,
        listener: Arc::new(|_| {}),
        folder,
        file: Some(path),
        kept: Vec::new(),
    };
    Ok(OpenBoard::open(board, options)?)
}
