//! What the host needs from a platform to reach serial ports: Linux and the simulator implement these traits.

use super::{FlowControl, Parity, UartError, UartGrant};
use crate::error::HostError;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// What a call that waits gives.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How the bytes are on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UartLineSettings {
    /// Bits per second.
    pub baud_rate: u32,
    /// 5 to 8.
    pub data_bits: u8,
    pub parity: Parity,
    /// 1 or 2.
    pub stop_bits: u8,
    pub flow_control: FlowControl,
}

impl From<&UartGrant> for UartLineSettings {
    /// As the board file says it.
    fn from(grant: &UartGrant) -> Self {
        let UartGrant { baud_rate, data_bits, parity, stop_bits, flow_control, .. } = *grant;
        Self { baud_rate, data_bits, parity, stop_bits, flow_control }
    }
}

/// How a port is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UartUsage<'a> {
    /// The device's name in the board file: whoever uses the port can be named by it.
    pub device: &'a str,
    pub settings: UartLineSettings,
}

/// One opened port: nobody else has it meanwhile. No two calls of one kind are under way at a time. Everything fails with `disconnected`
/// once the port is gone. Dropping it gives it back at once, and what was written and has not left is lost.
pub trait UartPort: Send + Sync {
    /// Waits until there is a byte, at most so long, then gives what there is, at most `maximum` bytes, which is 1 or more; nothing where
    /// nothing came. `framing`, `parity`, `break` and `overrun` come in their places among the bytes, each once. A read that is dropped
    /// while it waits has taken nothing.
    fn read(&self, maximum: usize, timeout: Duration) -> Later<'_, Result<Vec<u8>, UartError>>;

    /// Sends all of `data`. It may be over before the last byte has left, but waits while too much is under way.
    fn write<'a>(&'a self, data: &'a [u8]) -> Later<'a, Result<(), UartError>>;

    /// Waits until everything that was written has left.
    fn drain(&self) -> Later<'_, Result<(), UartError>>;

    /// Forgets what has come and was not read, and the errors in it.
    fn discard(&self) -> Result<(), UartError>;

    /// Goes to another speed, in bits per second, when everything that was written has left.
    fn set_baud_rate(&self, baud_rate: u32) -> Later<'_, Result<(), UartError>>;

    /// Gives the port back when what was written has left, for which it waits as long as that takes and no longer; what else is under way
    /// fails. Closing twice is legal, and everything else fails afterwards.
    fn close(&self) -> Later<'_, ()>;
}

/// A port comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UartEvent {
    Arrived,
    Left,
}

/// Looks whether a port of one name comes or goes.
pub trait UartWatch: Send {
    /// The next that happens since this was made, or since the event before. A wait that is dropped has taken none.
    fn next(&mut self) -> Later<'_, UartEvent>;
}

/// A source of serial ports.
pub trait UartBackend: Send + Sync {
    /// Shown to people: "Linux ttys", "simulator".
    fn name(&self) -> &str;

    /// Opens a port, by its name in the board file; `None` where there is none of that name now, so that the next backend is asked. Called
    /// within a runtime of tokio.
    ///
    /// # Errors
    ///
    /// When the port is there but cannot be used: no permission, used by somebody else, no serial port at all, or one that cannot have
    /// these settings.
    fn open(&self, port: &str, usage: &UartUsage<'_>) -> Result<Option<Arc<dyn UartPort>>, HostError>;

    /// Whether the port is there now.
    fn has(&self, port: &str) -> bool;

    /// Looks whether a port of this name comes or goes from now on.
    fn watch(&self, port: &str) -> Box<dyn UartWatch>;
}
