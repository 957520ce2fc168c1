pub mod call;
pub mod doctor;
pub mod inspect;
pub mod read;
pub mod run;
pub mod status;
pub mod watch;

use crate::output::OutputOptions;

/// What the commands that run a board have in common.
#[derive(Debug, Clone, Default)]
pub struct BoardOptions {
    /// The board file, or the folder of a bundle.
    pub path: String,
    pub output: OutputOptions,
    /// Whether no entry is enforced.
    pub complain: bool,
    /// The SHA-256 that the lock of the bundle must have.
    pub lock: Option<String>,
}
