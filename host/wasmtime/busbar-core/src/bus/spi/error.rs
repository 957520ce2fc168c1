use alloc::string::String;
use core::fmt;

/// The cases of wasi:spi/spi `error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpiErrorCode {
    Overrun,
    ModeFault,
    FrameFormat,
    ChipSelectFault,
    Other,
}

/// A failed SPI transaction. The guest sees the code, and the message with `other`; the message is for the trace and for people as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpiError {
    pub code: SpiErrorCode,
    pub message: String,
}

impl SpiError {
    pub fn new(code: SpiErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// What no other case is for: a refusal among it.
    pub fn other(message: impl Into<String>) -> Self {
        Self::new(SpiErrorCode::Other, message)
    }
}

impl fmt::Display for SpiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl core::error::Error for SpiError {}
