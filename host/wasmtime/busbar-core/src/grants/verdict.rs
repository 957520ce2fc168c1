use alloc::format;
use alloc::string::String;

/// The answer to a call: nothing reaches the bus or the device unless it is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<Denial> {
    /// Granted.
    Allowed,
    /// Only where the entry is not enforced: not granted, and yet within what the entry is about. Allowed and told.
    WouldBeDenied(Denied<Denial>),
    /// Not granted.
    Denied(Denied<Denial>),
}

impl<Denial> Verdict<Denial> {
    /// Whether the call may be made.
    pub fn is_allowed(&self) -> bool {
        !matches!(self, Self::Denied(_))
    }
}

/// What of a call is not granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied<Denial> {
    /// For a program.
    pub what: Denial,
    /// For people, and the same on every host: "bus 2 is not granted".
    pub reason: String,
}

impl<Denial> Denied<Denial> {
    pub(crate) fn new(what: Denial, reason: impl Into<String>) -> Self {
        Self { what, reason: reason.into() }
    }
}

/// The answer of an entry that is enforced.
pub(crate) type Enforced<Denial> = Result<(), Denied<Denial>>;

/// A byte as people write it: "0x76".
pub(crate) fn hex(value: u16) -> String {
    format!("{value:#04x}")
}
