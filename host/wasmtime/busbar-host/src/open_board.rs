//! An open board: its drivers checked and ready, each started when it is needed.

use crate::board::Board;
use crate::clock::Clock;
use crate::components::{CodeStore, Compile, Driver, LoadedComponent, resolve_component};
use crate::device::{BlockDevice, Hid, Sensor, SerialPort, TextDisplay, UsbEcho};
use crate::engine::Machine;
use crate::error::HostError;
use crate::i2c::{BusName, I2cBackend, I2cBus, I2cUser};
use crate::instance::{BoardFailure, Supervised, Supervisor};
use crate::link::DeviceKind;
use crate::trace::{Listener, Trace};
use crate::usb::{UsbBackend, UsbHub};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// What a board is opened with.
pub struct OpenOptions<'a> {
    /// The folder of the board file, which its paths are relative to.
    pub folder: &'a Path,
    /// Asked in this order for the bus of a name.
    pub i2c: Vec<Arc<dyn I2cBackend>>,
    /// Asked in this order for the devices of entries with a USB grant; the next where an entry has none of those before.
    pub usb: Vec<Arc<dyn UsbBackend>>,
    pub machine: Machine,
    /// Where the code of components is.
    pub store: &'a CodeStore,
    /// Makes the code that is not there.
    pub compile: &'a Compile<'a>,
    /// Told of every denial, warning and start.
    pub listener: Listener,
}

/// A board whose drivers run when they are needed.
pub struct OpenBoard {
    board: Board,
    trace: Trace,
    /// Of each device with a driver: what keeps it running, or why it cannot.
    devices: Vec<(String, Result<Arc<Supervisor>, HostError>)>,
}

impl OpenBoard {
    /// Finds and checks the drivers of a board. Nothing of them runs. One that is refused keeps no other from working: who
    /// asks for it is told why.
    pub fn open(board: Board, options: OpenOptions<'_>) -> Self {
        let clock = Clock::start();
        let trace = Trace::new(clock, options.listener.clone());
        // Devices with the same driver share its code.
        let mut loaded = HashMap::new();
        let mut devices = Vec::new();
        let hub = UsbHub::new(options.usb.clone());
        for (name, entry) in &board.devices {
            let Some(specifier) = &entry.driver else { continue };
            let component = loaded
                .entry(specifier.clone())
                .or_insert_with(|| {
                    let file = resolve_component(specifier, options.folder)?;
                    LoadedComponent::load(&options.machine, specifier, &file, options.store, options.compile)
                })
                .clone()
                .map_err(|error| HostError::new(error.code, format!("{name}: {}", error.message)));
            let supervisor = component
                .and_then(|component| Driver::check(&options.machine, name, entry, &component))
                .map(|driver| {
                    let entry = Arc::new(entry.clone());
                    let opened_for_usb = entry.usb.clone();
                    let (buses, opened_for, device) = (options.i2c.clone(), entry.clone(), name.clone());
                    let open_bus = move || match &opened_for.i2c {
                        Some(grant) => open_bus(&device, &grant.bus, &grant.addresses, &buses).map(Some),
                        None => Ok(None),
                    };
                    Supervisor::new(Supervised {
                        device: name.as_str().into(),
                        entry,
                        driver,
                        machine: options.machine.clone(),
                        clock,
                        trace: trace.clone(),
                        open_bus: Box::new(open_bus),
                        usb: opened_for_usb.as_ref().map(|grant| hub.add_slot(name, grant)),
                    })
                });
            devices.push((name.clone(), supervisor));
        }
        Self { board, trace, devices }
    }

    /// The checked board file.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// Tells of what refusals and warnings were only counted in the second before.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The devices with a driver, and what each drives, or why it cannot, in the order of the file.
    pub fn devices(&self) -> impl Iterator<Item = (&str, Result<DeviceKind, &HostError>)> {
        self.devices.iter().map(|(name, device)| {
            let kind = device.as_ref().map(|supervisor| supervisor.driver().kind());
            (name.as_str(), kind)
        })
    }

