use super::{Channel, DeviceError, SensorInfo};
use crate::failure::BoardFailure;

/// An opened sensor, whichever engine its driver runs in: what commands need of it.
pub trait OpenedSensor: Sized {
    /// The device's name in the board file.
    fn name(&self) -> &str;

    /// Which part it is.
    fn info(&self) -> &SensorInfo;

    /// In the order of the values of a reading.
    fn channels(&self) -> &[Channel];

    /// A fresh reading: one value a channel.
    ///
    /// # Errors
    ///
    /// What the driver answers; after `disconnected`, open the sensor again.
    fn read(&mut self) -> impl Future<Output = Result<Vec<f64>, DeviceError>>;

    /// Puts the part to sleep, and releases it.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    fn close(self) -> impl Future<Output = Result<(), DeviceError>>;
}

/// An open board, whichever engine its drivers run in.
pub trait OpensSensors {
    type Sensor: OpenedSensor;

    /// Opens a sensor; its driver is started first where it does not run.
    ///
    /// # Errors
    ///
    /// When the board has no sensor of this name, when its driver cannot be started, and what that answers.
    fn sensor(&self, name: &str) -> impl Future<Output = Result<Self::Sensor, BoardFailure>>;
}
