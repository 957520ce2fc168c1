use std::fmt;

/// component:usb/errors `libusb-error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsbErrorCode {
    Io,
    InvalidParam,
    Access,
    NoDevice,
    NotFound,
    Busy,
    Timeout,
    Overflow,
    Pipe,
    Interrupted,
    NoMem,
    NotSupported,
    Other,
}

/// A USB call that failed. The guest sees the code; the message is for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbError {
    pub code: UsbErrorCode,
    pub message: String,
}

impl UsbError {
    pub fn new(code: UsbErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// [`UsbErrorCode::NotFound`].
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(UsbErrorCode::NotFound, message)
    }

    /// [`UsbErrorCode::NoDevice`].
    pub fn no_device(message: impl Into<String>) -> Self {
        Self::new(UsbErrorCode::NoDevice, message)
    }

    /// [`UsbErrorCode::InvalidParam`].
    pub fn invalid_param(message: impl Into<String>) -> Self {
        Self::new(UsbErrorCode::InvalidParam, message)
    }
}

impl fmt::Display for UsbError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for UsbError {}
