//! WASI 0.2 for an app, as narrow as on the other hosts: what it prints and reads, its arguments, the time, random numbers, and one
//! folder. Nothing of the machine's own. What takes time is waited for in the app's thread.

mod cli;
mod clocks;
mod filesystem;
mod io;
mod random;

use super::context::AppState;
use crate::component::HostFunction;

/// All functions of it that there are.
pub fn functions() -> Vec<HostFunction<AppState>> {
    let parts = [cli::functions(), clocks::functions(), filesystem::functions(), io::functions(), random::functions()];
    parts.into_iter().flatten().collect()
}
