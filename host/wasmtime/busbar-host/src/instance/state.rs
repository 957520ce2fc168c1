use super::memory::MemoryLimit;
use crate::board::DeviceEntry;
use crate::clock::Clock;
use crate::grants::DeviceQuota;
use crate::i2c::I2cBus;
use crate::interfaces::component_usb::{HotplugView, SeesUsb, UsbChange};
use crate::interfaces::wasi_i2c::DrivesI2c;
use crate::trace::Trace;
use crate::usb::{Hurry, UsbSession};
use busbar_core::i2c_access::I2cAccess;
use busbar_core::supervisor::Wired;
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
    /// The bus of the entry's I2C grant, opened; none where the entry has none.
    pub bus: Option<Box<dyn I2cBus>>,
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
        let Wired { device, entry, clock, trace, quota, bus, usb, hurry } = wired;
        let memory = MemoryLimit::new(entry.limits.memory_mib);
        Self {
            device,
            entry,
            clock,
            trace,
            quota,
            bus,
            usb,
            usb_hotplug: HotplugView::default(),
            hurry,
            table: ResourceTable::new(),
            memory,
        }
    }
}

impl DrivesI2c for DriverState {
    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    fn i2c(&mut self, device: &str) -> Option<I2cAccess<'_>> {
        (device == &*self.device).then(|| I2cAccess {
            device: &self.device,
            entry: &self.entry,
            clock: self.clock,
            trace: &self.trace,
            quota: &self.quota,
            bus: self.bus.as_deref_mut(),
        })
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
