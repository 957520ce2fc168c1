use crate::trap::Trap;
use std::time::Duration;

/// What the imports of a guest work with, in its thread.
pub trait Waits: 'static {
    /// Waits as a part of the current call.
    ///
    /// # Errors
    ///
    /// [`Trap::Ended`] as soon as the guest is told to end.
    fn sleep(&self, duration: Duration) -> Result<(), Trap>;
}
