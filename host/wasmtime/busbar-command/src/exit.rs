//! How the command can end: the same codes and names as those of the command for Node.

use busbar_core::device::{DeviceError, DeviceErrorCode};
use busbar_core::error::{HostError, HostErrorCode};
use busbar_core::failure::{AppError, AppFailure, BoardFailure, CallFailure, ReturnedError};
use std::fmt;

/// Each code, its name in JSON, and what it means to a person.
pub const EXIT_CODES: [(u8, &str, &str); 9] = [
    (0, "ok", "done"),
    (1, "unexpected", "a bug in busbar"),
    (2, "usage", "wrong command, option or argument"),
    (3, "board", "the board file is missing, malformed, or contradicts itself"),
    (4, "component", "a driver is not found, is no driver component, or does not build or start"),
    (5, "not-granted", "a driver imports something that the board does not grant"),
    (6, "backend", "this machine lacks something or refuses it: a bus, a permission, a module"),
    (7, "device", "a device or its driver reported an error"),
    (8, "app", "an app ended with an error"),
];

/// Why a command, or a part of it, failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Wrong use of the command.
    Usage(String),
    /// Something that a person has to change, or what a device answered.
    Board(BoardFailure),
    /// An app ended by itself, and not well.
    App(AppError),
    /// What a component of others returned.
    Returned(ReturnedError),
    /// An entry of an edited board was tried, and is not taken: what its driver answered.
    Tried(DeviceError),
}

impl Failure {
    /// The exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Board(BoardFailure::Host(error)) => error.code.exit_code(),
            Self::Board(BoardFailure::Device(_)) | Self::Returned(_) => 7,
            Self::App(_) => 8,
            Self::Tried(_) => 3,
        }
    }

    /// The name of the exit code: `code` of an error in JSON.
    pub fn name(&self) -> &'static str {
        EXIT_CODES[usize::from(self.exit_code())].1
    }

    /// Whether it can go away by itself, where the device has not worked yet: a bus that is missing, a device that does not
    /// answer, a driver that trapped.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Usage(_) => false,
            Self::App(_) | Self::Returned(_) | Self::Tried(_) => true,
            Self::Board(BoardFailure::Host(error)) => error.code == HostErrorCode::Backend,
            Self::Board(BoardFailure::Device(error)) => error.code != DeviceErrorCode::InvalidArgument,
        }
    }
}

impl fmt::Display for Failure {
    /// One sentence that says what to do.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) => formatter.write_str(message),
            Self::App(error) => error.fmt(formatter),
            Self::Returned(error) => error.fmt(formatter),
            Self::Board(BoardFailure::Host(error)) => error.fmt(formatter),
            Self::Board(BoardFailure::Device(error)) | Self::Tried(error) => match error.code {
                DeviceErrorCode::Bus(kind) => {
                    write!(formatter, "{}: {}: {}.", error.device, error.message, crate::bus_fault::advice(kind))
                }
                _ => error.fmt(formatter),
            },
        }
    }
}

impl From<BoardFailure> for Failure {
    fn from(failure: BoardFailure) -> Self {
        Self::Board(failure)
    }
}

impl From<CallFailure> for Failure {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::Board(failure) => failure.into(),
            CallFailure::Returned(error) => Self::Returned(error),
        }
    }
}

impl From<AppFailure> for Failure {
    fn from(failure: AppFailure) -> Self {
        match failure {
            AppFailure::Host(error) => error.into(),
            AppFailure::App(error) => Self::App(error),
        }
    }
}

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        Self::Board(error.into())
    }
}
