//! Writes the checked devices of a board as Rust: the constants that src/image.rs has the types of.

use busbar_core::board::DeviceEntry;
use busbar_core::bus::BusName;
use busbar_core::bus::i2c::I2cGrant;
use busbar_wamr::abi::Flat;
use busbar_wamr::component::Linked;
use busbar_wamr::flattened::CoreFunction;
use busbar_wamr::instance::DriverState;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;
use wasmparser::{Parser, Payload};

/// A device, its driver, and what is simulated of it.
pub struct Device {
    pub name: String,
    pub entry: DeviceEntry,
    /// The name of the device interface, as the driver spells it.
    pub export_name: String,
    pub flattened: Arc<Linked<DriverState>>,
    /// What its machine code is made of.
    pub module: Vec<u8>,
    pub chips: Vec<Chip>,
}

/// A simulated chip.
pub struct Chip {
    pub address: u16,
    /// What is in its registers at first.
    pub registers: Vec<u8>,
}

/// The constants, for devices and the files of their machine code.
pub fn write_image(devices: &[(Device, PathBuf)]) -> String {
    let mut text = String::from("pub static DEVICES: &[Device] = &[\n");
    for (device, code) in devices {
        write_device(&mut text, device, code).expect("a text takes everything");
    }
    text.push_str("];\n");
    text
}

fn write_device(text: &mut String, device: &Device, code: &PathBuf) -> std::fmt::Result {
    let Device { name, entry, export_name, flattened, module, chips } = device;
    let flattened = flattened.flattened();
    let driver = entry.driver.as_deref().unwrap_or_default();
    writeln!(text, "Device {{ name: {name:?}, driver: {driver:?}, export_name: {export_name:?},")?;
    match &entry.i2c {
        Some(I2cGrant { bus, addresses, direction, maximum_length }) => {
            let bus = match bus {
                BusName::Number(number) => format!("Bus::Number({number})"),
                BusName::Text(name) => format!("Bus::Text({name:?})"),
            };
            writeln!(
                text,
                "i2c: Some(Grant {{ bus: {bus}, addresses: &{addresses:?}, direction: Direction::{direction:?}, maximum_length: {maximum_length} }}),"
            )?;
        }
        None => writeln!(text, "i2c: None,")?,
    }
    let (limits, settings) = (entry.limits, &entry.settings);
    let per_second = limits.transactions_per_second;
    writeln!(text, "settings: &{settings:?}, call_ms: {}, transactions_per_second: {per_second:?},", limits.call_ms)?;
    writeln!(text, "interface: &{:?},", interface_of(module))?;
    write_functions(text, "imports", &flattened.imports)?;
    write_functions(text, "exports", &flattened.exports)?;
    writeln!(text, "component_digest: {:?},", flattened.component_digest)?;
    writeln!(text, "memory_bytes: {}, table_bytes: {},", flattened.memory_bytes, flattened.table_bytes)?;
    writeln!(text, "code: &Aligned(*include_bytes!({code:?})).0,")?;
    let chips: Vec<_> = chips.iter().map(|chip| (chip.address, &chip.registers)).collect();
    writeln!(text, "chips: &[")?;
    for (address, registers) in chips {
        writeln!(text, "Chip {{ address: {address}, registers: {registers:?} }},")?;
    }
    writeln!(text, "] }},")
}

fn write_functions(text: &mut String, field: &str, functions: &[CoreFunction]) -> std::fmt::Result {
    writeln!(text, "{field}: &[")?;
    for CoreFunction { module, name, parameters, results } in functions {
        let (parameters, results) = (flats(parameters), flats(results));
        writeln!(
            text,
            "Function {{ module: {module:?}, name: {name:?}, parameters: &{parameters}, results: &{results} }},"
        )?;
    }
    writeln!(text, "],")
}

fn flats(flats: &[Flat]) -> String {
    let names: Vec<_> = flats.iter().map(|flat| format!("Flat::{flat:?}")).collect();
    format!("[{}]", names.join(", "))
}

/// The custom section with the interface. It was read before, so that it is there.
fn interface_of(module: &[u8]) -> &[u8] {
    let sections = Parser::new(0).parse_all(module).filter_map(|payload| match payload {
        Ok(Payload::CustomSection(section)) if section.name() == "busbar:interface" => Some(section.data()),
        _ => None,
    });
    sections.into_iter().next().unwrap_or_default()
}
