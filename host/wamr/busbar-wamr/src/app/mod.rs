//! Apps: programs that use the devices of a board by name, and nothing else of the machine but what their entry grants. Each runs in
//! a thread of its own, and waits there.

mod board;
mod context;
mod devices;
mod run;
mod wasi;

pub use run::{App, AppSurroundings, OpenFolder};

use crate::component::HostFunction;
use crate::interfaces::wasi_i2c;
use context::AppState;

/// All functions that an app can be given.
pub fn app_functions() -> Vec<HostFunction<AppState>> {
    let buses = wasi_i2c::functions().into_iter().chain(board::functions());
    buses.chain(devices::functions()).chain(wasi::functions()).collect()
}
