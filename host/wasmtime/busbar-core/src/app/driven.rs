use super::access::refuse_to_drive;
use crate::board::{AppEntry, Board, DeviceEntry};
use crate::bus::gpio::{GpioDirection, GpioError, OpenedLine, judge_pin};
use crate::bus::uart::{OpenedUart, UartError};
use crate::bus::{BusAccess, OpenedBuses};
use crate::clock::Clock;
use crate::error::HostError;
use crate::grants::DeviceQuota;
use crate::link::driven_devices;
use crate::trace::Trace;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Opens the buses of a device for an app that drives it.
pub type OpenDeviceBuses = dyn Fn(&str, &DeviceEntry) -> Result<OpenedBuses, HostError> + Send + Sync;

/// What the limits of the devices without a driver leave, by their names: for all runs of all apps together.
pub type DeviceQuotas = HashMap<String, Arc<Mutex<DeviceQuota>>>;

/// The whole limits of a board's devices without a driver.
pub fn quotas_of_driven(board: &Board) -> DeviceQuotas {
    let driven = board.devices.iter().filter(|(_, entry)| entry.driver.is_none());
    driven.map(|(name, entry)| (name.clone(), Arc::new(Mutex::new(DeviceQuota::new(entry))))).collect()
}

struct DrivenDevice {
    name: String,
    entry: DeviceEntry,
    quota: Arc<Mutex<DeviceQuota>>,
    /// Opened when the app asks for one of them, and closed with its run.
    buses: Option<OpenedBuses>,
}

/// A pin that an app asks for.
#[derive(Debug, Clone, Copy)]
pub struct PinCall<'a> {
    /// The device's.
    pub name: &'a str,
    /// The line's, in the entry.
    pub line: &'a str,
    pub direction: GpioDirection,
}

/// The devices that a run of an app drives itself: those that it uses and that have no driver.
pub struct DrivenDevices {
    /// By their names.
    devices: HashMap<String, DrivenDevice>,
    open_buses: Arc<OpenDeviceBuses>,
}

impl DrivenDevices {
    /// Those of an app's entry.
    pub fn new(entry: &AppEntry, board: &Board, quotas: &DeviceQuotas, open_buses: Arc<OpenDeviceBuses>) -> Self {
        let devices = driven_devices(entry, board).filter_map(|(name, entry)| {
            let quota = quotas.get(name)?.clone();
            let name = name.to_owned();
            Some((name.clone(), DrivenDevice { name, entry: entry.clone(), quota, buses: None }))
        });
        Self { devices: devices.collect(), open_buses }
    }

    /// The entry of one of them.
    pub fn entry(&self, device: &str) -> Option<&DeviceEntry> {
        self.devices.get(device).map(|driven| &driven.entry)
    }

    /// Opens the buses of one of them, where they are not open.
    ///
    /// # Errors
    ///
    /// When there is no such bus, or it cannot be used.
    pub fn open_buses(&mut self, device: &str) -> Result<(), HostError> {
        let Some(driven) = self.devices.get_mut(device) else { return Ok(()) };
        if driven.buses.is_none() {
            driven.buses = Some((self.open_buses)(device, &driven.entry)?);
        }
        Ok(())
    }

    /// wasi:spi/spi `open`, for the app of this name: each name is one of the devices.
    ///
    /// # Errors
    ///
    /// Why there is no such device for it, as one sentence; that it asked for another's is told by `trace`.
    pub fn open_spi(&mut self, app: &str, trace: &Trace, name: &str) -> Result<(), String> {
        match self.entry(name) {
            None => Err(refuse_to_drive(app, trace, name, "spi.open")),
            Some(entry) if entry.spi.is_none() => Err(format!("the board wires no SPI device to \"{name}\"")),
            // A bus that this machine does not have is no end of the app, which can go on without.
            Some(_) => self.open_buses(name).map_err(|error| error.message),
        }
    }

    /// busbar:board/gpio `open-in` and its siblings, for the app of this name: each name is one of the devices.
    ///
    /// # Errors
    ///
    /// `pin-not-allowed` for a device or a line that is not granted to it and `pin-mode-not-allowed` for another direction, of which the
    /// operator is told by `trace`; `other` where the line cannot be used.
    pub fn open_pin(
        &mut self,
        app: &str,
        clock: Clock,
        trace: &Trace,
        call: &PinCall<'_>,
    ) -> Result<Arc<OpenedLine>, GpioError> {
        let PinCall { name, line, direction } = *call;
        let Some(entry) = self.entry(name) else {
            let call = format!("gpio.open-{}", direction.name());
            return Err(GpioError::not_allowed(refuse_to_drive(app, trace, name, &call)));
        };
        judge_pin(name, entry, trace, line, direction)?;
        // What this machine does not have is an error for an app, which can go on without.
        self.open_buses(name).map_err(|error| GpioError::other(error.message))?;
        let access = self.access(name, clock, trace).ok_or_else(|| GpioError::other("the lines are closed"))?;
        access.pin(line, direction)
    }

    /// busbar:board/uart `open`, for the app of this name: each name is one of the devices. A port that was unplugged is opened anew.
    ///
    /// # Errors
    ///
    /// `denied` for a device that is not granted to it, of which the operator is told by `trace`, and for one without a serial port; `other`
    /// where the port cannot be used.
    pub async fn open_uart(&mut self, app: &str, trace: &Trace, name: &str) -> Result<Arc<OpenedUart>, UartError> {
        match self.entry(name) {
            None => return Err(UartError::denied(refuse_to_drive(app, trace, name, "uart.open"))),
            Some(entry) if entry.uart.is_none() => {
                return Err(UartError::denied(format!("the board wires no serial port to \"{name}\"")));
            }
            Some(_) => {}
        }
        // What this machine does not have is an error for an app, which can go on without.
        self.open_buses(name).map_err(|error| UartError::other(error.message))?;
        let line = self.devices.get_mut(name).and_then(|driven| driven.buses.as_mut()?.uart.as_mut());
        let Some(line) = line else { return Err(UartError::other("the port is closed")) };
        line.open().await.map_err(|error| UartError::other(error.message))
    }

    /// The serial ports that were opened, for whoever gives them back at the end of the run.
    pub fn opened_uarts(&self) -> Vec<Arc<OpenedUart>> {
        let buses = self.devices.values().filter_map(|driven| driven.buses.as_ref());
        buses.filter_map(|buses| buses.uart.as_ref()?.opened().cloned()).collect()
    }

    /// One of them, for a transaction.
    pub fn access<'a>(&'a mut self, device: &str, clock: Clock, trace: &'a Trace) -> Option<BusAccess<'a>> {
        let DrivenDevice { name, entry, quota, buses } = self.devices.get_mut(device)?;
        Some(BusAccess { device: name, entry, clock, trace, quota, buses: buses.get_or_insert_default() })
    }
}
