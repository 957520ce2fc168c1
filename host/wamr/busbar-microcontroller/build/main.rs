//! Checks a board file and its drivers as a host on this machine does, and writes them into the firmware: what a board grants, and
//! machine code of each driver.

mod image;

use busbar_core::board::{Board, ComponentName, DeviceEntry, HostBuses, folder_of_board, read_board};
use busbar_core::bus::i2c::{I2cBackend, I2cUser, Operation};
use busbar_core::cache::CheckedFiles;
use busbar_core::error::HostError;
use busbar_core::link::DeviceKind;
use busbar_core::models::NoModels;
use busbar_core::simulate::{Simulator, simulate};
use busbar_core::supervisor::StartsLives;
use busbar_wamr::components::{Driver, find_to_interpret};
use busbar_wamr::engine::Code;
use image::{Chip, Device, write_image};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The buses that the firmware has.
const BUSES: HostBuses = HostBuses { host: "a microcontroller", keys: &["i2c"], has_bridges: false };

/// The board file.
const BOARD: &str = "BUSBAR_BOARD";
/// The program busbar-wamr-compile.
const COMPILER: &str = "BUSBAR_WAMR_COMPILE";
/// The processor, as LLVM calls it.
const PROCESSOR: &str = "cortex-m4";
/// The registers of a simulated chip.
const REGISTERS: usize = 256;
/// What the most transactions in a second cost is 8 bytes each.
const MOST_PER_SECOND: u32 = 500;

fn main() {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    for file in ["build", "memory.x"] {
        println!("cargo::rerun-if-changed={}", here.join(file).display());
    }
    for variable in [BOARD, COMPILER] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    link_with_newlib(&here);
    if let Err(problem) = firmware(&out) {
        println!("cargo::error={problem}");
    }
}

/// The linker gets the layout of the memory, and the C library of WAMR.
fn link_with_newlib(here: &Path) {
    println!("cargo::rustc-link-search={}", here.display());
    let processor = ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=soft"];
    let libraries = ["-nostartfiles", "-Wl,--start-group", "-lc_nano", "-lm", "-lgcc", "-Wl,--end-group"];
    for argument in processor.into_iter().chain(libraries).chain(["-Tlink.x"]) {
        println!("cargo::rustc-link-arg={argument}");
    }
}

fn firmware(out: &Path) -> Result<(), String> {
    let variable =
        |name: &str| env::var(name).map_err(|_| format!("{name} is not set; docs/microcontroller.md says to what."));
    let (path, compiler) = (variable(BOARD)?, variable(COMPILER)?);
    println!("cargo::rerun-if-changed={path}");
    let board = read_board(Path::new(&path)).map_err(|error| error.to_string())?;
    BUSES.check(&board, &path).map_err(|error| error.to_string())?;
    let simulator = simulate(&board.simulate, &mut NoModels).map_err(|error| error.to_string())?;
    let drivers = board.devices.iter().filter_map(|(name, entry)| Some((name, entry, entry.named_driver()?)));
    let devices = drivers.map(|(name, entry, driver)| {
        let folder = folder_of_board(Path::new(&path));
        device(name, entry, &driver, folder, &simulator).map_err(|error| error.to_string()).and_then(|device| {
            let code = compile(&compiler, &device, out)?;
            Ok((device, code))
        })
    });
    let devices = devices.collect::<Result<Vec<_>, String>>()?;
    refuse_what_needs_more(&board)?;
    let image = write_image(&devices);
    fs::write(out.join("board.rs"), image).map_err(|cause| cause.to_string())
}

/// Checks an entry and its driver.
fn device(
    name: &str,
    entry: &DeviceEntry,
    driver: &ComponentName,
    folder: &Path,
    simulator: &Simulator,
) -> Result<Device, HostError> {
    let unfit = |what: &str| HostError::board(format!("{name}: {what}."));
    let file = find_to_interpret(driver, folder, &CheckedFiles::none()).map_err(|error| error.named(name))?;
    let Code::Module(module) = &file.code else { return Err(unfit("its driver is machine code of another processor")) };
    let module = module.clone();
    let driver = Driver::check(name, entry, file)?;
    if driver.kind() != DeviceKind::Sensor {
        return Err(unfit("a microcontroller reads sensors only; use another host for this device"));
    }
    if !entry.enforce {
        return Err(unfit("complain mode is for a machine with files; take out \"enforce\": false"));
    }
    if entry.limits.transactions_per_second.is_some_and(|most| most > MOST_PER_SECOND) {
        return Err(unfit(&format!("a microcontroller counts {MOST_PER_SECOND} transactions in a second at most")));
    }
    let chips = match &entry.i2c {
        Some(grant) => {
            let user = I2cUser { device: name, addresses: &grant.addresses };
            match simulator.open(&grant.bus, &user)? {
                Some(mut bus) => chips(&grant.addresses, |address, operations| {
                    bus.transaction(address, operations).unwrap_or_default()
                }),
                None => return Err(unfit("the bus is not simulated, and this firmware has no other")),
            }
        }
        None => Vec::new(),
    };
    let export_name = driver.export_name().ok_or_else(|| unfit("its driver exports no device interface"))?;
    Ok(Device {
        name: name.to_owned(),
        entry: entry.clone(),
        export_name: export_name.to_string(),
        flattened: driver.linked().clone(),
        module,
        chips,
    })
}

/// What is simulated at the addresses of a device: the model `registers`, asked for all that it has.
fn chips(addresses: &[u16], mut transaction: impl FnMut(u16, &[Operation]) -> Vec<Vec<u8>>) -> Vec<Chip> {
    let operations = [Operation::Write(vec![0]), Operation::Read(REGISTERS)];
    let mut chip = |address| Some(Chip { address, registers: transaction(address, &operations).pop()? });
    addresses.iter().filter_map(|address| chip(*address)).collect()
}

fn refuse_what_needs_more(board: &Board) -> Result<(), String> {
    if board.apps.is_empty() {
        Ok(())
    } else {
        Err("a microcontroller runs no apps; take them out of the board.".to_owned())
    }
}

/// Machine code of a driver.
fn compile(compiler: &str, device: &Device, out: &Path) -> Result<PathBuf, String> {
    let failed = |cause: String| format!("{}: there is no machine code of its driver: {cause}.", device.name);
    let (module, code) = (out.join("driver.core.wasm"), out.join(format!("{}.aot", device.name)));
    fs::write(&module, &device.module).map_err(|cause| failed(cause.to_string()))?;
    let module = fs::File::open(&module).map_err(|cause| failed(cause.to_string()))?;
    let mut command = Command::new(compiler);
    command.args(["--label", &device.name, "--microcontroller", PROCESSOR]).stdin(module);
    let compiled = command.output().map_err(|cause| failed(format!("{compiler} does not start ({cause})")))?;
    if !compiled.status.success() {
        return Err(failed(format!("{compiler} said: {}", String::from_utf8_lossy(&compiled.stderr).trim())));
    }
    fs::write(&code, compiled.stdout).map_err(|cause| failed(cause.to_string()))?;
    Ok(code)
}
