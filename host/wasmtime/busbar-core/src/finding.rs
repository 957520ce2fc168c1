//! What `busbar doctor` finds, and what is wrong with a machine in an error message: the same words.

use crate::error::HostError;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable, for programs: "linux", "i2c-adapter", "i2c-dev", "/dev/i2c-1", "udevd", "/dev/bus/usb/001/002".
    pub id: String,
    /// What was found: one sentence.
    pub what: String,
    /// Whether it is as it has to be, or the line that mends it, where there is one.
    pub verdict: Result<(), Option<String>>,
}

impl Finding {
    /// It is as it has to be.
    pub(crate) fn good(id: &str, what: impl Into<String>) -> Self {
        Self { id: id.to_owned(), what: what.into(), verdict: Ok(()) }
    }

    /// It has to be mended.
    pub(crate) fn bad(id: &str, Remedy { what, fix }: Remedy) -> Self {
        Self { id: id.to_owned(), what: format!("{}.", capitalized(&what)), verdict: Err(Some(fix)) }
    }

    /// It is wrong, and nobody here knows what mends it.
    pub(crate) fn hopeless(id: &str, what: impl Into<String>) -> Self {
        Self { id: id.to_owned(), what: what.into(), verdict: Err(None) }
    }
}

/// What is wrong, and the line that mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remedy {
    /// One clause without a full stop.
    pub(crate) what: String,
    /// A line for a shell, or a short instruction.
    pub(crate) fix: String,
}

impl Remedy {
    pub(crate) fn new(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { what: what.into(), fix: fix.into() }
    }

    /// As one sentence.
    pub(crate) fn into_error(self) -> HostError {
        HostError::backend(format!("{}; mend it with: {}", capitalized(&self.what), self.fix))
    }
}

fn capitalized(clause: &str) -> String {
    let mut characters = clause.chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}
