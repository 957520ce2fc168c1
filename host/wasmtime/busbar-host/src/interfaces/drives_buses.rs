use busbar_core::bus::BusAccess;
use busbar_core::bus::gpio::{GpioDirection, GpioError, OpenedLine};
use busbar_core::bus::uart::{Later, OpenedUart, UartError};
use busbar_core::bus::usb::Hurry;
use busbar_core::clock::Clock;
use std::sync::Arc;
use wasmtime::component::{HasData, ResourceTable};

/// Whoever drives devices on buses: the data of a store.
pub trait DrivesBuses: Send {
    /// The host's resources that the guest has handles of.
    fn table(&mut self) -> &mut ResourceTable;
    /// wasi:spi/spi `open`: whether it drives an SPI device of this name; otherwise, why there is none for it, as one sentence.
    fn open_spi(&mut self, name: &str) -> Result<(), String>;
    /// busbar:board/gpio `open-in` and its siblings: the line of a device of this name that it drives.
    fn open_pin(&mut self, name: &str, line: &str, direction: GpioDirection) -> Result<Arc<OpenedLine>, GpioError>;
    /// busbar:board/uart `open`: the port of a device of this name that it drives.
    fn open_uart<'a>(&'a mut self, name: &'a str) -> Later<'a, Result<Arc<OpenedUart>, UartError>>;
    /// Whether another call waits for the current one; none where calls do not wait for each other.
    fn hurry(&self) -> Option<Arc<Hurry>>;
    /// The board's time.
    fn clock(&self) -> Clock;
    /// A device that it drives; none where it drives none of this name.
    fn access(&mut self, device: &str) -> Option<BusAccess<'_>>;
}

/// The interfaces of buses for one of them.
pub struct Buses<'a>(pub &'a mut dyn DrivesBuses);

/// [`Buses`], as the linker names it.
pub struct HasBuses;

impl HasData for HasBuses {
    type Data<'a> = Buses<'a>;
}
