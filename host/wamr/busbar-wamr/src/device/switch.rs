use super::answered::done;
use super::opened::OpenedDevice;
use crate::abi::IntoValue;
use busbar_core::device::{DeviceError, OpenedSwitch};

/// An opened switch: a relay, a lamp, a valve. Closing it leaves it as its driver's README says, usually off.
pub struct Switch(OpenedDevice);

impl Switch {
    /// A device of this kind.
    pub(crate) fn new(opened: OpenedDevice) -> Self {
        Self(opened)
    }
}

impl OpenedSwitch for Switch {
    fn name(&self) -> &str {
        self.0.name()
    }

    async fn set(&self, on: bool) -> Result<(), DeviceError> {
        done(self.name(), self.0.call("[method]device.set", &[on.into_value()]).await?)
    }

    async fn close(self) -> Result<(), DeviceError> {
        self.0.close().await.map(drop)
    }
}
