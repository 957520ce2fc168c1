//! `busbar scan`: the I2C buses of this machine, and what is on them.

use crate::exit::Failure;
use crate::i2c_functions::{describe_functions, function_names};
use crate::output::{Output, OutputOptions, Style};
use busbar_core::bus::i2c::i2c_bus_name;
use busbar_core::bus::i2c::linux::{BusKind, I2cBusInfo, I2cScan, I2cScanState, list_i2c_buses, scan_i2c};
use busbar_core::text::printable;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// The most UTF-16 code units of what others say.
const LONGEST_NAME: usize = 60;
const LONGEST_FAULT: usize = 300;
const LONGEST_PROBLEM: usize = 2_000;

/// Lists the I2C buses, or finds out which addresses of one acknowledge.
///
/// # Errors
///
/// When there is no such bus, or it cannot be used.
pub fn scan(bus: Option<&str>, options: OutputOptions) -> Result<u8, Failure> {
    let output = Output::new(options);
    match bus {
        None => list_buses(&output),
        Some(bus) => scan_bus(bus, &output)?,
    }
    Ok(output.exit_code(0))
}

fn list_buses(output: &Output) {
    let buses = list_i2c_buses();
    if output.json() {
        output.record(&json!({ "buses": buses.iter().map(bus_record).collect::<Vec<_>>() }));
    } else if buses.is_empty() {
        output.block("This machine has no I2C bus; \"busbar doctor\" says what is missing.");
    } else {
        let lines: Vec<_> = buses.iter().map(|bus| describe_bus(bus, output)).collect();
        output.block(&lines.join("\n"));
        output.block("\n\"busbar scan N\" finds the devices on bus N.");
    }
}

fn bus_record(bus: &I2cBusInfo) -> Value {
    let mut record = Map::new();
    record.insert("number".to_owned(), bus.adapter.number.into());
    record.insert("name".to_owned(), bus.adapter.name.as_str().into());
    record.insert("path".to_owned(), bus.path.as_str().into());
    let functions = match &bus.ability {
        Ok(ability) => {
            if let Some(kind) = ability.kind {
                record.insert("kind".to_owned(), kind_name(kind).into());
            }
            function_names(ability.functionality)
        }
        Err(problem) => {
            record.insert("problem".to_owned(), problem.as_str().into());
            Vec::new()
        }
    };
    record.insert("functions".to_owned(), functions.into());
    Value::Object(record)
}

fn kind_name(kind: BusKind) -> &'static str {
    match kind {
        BusKind::I2c => "i2c",
        BusKind::Smbus => "smbus",
    }
}

fn describe_bus(bus: &I2cBusInfo, output: &Output) -> String {
    let name = printable(&bus.adapter.name, LONGEST_NAME);
    let name = if name.is_empty() { "(no name)" } else { &name };
    let mut text = format!("{}  {name}, {}", output.style(Style::Bold, &bus.adapter.number.to_string()), bus.path);
    match &bus.ability {
        Ok(ability) => {
            match ability.kind {
                Some(BusKind::I2c) => text.push_str(", takes any I2C transaction"),
                Some(BusKind::Smbus) => text.push_str(", SMBus operations only"),
                None => {}
            }
            let functions = describe_functions(ability.functionality);
            text.push_str(&format!("\n   {}", output.style(Style::Dim, &functions)));
        }
        Err(problem) => {
            let problem = printable(problem, LONGEST_PROBLEM);
            text.push_str(&format!("\n   {}", output.style(Style::Red, &problem)));
        }
    }
    text
}

fn scan_bus(bus: &str, output: &Output) -> Result<(), Failure> {
    let scan = scan_i2c(&i2c_bus_name(bus))?;
    if output.json() {
        output.record(&scan_record(&scan));
    } else {
        let number = output.style(Style::Bold, &format!("Bus {}", scan.adapter.number));
        output.block(&format!("{number}  {}\n", printable(&scan.adapter.name, LONGEST_NAME)));
        output.block(&grid(&scan, output));
    }
    Ok(())
}

fn scan_record(scan: &I2cScan) -> Value {
    let addresses: Vec<_> = scan.entries.iter().map(|(address, state)| entry_record(*address, state)).collect();
    json!({
        "number": scan.adapter.number,
        "name": scan.adapter.name,
        "acknowledged": acknowledged(scan),
        "addresses": addresses,
    })
}

fn entry_record(address: u16, state: &I2cScanState) -> Value {
    let mut record = Map::new();
    record.insert("address".to_owned(), hex(address).into());
    let (name, more) = match state {
        I2cScanState::Acknowledges => ("acknowledges", None),
        I2cScanState::Absent { fault } => ("absent", fault.as_ref().map(|fault| ("fault", fault))),
        I2cScanState::Busy { driver } => ("busy", driver.as_ref().map(|driver| ("driver", driver))),
        I2cScanState::NotProbed => ("not-probed", None),
    };
    record.insert("state".to_owned(), name.into());
    if let Some((key, value)) = more {
        record.insert(key.to_owned(), value.as_str().into());
    }
    Value::Object(record)
}

/// A scan as i2cdetect prints it, and below it in words what the marks mean.
fn grid(scan: &I2cScan, output: &Output) -> String {
    let head: Vec<_> = (0..16).map(|low| format!("{low:>2x}")).collect();
    let mut text = format!("    {}\n", head.join(" "));
    for high in 0..8_u16 {
        let cells: Vec<_> = (0..16).map(|low| cell(scan, high * 16 + low, output)).collect();
        let line = format!("{high}0: {}", cells.join(" "));
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    format!("{text}\n{}", legend(scan).join("\n"))
}

/// i2cdetect's marks: the address where something answers, UU where a kernel driver is, blank where not probed.
fn cell(scan: &I2cScan, address: u16, output: &Output) -> String {
    let found = scan.entries.iter().find(|(each, _)| *each == address).map(|(_, state)| state);
    match found {
        Some(I2cScanState::Acknowledges) => output.style(Style::BoldGreen, &format!("{address:02x}")),
        Some(I2cScanState::Busy { .. }) => "UU".to_owned(),
        Some(I2cScanState::Absent { .. }) => "--".to_owned(),
        Some(I2cScanState::NotProbed) | None => "  ".to_owned(),
    }
}

fn legend(scan: &I2cScan) -> Vec<String> {
    let found = acknowledged(scan);
    let mut lines = vec![match found.is_empty() {
        true => "Nothing acknowledges.".to_owned(),
        false => format!("Acknowledged: {}.", found.join(", ")),
    }];
    for (address, state) in &scan.entries {
        if let I2cScanState::Busy { driver } = state {
            let name = match driver {
                Some(driver) => format!("the kernel driver {}", printable(driver, LONGEST_NAME)),
                None => "a kernel driver".to_owned(),
            };
            lines.push(format!("{} belongs to {name} (UU); it was not probed.", hex(*address)));
        }
    }
    let faults: Vec<_> = scan
        .entries
        .iter()
        .filter_map(|(_, state)| match state {
            I2cScanState::Absent { fault: Some(fault) } => Some(fault),
            _ => None,
        })
        .collect();
    if let Some(first) = faults.first() {
        let first = printable(first, LONGEST_FAULT);
        lines.push(format!("At {} addresses the bus itself failed, first: {first}.", faults.len()));
    }
    lines
}

fn acknowledged(scan: &I2cScan) -> Vec<String> {
    let found = scan.entries.iter().filter(|(_, state)| *state == I2cScanState::Acknowledges);
    found.map(|(address, _)| hex(*address)).collect()
}

fn hex(address: u16) -> String {
    format!("0x{address:02x}")
}
