//! Device models that a host has no code for: the simulator's own are a component, which an engine has to run.

use crate::bus::gpio::GpioLevel;
use crate::bus::i2c::{I2cErrorCode, Operation};
use crate::bus::spi::{self, SpiError, SpiGrant};
use crate::clock::Clock;

/// The package with the models of the host for Node.
pub const MODELS_PACKAGE: &str = "@busbar/models";

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

    fn clock(&self) -> Clock {
        Clock::start()
    }
}
