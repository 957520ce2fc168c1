//! What a person has to change before it can work.

use alloc::format;
use alloc::string::String;
use core::fmt;

/// What kind of thing is wrong, for a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostErrorCode {
    /// The board file is missing, malformed, or contradicts itself.
    Board,
    /// A driver or component cannot be found, is no component, or has the wrong world.
    Component,
    /// A component imports something that the board does not grant.
    NotGranted,
    /// The operating system lacks something or refuses it: no such bus, no permission, a missing module.
    Backend,
}

impl HostErrorCode {
    /// That of a name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Board, Self::Component, Self::NotGranted, Self::Backend];
        all.into_iter().find(|each| each.name() == name)
    }

    /// As the other hosts and `--json` write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Component => "component",
            Self::NotGranted => "not-granted",
            Self::Backend => "backend",
        }
    }

    /// What a command ends with.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Board => 3,
            Self::Component => 4,
            Self::NotGranted => 5,
            Self::Backend => 6,
        }
    }
}

/// Something that a person has to change before it can work. The message is one sentence that names the thing and says
/// what to do; it is the same on every host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostError {
    pub code: HostErrorCode,
    pub message: String,
}

impl HostError {
    pub fn new(code: HostErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// [`HostErrorCode::Board`].
    pub fn board(message: impl Into<String>) -> Self {
        Self::new(HostErrorCode::Board, message)
    }

    /// [`HostErrorCode::Component`].
    pub fn component(message: impl Into<String>) -> Self {
        Self::new(HostErrorCode::Component, message)
    }

    /// [`HostErrorCode::NotGranted`].
    pub fn not_granted(message: impl Into<String>) -> Self {
        Self::new(HostErrorCode::NotGranted, message)
    }

    /// [`HostErrorCode::Backend`].
    pub fn backend(message: impl Into<String>) -> Self {
        Self::new(HostErrorCode::Backend, message)
    }

    /// The same, naming whose component it is about, where it does not: several may have the same.
    pub fn named(self, name: &str) -> Self {
        let is_named = self.message.starts_with(&format!("{name}: "));
        if is_named { self } else { Self::new(self.code, format!("{name}: {}", self.message)) }
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl core::error::Error for HostError {}
