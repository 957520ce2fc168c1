use super::arrival::Arrival;
use super::{Edges, GpioCall, GpioDenial, GpioDirection, GpioError, GpioErrorCode, GpioState, OpenedLine, judge_gpio};
use crate::app::Pollable;
use crate::board::DeviceEntry;
use crate::bus::{BusAccess, Later, at_once};
use crate::grants::Verdict;
use crate::locked::locked;
use crate::text::{cut, quoted};
use crate::trace::{LONGEST_NAME, Trace};
use std::sync::Arc;

/// Whether an entry grants a pin; the operator is told where it does not.
///
/// # Errors
///
/// `pin-not-allowed`, `pin-mode-not-allowed`.
pub(crate) fn judge_pin(
    device: &str,
    entry: &DeviceEntry,
    trace: &Trace,
    line: &str,
    direction: GpioDirection,
) -> Result<(), GpioError> {
    let call = || format!("gpio pin \"{}\" of the line {}", direction.name(), quoted(&cut(line, LONGEST_NAME)));
    match judge_gpio(entry.gpio.as_ref(), GpioCall { line, direction }, entry.enforce) {
        Verdict::Allowed => Ok(()),
        Verdict::WouldBeDenied(denied) => {
            trace.audit(device, call(), denied.what.name(), &denied.reason, false);
            Ok(())
        }
        Verdict::Denied(denied) => {
            trace.audit(device, call(), denied.what.name(), &denied.reason, true);
            let code = match denied.what {
                GpioDenial::Line => GpioErrorCode::PinNotAllowed,
                GpioDenial::Direction => GpioErrorCode::PinModeNotAllowed,
            };
            Err(GpioError::new(code, denied.reason))
        }
    }
}

/// What pins do with their line. Each call counts against the limits of the entry before it reaches the line.
impl BusAccess<'_> {
    /// A line that was judged to be one of the entry's, made ready to be used as `direction`.
    pub(crate) fn pin(&self, name: &str, direction: GpioDirection) -> Result<Arc<OpenedLine>, GpioError> {
        let Some(gpio) = &self.buses.gpio else { return Err(GpioError::other("the lines are closed")) };
        let Some(line) = gpio.line(name) else { return Err(GpioError::other("this is a trial without lines")) };
        line.use_as(direction).map_err(|error| GpioError::other(error.message))?;
        if let Some(recorder) = &mut locked(self.quota).recorder {
            recorder.gpio(name, direction);
        }
        Ok(line.clone())
    }

    /// What the line is now.
    ///
    /// # Errors
    ///
    /// `other` where the rate is over, of which the operator is told; what the line answers.
    pub fn read_line(&self, line: &OpenedLine) -> Result<GpioState, GpioError> {
        self.count("read", line)?;
        line.read()
    }

    /// Sets an output.
    ///
    /// # Errors
    ///
    /// As for `read_line`.
    pub fn set_line(&self, line: &OpenedLine, state: GpioState) -> Result<(), GpioError> {
        self.count("set", line)?;
        line.set(state)
    }

    /// Sets the other state than the last.
    ///
    /// # Errors
    ///
    /// As for `read_line`.
    pub fn toggle_line(&self, line: &OpenedLine) -> Result<(), GpioError> {
        self.count("set", line)?;
        line.toggle()
    }

    /// [`Self::read_line`], of a line that may be behind a bridge. It is counted at once.
    pub fn read_line_later(&self, line: &OpenedLine) -> Later<Result<GpioState, GpioError>> {
        match self.count("read", line) {
            Ok(()) => line.read_later(),
            Err(error) => at_once(Err(error)),
        }
    }

    /// [`Self::set_line`], likewise.
    pub fn set_line_later(&self, line: &OpenedLine, state: GpioState) -> Later<Result<(), GpioError>> {
        match self.count("set", line) {
            Ok(()) => line.set_later(state),
            Err(error) => at_once(Err(error)),
        }
    }

    /// [`Self::toggle_line`], likewise.
    pub fn toggle_line_later(&self, line: &OpenedLine) -> Later<Result<(), GpioError>> {
        match self.count("set", line) {
            Ok(()) => line.toggle_later(),
            Err(error) => at_once(Err(error)),
        }
    }

    /// The edges of an input from now on.
    ///
    /// # Errors
    ///
    /// As for `read_line`, and `operation-not-supported` where its controller tells of none.
    pub fn watch_edges(&self, line: &Arc<OpenedLine>) -> Result<Edges, GpioError> {
        self.count("watch", line)?;
        Edges::of(line)
    }

    /// Ready once the line is, or was since then, in this state.
    ///
    /// # Errors
    ///
    /// As for `watch_edges`.
    pub fn watch_state(&self, line: &Arc<OpenedLine>, state: GpioState) -> Result<Pollable, GpioError> {
        self.count("watch", line)?;
        // Before the line is read, so that no edge between the two is missed.
        let arrival = Arrival::of(line, state)?;
        arrival.found(line.read()?);
        Ok(Pollable::Of(Arc::new(arrival)))
    }

    /// Ready once the line has come to this state since then.
    ///
    /// # Errors
    ///
    /// As for `watch_edges`.
    pub fn watch_edge(&self, line: &Arc<OpenedLine>, state: GpioState) -> Result<Pollable, GpioError> {
        self.count("watch", line)?;
        Ok(Pollable::Of(Arc::new(Arrival::of(line, state)?)))
    }

    fn count(&self, what: &str, line: &OpenedLine) -> Result<(), GpioError> {
        let call = || format!("gpio {what} of the line \"{}\"", line.name());
        self.take(|_| {}, call).map_err(GpioError::other)
    }
}
