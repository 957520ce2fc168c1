use alloc::string::String;
use core::fmt;

/// What ends a guest: nothing of it may be called any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trap {
    /// Why, as what comes after "the driver failed:" in a sentence for the operator, in the words of the other hosts.
    Failed(String),
    /// It was told to end, from outside: its time is over, or nobody wants it any more.
    Ended,
    /// It ended itself, with an exit code: 0 for a good end.
    Exited(u8),
}

impl Trap {
    /// [`Trap::Failed`].
    pub fn failed(reason: impl Into<String>) -> Self {
        Self::Failed(reason.into())
    }

    /// A value is of another type than the function has it: never of one whose type was compared.
    pub fn another_type() -> Self {
        Self::failed("a function passes a value of another type than it has")
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(reason) => formatter.write_str(reason),
            Self::Ended => formatter.write_str("it was told to end"),
            Self::Exited(code) => write!(formatter, "it ended with the exit code {code}"),
        }
    }
}

impl core::error::Error for Trap {}
