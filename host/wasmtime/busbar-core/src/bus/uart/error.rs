use std::fmt;

/// The cases of busbar:board/uart `error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UartErrorCode {
    Denied,
    Disconnected,
    Framing,
    Parity,
    Break,
    Overrun,
    Other,
}

impl UartErrorCode {
    /// As the WIT spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Disconnected => "disconnected",
            Self::Framing => "framing",
            Self::Parity => "parity",
            Self::Break => "break",
            Self::Overrun => "overrun",
            Self::Other => "other",
        }
    }
}

/// A failed call on a serial port. The guest sees the code, and the message with `denied`, `disconnected` and `other`; the message is for
/// people as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UartError {
    pub code: UartErrorCode,
    pub message: String,
}

impl UartError {
    pub fn new(code: UartErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// What no other case is for.
    pub fn other(message: impl Into<String>) -> Self {
        Self::new(UartErrorCode::Other, message)
    }

    /// The board does not grant it.
    pub(crate) fn denied(reason: impl Into<String>) -> Self {
        Self::new(UartErrorCode::Denied, reason)
    }
}

impl fmt::Display for UartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for UartError {}
