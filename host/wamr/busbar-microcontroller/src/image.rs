//! What the build of the firmware writes into it: the devices of the board, checked there.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use busbar_core::board::{DeviceEntry, Limits};
use busbar_core::bus::BusName;
use busbar_core::bus::Direction;
use busbar_core::bus::i2c::I2cGrant;
use busbar_wamr::abi::{Flat, Layouts};
use busbar_wamr::flattened::{CoreFunction, Flattened, read_interface};

/// A device of the board, and its driver.
pub struct Device {
    /// In the board file.
    pub name: &'static str,
    /// How the board names its driver.
    pub driver: &'static str,
    /// The name of the device interface, as the driver spells it.
    pub export_name: &'static str,
    pub i2c: Option<Grant>,
    pub settings: &'static [(&'static str, &'static str)],
    pub call_ms: u32,
    pub transactions_per_second: Option<u32>,
    /// docs/flattened.md, `busbar:interface`.
    pub interface: &'static [u8],
    pub imports: &'static [Function],
    pub exports: &'static [Function],
    pub component_digest: &'static str,
    pub memory_bytes: u64,
    pub table_bytes: u64,
    /// Machine code of the driver, which runs where it is.
    pub code: &'static [u8],
    /// What is simulated on its bus.
    pub chips: &'static [Chip],
}

/// What the board grants of a bus.
pub struct Grant {
    pub bus: Bus,
    pub addresses: &'static [u16],
    pub direction: Direction,
    pub maximum_length: u32,
}

/// The name of a bus.
#[allow(dead_code, reason = "a board has one of them")]
pub enum Bus {
    Number(u32),
    Text(&'static str),
}

/// A function that the driver's module imports or exports.
pub struct Function {
    pub module: &'static str,
    pub name: &'static str,
    pub parameters: &'static [Flat],
    pub results: &'static [Flat],
}

/// A simulated chip, and what is in its registers at first.
pub struct Chip {
    pub address: u16,
    pub registers: [u8; 256],
}

/// Machine code has to begin at such an address.
#[repr(align(8))]
struct Aligned<Bytes>(Bytes);

include!(concat!(env!("OUT_DIR"), "/board.rs"));

impl Device {
    /// Its entry of the board, as the other hosts have it.
    pub fn entry(&self) -> DeviceEntry {
        let grant = |grant: &Grant| I2cGrant {
            bus: match grant.bus {
                Bus::Number(number) => BusName::Number(number),
                Bus::Text(name) => BusName::Text(name.to_owned()),
            },
            addresses: grant.addresses.to_vec(),
            direction: grant.direction,
            maximum_length: grant.maximum_length,
        };
        let settings = self.settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        DeviceEntry {
            driver: None,
            i2c: self.i2c.as_ref().map(grant),
            usb: None,
            spi: None,
            gpio: None,
            uart: None,
            other_buses: Vec::new(),
            settings: settings.collect(),
            limits: Limits {
                call_ms: self.call_ms,
                transactions_per_second: self.transactions_per_second,
                // No figure of the board, which counts in MiB: src/sensor.rs has what there is.
                memory_mib: 0,
            },
            enforce: true,
        }
    }

    /// Its driver, as it was read and checked when the firmware was built.
    ///
    /// # Errors
    ///
    /// When its interface is none: never of what was checked.
    pub fn flattened(&self) -> Result<Flattened, String> {
        let interface = read_interface(self.interface)?;
        let layouts = Layouts::of(&interface)?;
        let functions = |functions: &[Function]| functions.iter().map(Function::core).collect::<Vec<_>>();
        Ok(Flattened {
            component_digest: self.component_digest.to_owned(),
            interface,
            layouts,
            imports: functions(self.imports),
            exports: functions(self.exports),
            memory_bytes: self.memory_bytes,
            table_bytes: self.table_bytes,
        })
    }
}

impl Function {
    fn core(&self) -> CoreFunction {
        CoreFunction {
            module: self.module.to_owned(),
            name: self.name.to_owned(),
            parameters: self.parameters.to_vec(),
            results: self.results.to_vec(),
        }
    }
}
