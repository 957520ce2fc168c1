use crate::device::DeviceError;
use crate::error::HostError;
use crate::text::cut;
use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::fmt;
use serde_json::Value;

/// What is shown of the value of an error, in UTF-16 code units.
const LONGEST_PAYLOAD: usize = 200;

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

impl core::error::Error for BoardFailure {}

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

/// An app ended by itself, and not well. The message is one sentence that begins with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppError {
    pub message: String,
}

impl fmt::Display for AppError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl core::error::Error for AppError {}

/// Why a run of an app did not end well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppFailure {
    /// It did not start: something that a person has to change.
    Host(HostError),
    /// It ended with an error, or trapped.
    App(AppError),
}

impl fmt::Display for AppFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(error) => error.fmt(formatter),
            Self::App(error) => error.fmt(formatter),
        }
    }
}

impl core::error::Error for AppFailure {}

impl From<HostError> for AppFailure {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

/// A function of a component returned the error of its WIT `result`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedError {
    /// The component's name in the board file.
    pub device: String,
    /// The error's value in the form of [`Argument::Json`]; none where it has none.
    pub payload: Option<Value>,
}

impl fmt::Display for ReturnedError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload = match &self.payload {
            None => "(without a value)".to_owned(),
            Some(Value::String(text)) => cut(text, LONGEST_PAYLOAD),
            Some(other) => cut(&other.to_string(), LONGEST_PAYLOAD),
        };
        write!(formatter, "{}: the component returned the error {payload}", self.device)
    }
}

impl core::error::Error for ReturnedError {}

/// Why a call gave no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallFailure {
    /// It did not come to its end, or was not begun.
    Board(BoardFailure),
    /// It ended with an error of its own.
    Returned(ReturnedError),
}

impl fmt::Display for CallFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Board(failure) => failure.fmt(formatter),
            Self::Returned(error) => error.fmt(formatter),
        }
    }
}

impl core::error::Error for CallFailure {}

impl From<HostError> for CallFailure {
    fn from(error: HostError) -> Self {
        Self::Board(error.into())
    }
}

impl From<DeviceError> for CallFailure {
    fn from(error: DeviceError) -> Self {
        Self::Board(error.into())
    }
}
