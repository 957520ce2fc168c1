use super::{Operation, SpiDevice, SpiError};

/// A device with which nothing can be done: what a driver has that is only tried with new settings.
struct TrialDevice;

impl SpiDevice for TrialDevice {
    fn transaction(&mut self, _operations: &[Operation]) -> Result<Vec<Vec<u8>>, SpiError> {
        Err(SpiError::other("this is a trial without a bus"))
    }
}

/// A new one.
pub(crate) fn trial_device() -> Box<dyn SpiDevice> {
    Box::new(TrialDevice)
}
