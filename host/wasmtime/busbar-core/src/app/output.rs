//! Where an app's output streams write to.

use super::readiness::{Readiness, Waiting};
use crate::folder::FolderError;
use std::sync::Arc;

/// Takes what an app prints.
pub trait TakeOutput: Readiness {
    /// Takes bytes at once. While it is not ready for more, the app waits before it prints more: what nobody reads must not
    /// be kept without end.
    fn take(&self, bytes: &[u8]);
}

/// A place for bytes.
pub trait Outlet: Readiness {
    /// Writes at once.
    ///
    /// # Errors
    ///
    /// Where it is a file: why it cannot be written.
    fn write(&self, bytes: &[u8]) -> Result<(), FolderError>;
}

/// What the program that runs the app takes of what it prints.
pub struct ProgramOutlet(pub Arc<dyn TakeOutput>);

impl Readiness for ProgramOutlet {
    fn is_ready(&self) -> bool {
        self.0.is_ready()
    }

    fn ready(&self) -> Waiting<'_> {
        self.0.ready()
    }
}

impl Outlet for ProgramOutlet {
    fn write(&self, bytes: &[u8]) -> Result<(), FolderError> {
        self.0.take(bytes);
        Ok(())
    }
}
