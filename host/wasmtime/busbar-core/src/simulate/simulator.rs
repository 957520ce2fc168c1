use super::faults::Fault;
use super::gpio::{GPIO_KINDS, GpioFault, Lines, SimulatedGpioChip, SimulatedGpioLine};
use super::i2c::{self, SimulatedBus};
use super::parameters::{Complaint, hex_byte};
use super::registers::Registers;
use super::spi::{self, RegistersOverSpi, SimulatedSpiBus, loopback};
use super::uart::{NothingComes, SimulatedUart, SimulatedUartPort, SimulatedUartWatch, UART_KINDS, uart_loopback};
use crate::board::{SimulateEntry, SimulatedAt};
use crate::bus::gpio::{GpioBackend, GpioLine, GpioLineName, GpioLineUse};
use crate::bus::i2c::{I2cBackend, I2cBus, I2cError, I2cUser, Operation};
use crate::bus::spi::{Operation as SpiOperation, SpiBackend, SpiDevice, SpiError, SpiGrant};
use crate::bus::uart::{UartBackend, UartPort, UartUsage, UartWatch};
use crate::bus::{Backends, BusName};
use crate::clock::Clock;
use crate::error::HostError;
use crate::locked::locked;
use crate::models::ModelSource;
use crate::text::quoted;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};

/// The model of plain registers, which this host has itself.
pub const OWN_MODEL: &str = "registers";

/// The model of a wire from MOSI to MISO, likewise.
const LOOPBACK: &str = "spi-loopback";

/// The model of a wire from TX to RX, likewise.
const UART_LOOPBACK: &str = "loopback";

/// The model of lines of no part, likewise.
const LINES: &str = "lines";

/// The simulated buses of a board, by name. Opening a bus twice gives two handles on one bus.
pub struct Simulator {
    i2c: HashMap<BusName, Arc<Mutex<SimulatedBus>>>,
    spi: HashMap<BusName, Arc<Mutex<SimulatedSpiBus>>>,
    gpio: HashMap<BusName, Arc<Mutex<SimulatedGpioChip>>>,
    /// By the names of ports.
    uart: HashMap<String, Arc<Mutex<SimulatedUart>>>,
}

/// The buses while they are made.
#[derive(Default)]
struct Buses {
    i2c: HashMap<BusName, SimulatedBus>,
    spi: HashMap<BusName, SimulatedSpiBus>,
    gpio: HashMap<BusName, SimulatedGpioChip>,
    uart: HashMap<String, SimulatedUart>,
}

/// Makes the simulated buses of a board's `simulate` list. `models` is asked for what this host has no model of. The error names the entry whose model or parameter is unknown or
/// wrong, or whose address another one has.
pub fn simulate(entries: &[SimulateEntry], models: &mut dyn ModelSource) -> Result<Simulator, HostError> {
    let mut buses = Buses::default();
    let clock = models.clock();
    for (index, entry) in entries.iter().enumerate() {
        plug(entry, &mut buses, models, clock)
            .map_err(|complaint| HostError::board(format!("simulate[{index}] ({}): {complaint}", describe(entry))))?;
    }
    let Buses { i2c, spi, gpio, uart } = buses;
    Ok(Simulator { i2c: shared(i2c), spi: shared(spi), gpio: shared(gpio), uart: shared(uart) })
}

impl Simulator {
    /// Its chips, by name.
    #[cfg(test)]
    pub(super) fn gpio_chips(&self) -> HashMap<String, Arc<Mutex<SimulatedGpioChip>>> {
        self.gpio.iter().map(|(name, chip)| (name.to_string(), chip.clone())).collect()
    }

    /// What it has for each bus.
    pub fn into_backends(self) -> Backends {
        let simulator = Arc::new(self);
        Backends {
            i2c: vec![simulator.clone()],
            spi: vec![simulator.clone()],
            gpio: vec![simulator.clone()],
            uart: vec![simulator],
        }
    }
}

fn shared<Name: Eq + Hash, Bus>(buses: HashMap<Name, Bus>) -> HashMap<Name, Arc<Mutex<Bus>>> {
    buses.into_iter().map(|(name, bus)| (name, Arc::new(Mutex::new(bus)))).collect()
}

