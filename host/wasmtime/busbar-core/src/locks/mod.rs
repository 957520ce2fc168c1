//! What keeps two processes from one target. The files and what they say are those of the host for Node
//! (host/node/src/locks), so that a process of either keeps out one of the other, and tells whose it is.

mod device_locks;
mod lock_file;
mod record;
#[cfg(test)]
mod tests;

pub use device_locks::{DeviceLock, DeviceLocks, Holder};
pub use record::{DetachedDriver, LockUse};
