use crate::abi::Representation;
use crate::device::OpenedDevice;
use crate::instance::{Drivers, Pace};
use crate::interfaces::component_usb::SeesUsb;
use crate::interfaces::wasi_gpio::DrivesLines;
use crate::interfaces::wasi_spi::OpensSpi;
use crate::interfaces::{DrivesBuses, HoldsHandles, ResourceTable, Waits};
use crate::trap::Trap;
use busbar_core::app::{DrivenDevices, GrantedFolder, Inlet, OpenDevices, Outlet, PinCall, SeenUsb};
use busbar_core::board::AppEntry;
use busbar_core::bus::BusAccess;
use busbar_core::bus::gpio::{GpioDirection, GpioError, OpenedLine};
use busbar_core::bus::usb::guest::UsbChange;
use busbar_core::bus::usb::{Hurry, UsbSession};
use busbar_core::clock::Clock;
use busbar_core::trace::Trace;
use std::sync::Arc;
use std::time::Duration;

/// What the imports of one run of an app work with.
pub struct AppState {
    /// The app's name in the board file.
    pub app: Arc<str>,
    pub entry: Arc<AppEntry>,
    pub drivers: Arc<Drivers>,
    /// The devices that it has open.
    pub devices: Arc<OpenDevices<OpenedDevice>>,
    /// The devices that it drives itself.
    pub driven: DrivenDevices,
    /// Those of them on USB.
    pub usb: Arc<SeenUsb>,
    pub clock: Clock,
    pub trace: Trace,
    /// What it is run with, without its name.
    pub arguments: Vec<String>,
    pub stdin: Arc<dyn Inlet>,
    pub stdout: Arc<dyn Outlet>,
    pub stderr: Arc<dyn Outlet>,
    /// The folder that the board gives it; none where it gives none.
    pub folder: Option<Arc<GrantedFolder>>,
    /// The host's other resources that the app has handles of.
    pub table: ResourceTable,
    /// How long it may wait.
    pub pace: Arc<Pace>,
}

/// A bus of a device that an app drives itself, such as wasi:i2c/i2c `i2c`: the device's name.
pub struct AppBus(pub Arc<str>);

impl Waits for AppState {
    fn sleep(&self, duration: Duration) -> Result<(), Trap> {
        self.pace.sleep(duration)
    }
}

impl DrivesBuses for AppState {
    fn access(&mut self, bus: u32) -> Option<BusAccess<'_>> {
        let AppBus(device) = self.table.get(Representation(bus)).ok()?;
        self.driven.access(device, self.clock, &self.trace)
    }
}

impl OpensSpi for AppState {
    fn open_spi(&mut self, name: &str) -> Result<u32, String> {
        self.driven.open_spi(&self.app, &self.trace, name)?;
        Ok(self.table.add(AppBus(name.into())))
    }
}

impl HoldsHandles for AppState {
    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    fn pace(&self) -> &Pace {
        &self.pace
    }
}

impl DrivesLines for AppState {
    fn open_pin(&mut self, name: &str, line: &str, direction: GpioDirection) -> Result<Arc<OpenedLine>, GpioError> {
        self.driven.open_pin(&self.app, self.clock, &self.trace, &PinCall { name, line, direction })
    }

    fn device_of_pin(&mut self, device: &str) -> Option<BusAccess<'_>> {
        self.driven.access(device, self.clock, &self.trace)
    }

    fn hurry(&self) -> Option<Arc<Hurry>> {
        None
    }
}

impl SeesUsb for AppState {
    fn usb_sessions(&self) -> Vec<Arc<UsbSession>> {
        self.usb.sessions()
    }

    fn enable_hotplug(&mut self) {
        self.usb.enable_hotplug();
    }

    fn take_usb_changes(&mut self) -> Vec<UsbChange> {
        self.usb.take_changes()
    }
}
