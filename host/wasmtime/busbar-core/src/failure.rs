use crate::device::DeviceError;
use crate::error::HostError;
use std::fmt;

/// Why a device cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoardFailure {
    /// Something that a person has to change.
    Host(HostError),
    /// What the device, or its driver, answered.
    Device(DeviceError),
}

impl fmt::Display for BoardFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(error) => error.fmt(formatter),
            Self::Device(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for BoardFailure {}

impl From<HostError> for BoardFailure {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

impl From<DeviceError> for BoardFailure {
    fn from(error: DeviceError) -> Self {
        Self::Device(error)
    }
}
