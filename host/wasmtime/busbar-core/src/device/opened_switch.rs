use super::DeviceError;

/// A switch that a program has open, whatever engine its driver runs in. Closing it leaves it as its driver's README says, usually off.
pub trait OpenedSwitch {
    /// The device's name in the board file.
    fn name(&self) -> &str;

    /// Switches it.
    ///
    /// # Errors
    ///
    /// What the driver answers; after `disconnected`, open it again.
    fn set(&self, on: bool) -> impl Future<Output = Result<(), DeviceError>>;

    /// Gives it back.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    fn close(self) -> impl Future<Output = Result<(), DeviceError>>;
}
