//! What the backends of all buses need of Linux.

mod errno;
mod errno_meaning;
mod files;
mod remedies;
#[cfg(test)]
pub(in crate::bus) mod tests;

pub(in crate::bus) use errno::Errno;
pub(in crate::bus) use errno_meaning::{ErrnoMeaning, known_meaning, meaning_of, means};
#[cfg(test)]
pub(in crate::bus) use files::FileStatus;
pub(in crate::bus) use files::{SystemFiles, ThisMachine, driver_behind, is_container, is_raspberry_pi};
pub(in crate::bus) use remedies::{forbidden, no_permission};
