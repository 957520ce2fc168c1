//! A board with the machine code of all that it takes in one folder, made where there is a compiler. The layout is that of
//! the host for Node (host/node/src/bundle), whose bundles can have this code too.

mod folder;
mod lock;

pub use folder::{Bundle, is_bundle};
pub use lock::{BOARD_NAME, BundleLock, CODE_FOLDER, FORMAT, LOCK_NAME, NativeCode, platform_of};
