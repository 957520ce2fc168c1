use alloc::string::String;
use core::fmt;

/// Which part of a transfer a target left unacknowledged: wasi:i2c/i2c `no-acknowledge-source`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAcknowledge {
    Address,
    Data,
    Unknown,
}

/// wasi:i2c/i2c `error-code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum I2cErrorCode {
    Bus,
    ArbitrationLoss,
    NoAcknowledge(NoAcknowledge),
    Overrun,
    Other,
}

/// A failed I2C transaction. The guest sees the code; the message is for the trace and for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct I2cError {
    pub code: I2cErrorCode,
    pub message: String,
}

impl I2cError {
    pub fn new(code: I2cErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl fmt::Display for I2cError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl core::error::Error for I2cError {}
