//! How commands run the apps of a board: side by side, once or again and again, and where what they print goes.

mod keep;
mod line_buffer;
mod printer;
mod printing;
mod program_input;
mod runs;

pub use keep::{AppState, CaresForApps, keep_apps};
pub use runs::{AppRuns, Once, run_apps_once};
