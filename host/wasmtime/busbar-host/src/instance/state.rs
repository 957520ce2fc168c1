use super::memory::MemoryLimit;
use crate::board::DeviceEntry;
use crate::bus::usb::{Hurry, UsbSession};
use crate::clock::Clock;
use crate::grants::DeviceQuota;
use crate::interfaces::DrivesBuses;
use crate::interfaces::component_usb::{HotplugView, SeesUsb, UsbChange};
use crate::trace::Trace;
use busbar_core::bus::gpio::{GpioDirection, GpioError, OpenedLine, open_own_pin};
use busbar_core::bus::spi::open_own_spi;
use busbar_core::bus::uart::{Later, OpenedUart, UartError, open_own_uart};
use busbar_core::bus::{BusAccess, OpenedBuses};
use busbar_core::supervisor::Wired;
use std::future::ready;
use std::sync::{Arc, Mutex};
use wasmtime::component::{HasData, ResourceTable};

/// What the imports of one driver instance work with: the data of its store.
pub struct DriverState {
    /// The device's name in the board file.
    pub device: Arc<str>,
    pub entry: Arc<DeviceEntry>,
    pub clock: Clock,
    pub trace: Trace,
    /// The device's, not the instance's: neither another handle nor another start gives more.
    pub quota: Arc<Mutex<DeviceQuota>>,
    /// What the entry is wired to, opened.
    pub buses: OpenedBuses,
    /// The device of the entry's USB grant; none where the entry has none.
    pub usb: Option<Arc<UsbSession>>,
    pub usb_hotplug: HotplugView,
    /// Whether another call waits for the current one.
    pub hurry: Arc<Hurry>,
    /// The host's resources that the guest has handles of.
    pub table: ResourceTable,
    pub memory: MemoryLimit,
}

impl DriverState {
    /// Of one life of a driver.
    pub fn new(wired: Wired) -> Self {
        let Wired { device, entry, clock, trace, quota, buses, usb, hurry } = wired;
        let memory = MemoryLimit::new(entry.limits.memory_mib);
        Self {
            device,
            entry,
            clock,
            trace,
            quota,
            buses,
            usb,
            usb_hotplug: HotplugView::default(),
            hurry,
            table: ResourceTable::new(),
            memory,
        }
    }
}

impl DriverState {
    /// The one device that it drives.
    fn own(&mut self) -> BusAccess<'_> {
        BusAccess {
            device: &self.device,
            entry: &self.entry,
            clock: self.clock,
            trace: &self.trace,
            quota: &self.quota,
            buses: &mut self.buses,
        }
    }
}

impl DrivesBuses for DriverState {
    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    fn open_spi(&mut self, name: &str) -> Result<(), String> {
        open_own_spi(&self.device, &self.trace, name)
    }

    fn open_pin(&mut self, name: &str, line: &str, direction: GpioDirection) -> Result<Arc<OpenedLine>, GpioError> {
        open_own_pin(&self.own(), name, line, direction)
    }

    fn open_uart<'a>(&'a mut self, name: &'a str) -> Later<'a, Result<Arc<OpenedUart>, UartError>> {
        Box::pin(ready(open_own_uart(&self.own(), name)))
    }

    fn hurry(&self) -> Option<Arc<Hurry>> {
        Some(self.hurry.clone())
    }

    fn clock(&self) -> Clock {
        self.clock
    }

    fn access(&mut self, device: &str) -> Option<BusAccess<'_>> {
        if device == &*self.device { Some(self.own()) } else { None }
    }
}

impl SeesUsb for DriverState {
    fn table(&self) -> &ResourceTable {
        &self.table
    }

    fn table_mut(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    fn usb_sessions(&self) -> Vec<Arc<UsbSession>> {
        self.usb.iter().cloned().collect()
    }

    fn enable_hotplug(&mut self) {
        self.usb_hotplug.enable();
    }

    fn take_usb_changes(&mut self) -> Vec<UsbChange> {
        self.usb_hotplug.take_arrival(self.usb.as_ref())
    }
}

impl HasData for DriverState {
    type Data<'a> = &'a mut DriverState;
}
