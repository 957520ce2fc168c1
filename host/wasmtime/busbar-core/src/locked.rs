//! Locking a mutex, whatever became of those who had it before. Without an operating system it is one that nobody waits for:
//! there is one thread.

#[cfg(not(feature = "std"))]
pub use spin::{Mutex, MutexGuard};
#[cfg(feature = "std")]
pub use std::sync::{Mutex, MutexGuard};

/// What a mutex holds, also where somebody panicked while holding it: nothing here leaves a half-done change behind.
#[cfg(feature = "std")]
pub fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What a mutex holds.
#[cfg(not(feature = "std"))]
pub fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock()
}
