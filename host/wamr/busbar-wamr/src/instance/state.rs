use super::pace::Pace;
use crate::interfaces::busbar_board::THE_ONLY_ONE;
use crate::interfaces::component_usb::SeesUsb;
use crate::interfaces::wasi_gpio::DrivesLines;
use crate::interfaces::wasi_spi::OpensSpi;
use crate::interfaces::{DriverContext, DrivesBuses, HoldsHandles, ResourceTable, Waits};
use crate::trap::Trap;
use busbar_core::board::DeviceEntry;
use busbar_core::bus::BusAccess;
use busbar_core::bus::gpio::{GpioDirection, GpioError, OpenedLine, open_own_pin};
use busbar_core::bus::spi::open_own_spi;
use busbar_core::bus::usb::guest::{HotplugView, UsbChange};
use busbar_core::bus::usb::{Hurry, UsbSession};
use busbar_core::clock::Clock;
use busbar_core::supervisor::Wired;
use busbar_core::trace::Trace;
use std::sync::Arc;
use std::time::Duration;

/// What the imports of one driver instance work with.
pub struct DriverState {
    pub wired: Wired,
    /// How long it may wait.
    pub pace: Arc<Pace>,
    pub usb_hotplug: HotplugView,
    /// The host's resources of component:usb and wasi:gpio that the guest has handles of.
    pub table: ResourceTable,
}

impl DriverState {
    /// Of one life of a driver.
    pub fn new(wired: Wired, pace: Arc<Pace>) -> Self {
        Self { wired, pace, usb_hotplug: HotplugView::default(), table: ResourceTable::default() }
    }

    /// The one device that it drives.
    fn own(&mut self) -> BusAccess<'_> {
        let Wired { device, entry, clock, trace, quota, buses, .. } = &mut self.wired;
        BusAccess { device, entry, clock: *clock, trace, quota, buses }
    }
}

impl DriverContext for DriverState {
    fn device(&self) -> &str {
        &self.wired.device
    }

    fn entry(&self) -> &DeviceEntry {
        &self.wired.entry
    }

    fn clock(&self) -> Clock {
        self.wired.clock
    }

    fn trace(&self) -> &Trace {
        &self.wired.trace
    }
}

impl DrivesBuses for DriverState {
    fn access(&mut self, _bus: u32) -> Option<BusAccess<'_>> {
        Some(self.own())
    }
}

impl OpensSpi for DriverState {
    fn open_spi(&mut self, name: &str) -> Result<u32, String> {
        open_own_spi(&self.wired.device, &self.wired.trace, name).map(|()| THE_ONLY_ONE)
    }
}

impl Waits for DriverState {
    fn sleep(&self, duration: Duration) -> Result<(), Trap> {
        self.pace.sleep(duration)
    }
}

impl HoldsHandles for DriverState {
    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    fn pace(&self) -> &Pace {
        &self.pace
    }
}

impl DrivesLines for DriverState {
    fn open_pin(&mut self, name: &str, line: &str, direction: GpioDirection) -> Result<Arc<OpenedLine>, GpioError> {
        open_own_pin(&self.own(), name, line, direction)
    }

    fn device_of_pin(&mut self, _device: &str) -> Option<BusAccess<'_>> {
        Some(self.own())
    }

    fn hurry(&self) -> Option<Arc<Hurry>> {
        Some(self.wired.hurry.clone())
    }
}

impl SeesUsb for DriverState {
    fn usb_sessions(&self) -> Vec<Arc<UsbSession>> {
        self.wired.usb.iter().cloned().collect()
    }

    fn enable_hotplug(&mut self) {
        self.usb_hotplug.enable();
    }

    fn take_usb_changes(&mut self) -> Vec<UsbChange> {
        self.usb_hotplug.take_arrival(self.wired.usb.as_ref())
    }
}
