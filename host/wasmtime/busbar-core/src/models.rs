//! Device models that a host has no code for: the simulator's own are a component, which an engine has to run.

use crate::bus::gpio::GpioLevel;
use crate::bus::i2c::{I2cErrorCode, Operation};
use crate::bus::spi::{self, SpiError, SpiGrant};
use crate::bus::uart::Parity;
use crate::clock::Clock;
use std::time::Duration;

/// The package with the models of the host for Node.
pub const MODELS_PACKAGE: &str = "@busbar/models";

/// The longest that a model may compute for one transaction, which the bus waits for; then it is dead. Far more than any needs, as it is
/// told by the clock on the wall: an interpreter on a busy, slow machine takes seconds for the 2048 bytes of a flash chip.
pub const LONGEST_ANSWER: Duration = Duration::from_secs(10);

/// The memory that each target of a component of models may have, in MiB.
pub const TARGET_MEMORY_MIB: u32 = 64;

/// Where simulated targets come from that this host has no code for.
pub trait ModelSource {
    /// Makes a target, powered now.
    ///
    /// `parameters` is a JSON object. The error is one sentence: there is no such model, or a parameter is wrong.
    fn create(&mut self, model: &str, parameters: &str) -> Result<Box<dyn ModelTarget>, String>;

    /// Makes a device on SPI, likewise.
    fn create_spi(&mut self, model: &str, parameters: &str) -> Result<Box<dyn SpiModelTarget>, String>;

    /// Makes a part on GPIO lines, likewise. `lines` are those that are wired, by the model's own names for them: one that it does not have
    /// is an error.
    fn create_gpio(&mut self, model: &str, lines: &[&str], parameters: &str) -> Result<Box<dyn GpioModelPart>, String>;

    /// Makes a part on a serial line, likewise; `parameters` are without `faults`, which are the port's. A host without serial ports has none.
    fn create_uart(&mut self, _model: &str, _parameters: &str) -> Result<Box<dyn UartModelPart>, String> {
        Err("This host simulates no serial ports; run this board on the host for Node, which does.".to_owned())
    }

    /// The time that they live in.
    fn clock(&self) -> Clock;
}

/// A simulated part on GPIO lines, as the wires see it: what it puts on them follows from the time, in milliseconds of the models' clock, so
/// that nothing in it waits. Its lines go by its own names for them.
pub trait GpioModelPart: Send {
    /// The level that it puts on a line at a time, not before any that it was asked about or told of; none where it lets the line go.
    fn level(&mut self, line: &str, at_ms: f64) -> Option<GpioLevel>;

    /// When it changes a line next by itself, after `at_ms`; none where that never happens unless it is told something.
    fn next_change(&mut self, line: &str, at_ms: f64) -> Option<f64>;

    /// The controller drives a line from now on; none: it has let it go.
    fn driven(&mut self, line: &str, level: Option<GpioLevel>, at_ms: f64);

    /// What a person would see of it, as lines of text.
    fn picture(&mut self) -> Option<String>;
}

/// How the bytes of a part are on its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UartForm {
    /// Bits per second.
    pub baud_rate: u32,
    /// 5 to 8.
    pub data_bits: u8,
    pub parity: Parity,
    /// 1 or 2.
    pub stop_bits: u8,
}

/// A simulated part on a serial line, as its wires see it: what it sends follows from the time, in milliseconds of the models' clock, and from
/// what it was sent, so that nothing in it waits. How long its bytes take on the line is the line's business.
pub trait UartModelPart: Send {
    /// How its bytes are on the line now; it understands no others. None: as the other side's are, whatever they are.
    fn form(&mut self) -> Option<UartForm>;

    /// When it begins to send next; none where it never does unless it is sent something.
    fn next_ms(&mut self) -> Option<f64>;

    /// It begins to send: that time has come. All bytes that it sends now, one behind the other.
    fn send(&mut self) -> Vec<u8>;

    /// A whole byte has come, at this time, not before any other that it was told of.
    fn receive(&mut self, byte: u8, at_ms: f64);

    /// What a person would see of it, as lines of text.
    fn picture(&mut self) -> Option<String>;
}

/// A simulated device on SPI that answers whole transactions.
pub trait SpiModelTarget: Send {
    /// Runs one transaction; gives one list for each read and each transfer. `wiring` is how it is spoken to.
    fn transaction(&mut self, wiring: &SpiGrant, operations: &[spi::Operation]) -> Result<Vec<Vec<u8>>, SpiError>;
}

/// A simulated target that answers whole transactions.
pub trait ModelTarget: Send {
    /// Runs one transaction; gives one list for each read.
    fn transaction(&mut self, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cErrorCode>;

    /// What a person would see of it, as lines of text.
    fn picture(&mut self) -> Option<String>;
}

/// No models but the host's own.
pub struct NoModels;

impl ModelSource for NoModels {
    fn create(&mut self, _model: &str, _parameters: &str) -> Result<Box<dyn ModelTarget>, String> {
        Err("There is no such model here; choose registers.".to_owned())
    }

    fn create_spi(&mut self, _model: &str, _parameters: &str) -> Result<Box<dyn SpiModelTarget>, String> {
        Err("There is no such model here; choose registers or spi-loopback.".to_owned())
    }

    fn create_gpio(
        &mut self,
        _model: &str,
        _lines: &[&str],
        _parameters: &str,
    ) -> Result<Box<dyn GpioModelPart>, String> {
        Err("There is no such model here; choose lines.".to_owned())
    }

    fn create_uart(&mut self, _model: &str, _parameters: &str) -> Result<Box<dyn UartModelPart>, String> {
        Err("There is no such model here; choose loopback.".to_owned())
    }

    fn clock(&self) -> Clock {
        Clock::start()
    }
}
