use crate::trap::Trap;
use core::time::Duration;

/// What the imports of a guest work with.
pub trait Waits: 'static {
    /// Waits for at least so long, as a part of the current call, whose limit ends it.
    ///
    /// # Errors
    ///
    /// [`Trap::Ended`] as soon as the guest is told to end.
    fn sleep(&self, duration: Duration) -> Result<(), Trap>;
}
