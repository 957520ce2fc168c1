use super::devices::OpenedDevice;
use crate::board::AppEntry;
use crate::bus::gpio::{GpioDirection, GpioError, OpenedLine};
use crate::bus::usb::{Hurry, UsbSession};
use crate::clock::Clock;
use crate::instance::{Drivers, MemoryLimit};
use crate::interfaces::DrivesBuses;
use crate::interfaces::component_usb::{SeesUsb, UsbChange};
use crate::trace::Trace;
use busbar_core::app::{DrivenDevices, GrantedFolder, Inlet, OpenDevices, Outlet, PinCall, SeenUsb};
use busbar_core::bus::BusAccess;
use busbar_core::bus::uart::{Later, OpenedUart, UartError};
use std::sync::Arc;
use wasmtime::component::ResourceTable;

/// What the imports of one run of an app work with: the data of its store.
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
    /// The host's resources that the app has handles of.
    pub table: ResourceTable,
    pub memory: MemoryLimit,
}

impl DrivesBuses for AppState {
    fn table(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

    fn open_spi(&mut self, name: &str) -> Result<(), String> {
        self.driven.open_spi(&self.app, &self.trace, name)
    }

    fn open_pin(&mut self, name: &str, line: &str, direction: GpioDirection) -> Result<Arc<OpenedLine>, GpioError> {
        self.driven.open_pin(&self.app, self.clock, &self.trace, &PinCall { name, line, direction })
    }

    fn open_uart<'a>(&'a mut self, name: &'a str) -> Later<'a, Result<Arc<OpenedUart>, UartError>> {
        Box::pin(self.driven.open_uart(&self.app, &self.trace, name))
    }

    fn hurry(&self) -> Option<Arc<Hurry>> {
        None
    }

    fn clock(&self) -> Clock {
        self.clock
    }

    fn access(&mut self, device: &str) -> Option<BusAccess<'_>> {
        self.driven.access(device, self.clock, &self.trace)
    }
}

impl SeesUsb for AppState {
    fn table(&self) -> &ResourceTable {
        &self.table
    }

    fn table_mut(&mut self) -> &mut ResourceTable {
        &mut self.table
    }

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
