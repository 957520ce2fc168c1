//! What the host needs from a platform to reach GPIO lines: Linux and the simulator each implement these two traits. They speak of voltages;
//! which of them is "active" is the host's business.

use super::{GpioDirection, GpioError, GpioLevel, GpioLineName, Pull};
use crate::bus::{BusName, Later, at_once};
use crate::clock::Clock;
use crate::error::HostError;
use crate::failure::BoardFailure;

/// How a line is to be opened.
#[derive(Debug, Clone, Copy)]
pub struct GpioLineUse<'a> {
    /// The device's name in the board file, which says to others who uses the line.
    pub device: &'a str,
    pub chip: &'a BusName,
    pub line: &'a GpioLineName,
    pub direction: GpioDirection,
    /// The resistor; as it is where there is none.
    pub pull: Option<Pull>,
    /// Of an input: how long it has to keep a level for that to count, in milliseconds; every change counts where there is none.
    pub debounce_ms: Option<u32>,
    /// What an output has from the moment that it is one.
    pub initial: GpioLevel,
    /// In whose milliseconds edges are told.
    pub clock: Clock,
}

/// A change of an input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GpioEdge {
    /// What it changed to. Two to the same level can follow each other where the line is faster than its controller.
    pub level: GpioLevel,
    /// When, in milliseconds of the clock that the line was opened with, as exactly as the platform knows.
    pub time_ms: f64,
}

/// Told of edges. It takes no lock that anybody holds who calls a line.
pub type EdgeListener = Box<dyn FnMut(GpioEdge) + Send>;

/// One opened line: nobody else can use it meanwhile. Dropping it releases the line, and ends its watching.
pub trait GpioLine: Send {
    /// The level that is there now; of an output, too.
    fn read(&mut self) -> Result<GpioLevel, GpioError>;

    /// Sets the level of an output.
    fn write(&mut self, level: GpioLevel) -> Result<(), GpioError>;

    /// Waits until it can be used as it was opened: one behind a bridge is only known by its name before.
    fn ready(&mut self) -> Later<Result<(), BoardFailure>> {
        at_once(Ok(()))
    }

    /// [`Self::read`], of any line: one behind a bridge answers no other way.
    fn read_later(&mut self) -> Later<Result<GpioLevel, GpioError>> {
        at_once(self.read())
    }

    /// [`Self::write`], likewise. What is begun is done, also where nobody waits for it any more.
    fn write_later(&mut self, level: GpioLevel) -> Later<Result<(), GpioError>> {
        at_once(self.write(level))
    }

    /// Releases the line, and sets it to this level before, where one is given. One behind a bridge does so later.
    fn end(mut self: Box<Self>, level: Option<GpioLevel>) {
        if let Some(level) = level {
            // A line that does not obey any more can only be given back.
            let _ = self.write(level);
        }
    }

    /// Tells of each edge from now on, in their order, until [`Self::unwatch`]. One listener at a time. Fails with `operation-not-supported`
    /// where the line tells of none.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with its timers and its descriptors: `enable_all`.
    fn watch(&mut self, listener: EdgeListener) -> Result<(), GpioError>;

    /// Tells of no more edges once this has returned. Legal where nobody watches.
    fn unwatch(&mut self);
}

/// A source of GPIO lines.
pub trait GpioBackend: Send + Sync {
    /// Shown to people: "Linux GPIO", "simulator".
    fn name(&self) -> &str;

    /// Opens a line; `None` where this backend has no chip of that name, so that the next backend is asked.
    ///
    /// A chip that exists but whose line cannot be used is an error: no such line, used by somebody else, no permission, or the chip
    /// cannot do what is asked of it.
    fn open(&self, usage: &GpioLineUse<'_>) -> Result<Option<Box<dyn GpioLine>>, HostError>;
}
