use crate::text::cut;
use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

/// A driver says in a sentence what is wrong; in UTF-16 code units.
const LONGEST_MESSAGE: usize = 2_000;

/// What went wrong on a bus: busbar:device/errors `bus-fault-kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BusFaultKind {
    /// A bus error: a start or stop at a wrong place.
    Bus,
    ArbitrationLoss,
    NoAcknowledgeAddress,
    NoAcknowledgeData,
    /// Of an address or of data: the controller does not say.
    NoAcknowledge,
    Overrun,
    Other,
}

impl BusFaultKind {
    /// In the order of wit/.
    pub const ALL: [Self; 7] = [
        Self::Bus,
        Self::ArbitrationLoss,
        Self::NoAcknowledgeAddress,
        Self::NoAcknowledgeData,
        Self::NoAcknowledge,
        Self::Overrun,
        Self::Other,
    ];
}

/// The case of busbar:device/errors `error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceErrorCode {
    NotFound,
    AccessDenied,
    WrongDevice,
    Bus(BusFaultKind),
    Timeout,
    Protocol,
    InvalidArgument,
    Unsupported,
    Disconnected,
}

impl DeviceErrorCode {
    /// All that need no more than a sentence.
    const PLAIN: [Self; 8] = [
        Self::NotFound,
        Self::AccessDenied,
        Self::WrongDevice,
        Self::Timeout,
        Self::Protocol,
        Self::InvalidArgument,
        Self::Unsupported,
        Self::Disconnected,
    ];

    /// The case of a name in WIT that needs no more than a sentence.
    pub fn plain_named(name: &str) -> Option<Self> {
        Self::PLAIN.into_iter().find(|code| code.name() == name)
    }

    /// The case's name in WIT.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::AccessDenied => "access-denied",
            Self::WrongDevice => "wrong-device",
            Self::Bus(_) => "bus",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
            Self::InvalidArgument => "invalid-argument",
            Self::Unsupported => "unsupported",
            Self::Disconnected => "disconnected",
        }
    }
}

/// What a device interface answers instead of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceError {
    /// The device's name in the board file.
    pub device: String,
    pub code: DeviceErrorCode,
    /// One sentence, without the device's name.
    pub message: String,
}

impl DeviceError {
    pub fn new(device: &str, code: DeviceErrorCode, message: impl Into<String>) -> Self {
        Self { device: device.to_owned(), code, message: message.into() }
    }

    /// [`DeviceErrorCode::Protocol`].
    pub fn protocol(device: &str, message: impl Into<String>) -> Self {
        Self::new(device, DeviceErrorCode::Protocol, message)
    }

    /// [`DeviceErrorCode::NotFound`].
    pub fn not_found(device: &str, message: impl Into<String>) -> Self {
        Self::new(device, DeviceErrorCode::NotFound, message)
    }

    /// [`DeviceErrorCode::Disconnected`].
    pub fn disconnected(device: &str, message: impl Into<String>) -> Self {
        Self::new(device, DeviceErrorCode::Disconnected, message)
    }

    /// The error that a guest's device interface returned: its sentence is cut where it is longer than any is.
    pub fn answered(device: &str, code: DeviceErrorCode, message: &str) -> Self {
        Self::new(device, code, cut(message, LONGEST_MESSAGE))
    }
}

impl fmt::Display for DeviceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.device, self.message)?;
        match self.code {
            DeviceErrorCode::Bus(kind) => write!(formatter, " ({})", bus_fault_name(kind)),
            _ => Ok(()),
        }
    }
}

impl core::error::Error for DeviceError {}

/// The kind of a name in WIT.
pub fn bus_fault_named(name: &str) -> Option<BusFaultKind> {
    BusFaultKind::ALL.into_iter().find(|kind| bus_fault_name(*kind) == name)
}

/// The case's name in WIT.
pub fn bus_fault_name(kind: BusFaultKind) -> &'static str {
    match kind {
        BusFaultKind::Bus => "bus",
        BusFaultKind::ArbitrationLoss => "arbitration-loss",
        BusFaultKind::NoAcknowledgeAddress => "no-acknowledge-address",
        BusFaultKind::NoAcknowledgeData => "no-acknowledge-data",
        BusFaultKind::NoAcknowledge => "no-acknowledge",
        BusFaultKind::Overrun => "overrun",
        BusFaultKind::Other => "other",
    }
}
