use super::bus::{Seat, SimulatedBus};
use super::faults::Fault;
use super::parameters::{Complaint, hex_byte};
use super::registers::Registers;
use crate::board::{SimulateEntry, SimulatedAt};
use crate::bus::BusName;
use crate::bus::i2c::{I2cBackend, I2cBus, I2cError, I2cUser, Operation};
use crate::error::HostError;
use crate::locked::locked;
use crate::models::ModelSource;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// The model of plain registers, which this host has itself.
pub const OWN_MODEL: &str = "registers";

/// The simulated buses of a board, by name. Opening a bus twice gives two handles on one bus.
pub struct Simulator {
    buses: HashMap<BusName, Arc<Mutex<SimulatedBus>>>,
}

/// Makes the simulated buses of a board's `simulate` list. `models` is asked for what this host has no model of. The error names the entry whose model or parameter is unknown or
/// wrong, or whose address another one has.
pub fn simulate(entries: &[SimulateEntry], models: &mut dyn ModelSource) -> Result<Simulator, HostError> {
    let mut buses: HashMap<BusName, SimulatedBus> = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        plug(entry, &mut buses, models)
            .map_err(|complaint| HostError::board(format!("simulate[{index}] ({}): {complaint}", describe(entry))))?;
    }
    Ok(Simulator { buses: buses.into_iter().map(|(name, bus)| (name, Arc::new(Mutex::new(bus)))).collect() })
}

/// Puts the target of one entry on its bus.
fn plug(
    entry: &SimulateEntry,
    buses: &mut HashMap<BusName, SimulatedBus>,
    models: &mut dyn ModelSource,
) -> Result<(), Complaint> {
    let (bus, address) = match &entry.at {
        SimulatedAt::I2c { bus, address } => (bus, address),
        SimulatedAt::Spi { .. } => return Err(simulates_no("SPI devices")),
        SimulatedAt::Usb { .. } => return Err(simulates_no("USB devices")),
        SimulatedAt::OtherBus(key) => return Err(simulates_no(&format!("\"{key}\""))),
    };
    if entry.model != OWN_MODEL {
        if entry.model.contains('/') {
            return Err(
                "This host runs no module of JavaScript; run this board on the host for Node, which does.".to_owned()
            );
        }
        let parameters = serde_json::Value::Object(entry.parameters.clone()).to_string();
        let target = models.create(&entry.model, &parameters)?;
        return buses.entry(bus.clone()).or_default().attach(*address, Seat::Model(target));
    }
    let mut parameters = entry.parameters.clone();
    let faults = parameters.shift_remove_entry("faults").into_iter().collect();
    let target = Registers::from_parameters(&parameters)?;
    let bus = buses.entry(bus.clone()).or_default();
    bus.attach(*address, Seat::Wired(Box::new(target)))?;
    for fault in Fault::list_from(&faults)? {
        bus.inject(*address, fault);
    }
    Ok(())
}

fn simulates_no(what: &str) -> Complaint {
    format!("This host simulates no {what}; run this board on the host for Node, which does.")
}

/// The entry for a person: its model and its place.
fn describe(SimulateEntry { at, model, .. }: &SimulateEntry) -> String {
    match at {
        SimulatedAt::I2c { address, .. } => format!("{model} at {}", hex_byte(*address)),
        SimulatedAt::Spi { chip_select, .. } => format!("{model} at chip select {chip_select}"),
        SimulatedAt::OtherBus(key) => format!("{model} on \"{key}\""),
        SimulatedAt::Usb { port } => format!("{model} at USB port {port}"),
    }
}

impl I2cBackend for Simulator {
    fn name(&self) -> &str {
        "simulator"
    }

    fn open(&self, bus: &BusName, _user: &I2cUser<'_>) -> Result<Option<Box<dyn I2cBus>>, HostError> {
        let bus = self.buses.get(bus).cloned();
        Ok(bus.map(|bus| Box::new(SimulatedHandle(bus)) as Box<dyn I2cBus>))
    }
}

/// One user's hold on a simulated bus.
struct SimulatedHandle(Arc<Mutex<SimulatedBus>>);

impl I2cBus for SimulatedHandle {
    fn transaction(&mut self, address: u16, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError> {
        // Nothing in a bus panics, so that a poisoned one is whole.
        locked(&self.0).transaction(address, operations)
    }
}
