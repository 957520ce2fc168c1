//! Apps: programs that use the devices of a board by name, and nothing else of the machine but what their entry grants. Each runs in
//! a thread of its own, and waits there.

mod board;
mod context;
mod devices;
mod run;
mod wasi;

pub use run::{App, AppSurroundings, OpenFolder};

use crate::component::Offered;
use crate::interfaces::{wasi_i2c, with_system};
use context::AppState;

/// All functions that an app can be given.
pub fn app_functions() -> Vec<Offered<'static, AppState>> {
    let buses = wasi_i2c::functions().into_iter().chain(board::functions());
    let others = devices::functions().into_iter().chain(wasi::functions());
    with_system(buses.collect(), others.collect())
}