/// Puts the target of one entry on its bus.
fn plug(entry: &SimulateEntry, buses: &mut Buses, models: &mut dyn ModelSource, clock: Clock) -> Result<(), Complaint> {
    match &entry.at {
        SimulatedAt::I2c { bus, address } => {
            plug_i2c(entry, buses.i2c.entry(bus.clone()).or_default(), *address, models)
        }
        SimulatedAt::Spi { bus, chip_select } => {
            plug_spi(entry, buses.spi.entry(bus.clone()).or_default(), *chip_select, models)
        }
        SimulatedAt::Gpio { chip, lines } => {
            let chip = buses.gpio.entry(chip.clone()).or_insert_with(|| SimulatedGpioChip::new(clock));
            plug_gpio(entry, chip, lines, models)
        }
        SimulatedAt::Uart { port } => plug_uart(entry, &mut buses.uart, port, models, clock),
        SimulatedAt::Usb { .. } => Err(simulates_no("USB devices")),
        SimulatedAt::OtherBus(key) => Err(simulates_no(&format!("\"{key}\""))),
    }
}

fn plug_i2c(
    SimulateEntry { model, parameters, .. }: &SimulateEntry,
    bus: &mut SimulatedBus,
    address: u16,
    models: &mut dyn ModelSource,
) -> Result<(), Complaint> {
    if model != OWN_MODEL {
        let target = models.create(named(model)?, &as_text(parameters))?;
        return bus.attach(address, i2c::Seat::Model(target));
    }
    let (parameters, faults) = without_faults(parameters);
    let target = Registers::from_parameters(&parameters)?;
    bus.attach(address, i2c::Seat::Wired(Box::new(target)))?;
    bus.inject(address, &faults)
}

fn plug_spi(
    SimulateEntry { model, parameters, .. }: &SimulateEntry,
    bus: &mut SimulatedSpiBus,
    chip_select: u8,
    models: &mut dyn ModelSource,
) -> Result<(), Complaint> {
    let (own, faults) = without_faults(parameters);
    let target = match model.as_str() {
        OWN_MODEL => spi::Seat::Wired(Box::new(RegistersOverSpi::from_parameters(&own)?)),
        LOOPBACK => spi::Seat::Wired(loopback(&own)?),
        model => {
            let target = models.create_spi(named(model)?, &as_text(parameters))?;
            return bus.attach(chip_select, spi::Seat::Model(target));
        }
    };
    bus.attach(chip_select, target)?;
    bus.inject(chip_select, &faults)
}

fn plug_gpio(
    SimulateEntry { model, parameters, .. }: &SimulateEntry,
    chip: &mut SimulatedGpioChip,
    lines: &[(String, u16)],
    models: &mut dyn ModelSource,
) -> Result<(), Complaint> {
    let (own, faults) = without_faults(parameters);
    let part = match model.as_str() {
        LINES => Box::new(Lines::from_parameters(&own, chip.now_ms())?),
        model => {
            let names: Vec<&str> = lines.iter().map(|(name, _)| name.as_str()).collect();
            models.create_gpio(named(model)?, &names, &as_text(&own))?
        }
    };
    chip.attach(part, lines)?;
    for fault in GpioFault::list_from(&faults, &GPIO_KINDS)? {
        let wired = lines.iter().find(|(name, _)| *name == fault.line);
        let (_, offset) = wired.ok_or_else(|| format!("A fault is of a line \"{}\" that is not wired.", fault.line))?;
        chip.inject(*offset, fault);
    }
    Ok(())
}

fn plug_uart(
    SimulateEntry { model, parameters, .. }: &SimulateEntry,
    ports: &mut HashMap<String, SimulatedUart>,
    port: &str,
    models: &mut dyn ModelSource,
    clock: Clock,
) -> Result<(), Complaint> {
    if ports.contains_key(port) {
        return Err("Something is on this port already; choose another name.".to_owned());
    }
    let (own, faults) = without_faults(parameters);
    let part = match model.as_str() {
        UART_LOOPBACK => uart_loopback(&own)?,
        model => models.create_uart(named(model)?, &as_text(&own))?,
    };
    let mut uart = SimulatedUart::new(part, clock);
    uart.inject(Fault::list_counting("call", &faults, &UART_KINDS)?);
    ports.insert(port.to_owned(), uart);
    Ok(())
}

/// A model of another's, by its name.
fn named(model: &str) -> Result<&str, Complaint> {
    if model.contains('/') {
        return Err(
            "This host runs no module of JavaScript; run this board on the host for Node, which does.".to_owned()
        );
    }
    Ok(model)
}

fn as_text(parameters: &Map<String, Value>) -> String {
    Value::Object(parameters.clone()).to_string()
}

/// The model's own parameters, and the faults, which are the bus's.
fn without_faults(parameters: &Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
    let mut own = parameters.clone();
    let faults = own.shift_remove_entry("faults").into_iter().collect();
    (own, faults)
}

fn simulates_no(what: &str) -> Complaint {
    format!("This host simulates no {what}; run this board on the host for Node, which does.")
}

