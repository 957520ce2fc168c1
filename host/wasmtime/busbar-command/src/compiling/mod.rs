//! What the compilers of machine code have in common, and who starts one.

mod allocator;
mod beside;
mod limits;
mod named;

pub use allocator::Talking;
pub use beside::{CompilerBeside, end_with_parent};
pub use limits::{Limits, under_limits};
pub use named::{components_of, models_of};

use busbar_core::text::printable;

/// The most UTF-16 code units of a message.
const LONGEST_MESSAGE: usize = 2_000;
const PREFIX: &str = "busbar: ";

/// A message as it is written on stderr.
pub fn error_line(message: &str) -> String {
    format!("{PREFIX}{}", printable(message, LONGEST_MESSAGE))
}
