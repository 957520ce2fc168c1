use std::fmt;

/// The cases of wasi:gpio/general `gpio-error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GpioErrorCode {
    HardwareFault,
    AlreadyInUse,
    PinNotAllowed,
    PinModeNotAllowed,
    UndefinedPinLabel,
    PinModeNotAvailable,
    WouldBlock,
    OperationNotSupported,
    Other,
}

impl GpioErrorCode {
    /// As the WIT spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::HardwareFault => "hardware-fault",
            Self::AlreadyInUse => "already-in-use",
            Self::PinNotAllowed => "pin-not-allowed",
            Self::PinModeNotAllowed => "pin-mode-not-allowed",
            Self::UndefinedPinLabel => "undefined-pin-label",
            Self::PinModeNotAvailable => "pin-mode-not-available",
            Self::WouldBlock => "would-block",
            Self::OperationNotSupported => "operation-not-supported",
            Self::Other => "other",
        }
    }
}

/// A GPIO call that failed. The guest sees the code, and the message with `other`; the message is for people as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GpioError {
    pub code: GpioErrorCode,
    pub message: String,
}

impl GpioError {
    pub fn new(code: GpioErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// What no other case is for.
    pub fn other(message: impl Into<String>) -> Self {
        Self::new(GpioErrorCode::Other, message)
    }

    /// The line is not for this component, or there is none of that name: which of them, it does not learn.
    pub(crate) fn not_allowed(reason: impl Into<String>) -> Self {
        Self::new(GpioErrorCode::PinNotAllowed, reason)
    }
}

impl fmt::Display for GpioError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for GpioError {}