    /// Opens a sensor; its driver is started first where it does not run.
    ///
    /// # Errors
    ///
    /// When the board has no sensor of this name, when its driver cannot be started, and what that answers.
    pub async fn sensor(&self, name: &str) -> Result<Sensor, BoardFailure> {
        let supervisor = self.find(name, DeviceKind::Sensor)?;
        let instance = supervisor.instance().await?;
        Ok(Sensor::open(name, instance).await?)
    }

    /// Opens a text display; its driver is started first where it does not run.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn text_display(&self, name: &str) -> Result<TextDisplay, BoardFailure> {
        let instance = self.find(name, DeviceKind::TextDisplay)?.instance().await?;
        Ok(TextDisplay::open(name, instance).await?)
    }

    /// Opens a human interface device; its driver is started first where it does not run, and that waits until the device
    /// is plugged in.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn hid(&self, name: &str) -> Result<Hid, BoardFailure> {
        let instance = self.find(name, DeviceKind::Hid)?.instance().await?;
        Ok(Hid::open(name, instance).await?)
    }

    /// Opens a serial port; likewise.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn serial_port(&self, name: &str) -> Result<SerialPort, BoardFailure> {
        let instance = self.find(name, DeviceKind::SerialPort)?.instance().await?;
        Ok(SerialPort::open(name, instance).await?)
    }

    /// Opens a disk; likewise.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn block_device(&self, name: &str) -> Result<BlockDevice, BoardFailure> {
        let instance = self.find(name, DeviceKind::BlockDevice)?.instance().await?;
        Ok(BlockDevice::open(name, instance).await?)
    }

    /// Opens a device that sends back what it is sent; likewise.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn usb_echo(&self, name: &str) -> Result<UsbEcho, BoardFailure> {
        let instance = self.find(name, DeviceKind::UsbEcho)?.instance().await?;
        Ok(UsbEcho::open(name, instance).await?)
    }

    /// Stops all drivers.
    pub async fn close(&self) {
        for supervisor in self.devices.iter().filter_map(|(_, device)| device.as_ref().ok()) {
            supervisor.stop("the board was closed").await;
        }
        self.trace.flush();
    }

    fn find(&self, name: &str, kind: DeviceKind) -> Result<&Supervisor, HostError> {
        let found = self.devices.iter().find(|(each, _)| each == name);
        let (_, device) = found.ok_or_else(|| self.unknown(name))?;
        let supervisor = device.as_ref().map_err(HostError::clone)?;
        let driver = supervisor.driver();
        if driver.kind() == kind {
            return Ok(supervisor);
        }
        let what = match driver.kind() {
            DeviceKind::Component => "exports no device interface; call its functions with board.component".to_owned(),
            other => format!("drives a {}", other.name()),
        };
        Err(HostError::board(format!("\"{name}\" is no {}: {} {what}.", kind.name(), driver.label())))
    }

    fn unknown(&self, name: &str) -> HostError {
        if self.board.device(name).is_some() {
            return HostError::board(format!(
                "\"{name}\" has no driver, so only an app that brings its own can use it; add \"driver\" to \"devices.{name}\"."
            ));
        }
        let names = self.devices.iter().map(|(each, _)| format!("\"{each}\"")).collect::<Vec<_>>().join(", ");
        let names = if names.is_empty() { "none" } else { &names };
        HostError::board(format!("the board has no device \"{name}\"; it has {names}."))
    }
}

/// Opens the bus of a grant.
fn open_bus(
    device: &str,
    bus: &BusName,
    addresses: &[u16],
    backends: &[Arc<dyn I2cBackend>],
) -> Result<Box<dyn I2cBus>, HostError> {
    for backend in backends {
        if let Some(opened) = backend.open(bus, &I2cUser { device, addresses })? {
            return Ok(opened);
        }
    }
    let tried = backends.iter().map(|backend| backend.name()).collect::<Vec<_>>().join(" and ");
    let tried = if tried.is_empty() { "no I2C backend" } else { &tried };
    let bus = match bus {
        BusName::Number(number) => number.to_string(),
        BusName::Text(name) => crate::text::quoted(name),
    };
    Err(HostError::backend(format!(
        "{device}: there is no I2C bus {bus} (asked {tried}); list the buses with \"busbar scan\", or simulate it."
    )))
}
