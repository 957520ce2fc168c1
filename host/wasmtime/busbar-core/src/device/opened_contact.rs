use super::{ContactChanges, DeviceError};
use std::time::Duration;

/// A contact that a program has open, whatever engine its driver runs in.
pub trait OpenedContact {
    /// The device's name in the board file.
    fn name(&self) -> &str;

    /// Whether it is closed now.
    ///
    /// # Errors
    ///
    /// What the driver answers; after `disconnected`, open it again.
    fn is_closed(&self) -> impl Future<Output = Result<bool, DeviceError>>;

    /// Waits until there is a change that was not told yet, then tells all that there are; no changes when none came in time. Without a
    /// timeout it waits without end.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    fn next_changes(&self, timeout: Option<Duration>) -> impl Future<Output = Result<ContactChanges, DeviceError>>;

    /// Gives it back.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    fn close(self) -> impl Future<Output = Result<(), DeviceError>>;
}