/// The entry for a person: its model and its place.
fn describe(SimulateEntry { at, model, .. }: &SimulateEntry) -> String {
    match at {
        SimulatedAt::I2c { address, .. } => format!("{model} at {}", hex_byte(*address)),
        SimulatedAt::Spi { chip_select, .. } => format!("{model} at chip select {chip_select}"),
        SimulatedAt::Gpio { lines, .. } => {
            let offsets = lines.iter().map(|(_, offset)| offset.to_string()).collect::<Vec<_>>().join(", ");
            format!("{model} on lines {}", if offsets.is_empty() { "of nothing" } else { &offsets })
        }
        SimulatedAt::Uart { port } => format!("{model} on the serial port {port}"),
        SimulatedAt::OtherBus(key) => format!("{model} on \"{key}\""),
        SimulatedAt::Usb { port } => format!("{model} at USB port {port}"),
    }
}

impl I2cBackend for Simulator {
    fn name(&self) -> &str {
        "simulator"
    }

    fn open(&self, bus: &BusName, _user: &I2cUser<'_>) -> Result<Option<Box<dyn I2cBus>>, HostError> {
        let bus = self.i2c.get(bus).cloned();
        Ok(bus.map(|bus| Box::new(SimulatedHandle(bus)) as Box<dyn I2cBus>))
    }
}

impl SpiBackend for Simulator {
    fn name(&self) -> &str {
        "simulator"
    }

    fn open(&self, device: &str, wiring: &SpiGrant) -> Result<Option<Box<dyn SpiDevice>>, HostError> {
        let Some(bus) = self.spi.get(&wiring.bus) else { return Ok(None) };
        // Linux has no device file where nothing is.
        if !locked(bus).has(wiring.chip_select) {
            return Err(nothing_on_line(device, wiring.chip_select));
        }
        Ok(Some(Box::new(SimulatedSpiHandle { bus: bus.clone(), wiring: wiring.clone() })))
    }
}

impl GpioBackend for Simulator {
    fn name(&self) -> &str {
        "simulator"
    }

    fn open(&self, usage: &GpioLineUse<'_>) -> Result<Option<Box<dyn GpioLine>>, HostError> {
        let Some(chip) = self.gpio.get(usage.chip) else { return Ok(None) };
        let (device, shown) = (usage.device, usage.chip.shown());
        let offset = match usage.line {
            GpioLineName::Offset(offset) => *offset,
            // The lines of simulated chips have offsets only.
            GpioLineName::Name(name) => {
                return Err(HostError::backend(format!(
                    "{device}: the simulated chip {shown} has no line {}; give its offset.",
                    quoted(name)
                )));
            }
        };
        let line = SimulatedGpioLine::open(chip, offset, usage).ok_or_else(|| {
            HostError::backend(format!(
                "{device}: line {offset} of the simulated chip {shown} is in use; close what has it."
            ))
        })?;
        Ok(Some(Box::new(line)))
    }
}

impl UartBackend for Simulator {
    fn name(&self) -> &str {
        "simulator"
    }

    fn open(&self, port: &str, usage: &UartUsage<'_>) -> Result<Option<Arc<dyn UartPort>>, HostError> {
        let Some(uart) = self.uart.get(port) else { return Ok(None) };
        let opened = SimulatedUartPort::open(uart, usage)?;
        Ok(opened.map(|opened| Arc::new(opened) as Arc<dyn UartPort>))
    }

    fn has(&self, port: &str) -> bool {
        self.uart.get(port).is_some_and(|uart| locked(uart).is_there())
    }

    fn watch(&self, port: &str) -> Box<dyn UartWatch> {
        match self.uart.get(port) {
            Some(uart) => Box::new(SimulatedUartWatch::new(uart)),
            None => Box::new(NothingComes),
        }
    }
}

/// What opening a device fails with on whose line of a simulated bus nothing is. `device` is its name in the board file.
pub fn nothing_on_line(device: &str, chip_select: u8) -> HostError {
    HostError::backend(format!(
        "{device}: nothing is on chip select {chip_select} of the simulated bus; correct the number, or simulate a device there."
    ))
}

/// One user's hold on a device of a simulated SPI bus.
struct SimulatedSpiHandle {
    bus: Arc<Mutex<SimulatedSpiBus>>,
    wiring: SpiGrant,
}

impl SpiDevice for SimulatedSpiHandle {
    fn transaction(&mut self, operations: &[SpiOperation]) -> Result<Vec<Vec<u8>>, SpiError> {
        locked(&self.bus).transaction(&self.wiring, operations)
    }
}

/// One user's hold on a simulated I2C bus.
struct SimulatedHandle(Arc<Mutex<SimulatedBus>>);

impl I2cBus for SimulatedHandle {
    fn transaction(&mut self, address: u16, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError> {
        // Nothing in a bus panics, so that a poisoned one is whole.
        locked(&self.0).transaction(address, operations)
    }
}
