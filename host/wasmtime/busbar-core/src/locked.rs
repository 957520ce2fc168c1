//! Locking a mutex, whatever became of those who had it before.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a mutex holds, also where somebody panicked while holding it: nothing here leaves a half-done change behind.
pub fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
