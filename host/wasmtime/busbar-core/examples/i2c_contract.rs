//! For tools/lab, which has adapters of a kernel: the contract of a backend on one of its buses, 0x50 of which has
//! registers. `i2c_contract BUS LONGEST_BLOCK any|smbus`
//!
//! Prints a line for each case, "ok NAME" or "not ok NAME: WHY", and what a scan finds: "scan 0x50", or
//! "scan 0x50: the kernel driver bmp280".

#[path = "../tests/contract/mod.rs"]
mod contract;

use busbar_core::bus::BusName;
use busbar_core::bus::i2c::linux::{I2cScanState, LinuxI2c, scan_i2c};
use busbar_core::bus::i2c::{I2cBackend, I2cBus, I2cUser, i2c_bus_name};
use contract::Contract;
use std::error::Error;
use std::process::exit;

fn main() -> Result<(), Box<dyn Error>> {
    let mut parameters = std::env::args().skip(1);
    let mut parameter = |name: &str| parameters.next().ok_or(format!("{name} is missing"));
    let bus = i2c_bus_name(&parameter("the bus")?);
    let longest_block = parameter("the longest block")?.parse()?;
    let any_transaction = parameter("what it can do")? == "any";

    let backend = LinuxI2c::new(None);
    let open = || {
        open_bus(&backend, &bus).unwrap_or_else(|error| {
            eprintln!("{error}");
            exit(1)
        })
    };
    for (name, result) in (Contract { open: &open, longest_block, any_transaction }).run() {
        match result {
            Ok(()) => println!("ok {name}"),
            Err(why) => println!("not ok {name}: {why}"),
        }
    }
    for (address, state) in scan_i2c(&bus)?.entries {
        match state {
            I2cScanState::Acknowledges => println!("scan {address:#04x}"),
            I2cScanState::Busy { driver } => {
                println!("scan {address:#04x}: the kernel driver {}", driver.unwrap_or_default());
            }
            I2cScanState::Absent { .. } | I2cScanState::NotProbed => {}
        }
    }
    Ok(())
}

fn open_bus(backend: &LinuxI2c, bus: &BusName) -> Result<Box<dyn I2cBus>, Box<dyn Error>> {
    let user = I2cUser { device: "contract", addresses: &[0x50] };
    Ok(backend.open(bus, &user)?.ok_or_else(|| format!("there is no bus {bus}"))?)
}
