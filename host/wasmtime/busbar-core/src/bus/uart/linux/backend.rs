use super::ports::{is_serial_port, uart_path};
use super::remedies::no_serial_port;
use super::system::{DeviceNumber, UartSystem};
use super::tty::LinuxUartPort;
use super::watch::LinuxUartWatch;
use crate::bus::linux::ThisMachine;
use crate::bus::uart::{UartBackend, UartPort, UartUsage, UartWatch};
use crate::error::HostError;
use crate::locks::{DeviceLock, LockUse};
use std::sync::Arc;

/// The serial ports of Linux: every tty of a UART, a USB adapter or a USB device of the class CDC, by its name below `/dev`, and by any link to
/// it, such as those in `/dev/serial/by-id`.
///
/// A port is set raw, as the entry says, and set back when it is closed. A port that another process of busbar uses is refused, naming it,
/// whichever of its names either of them uses; and so is one that another program has locked (`flock`, or `TIOCEXCL`).
#[derive(Clone)]
pub struct LinuxUart {
    system: Arc<dyn UartSystem>,
    /// The path of the board file.
    board: Option<String>,
}

impl LinuxUart {
    /// The ports of this machine. `board` is the path of the board file.
    pub fn new(board: Option<String>) -> Self {
        Self::of(Arc::new(ThisMachine::new()), board)
    }

    /// Of another machine than this one: a test's.
    pub(super) fn of(system: Arc<dyn UartSystem>, board: Option<String>) -> Self {
        Self { system, board }
    }

    /// Keeps others from a port, whichever of its names they have for it.
    fn take(&self, number: DeviceNumber, path: &str, device: &str) -> Result<DeviceLock, HostError> {
        let usage = LockUse { device: Some(device.to_owned()), board: self.board.clone() };
        let name = format!("uart-{}.{}", number.major, number.minor);
        self.system
            .locks()
            .take(&name, &usage)
            .map_err(|holder| HostError::backend(format!("{device}: {path} is used by {holder}; end that first.")))
    }
}

impl UartBackend for LinuxUart {
    fn name(&self) -> &str {
        "Linux ttys"
    }

    fn open(&self, port: &str, usage: &UartUsage<'_>) -> Result<Option<Arc<dyn UartPort>>, HostError> {
        let path = uart_path(port);
        if self.system.status(&path).is_none() {
            return Ok(None);
        }
        let number = self.system.device_number(&path);
        let serial = number.filter(|number| is_serial_port(*number, self.system.as_ref()));
        let number = serial.ok_or_else(|| no_serial_port(&path, usage.device))?;
        let lock = self.take(number, &path, usage.device)?;
        Ok(Some(Arc::new(LinuxUartPort::open(&path, usage, &self.system, lock)?)))
    }

    fn has(&self, port: &str) -> bool {
        self.system.status(&uart_path(port)).is_some()
    }

    fn watch(&self, port: &str) -> Box<dyn UartWatch> {
        Box::new(LinuxUartWatch::new(uart_path(port), self.system.clone()))
    }
}
