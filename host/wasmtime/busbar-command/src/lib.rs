//! What the commands of all hosts in Rust have in common: how they print, fail and end. Nothing here knows an engine.

pub mod apps;
pub mod arguments;
mod audit;
pub mod board;
pub mod bus_fault;
pub mod call;
mod catch_up;
pub mod compiling;
pub mod component_file;
pub mod doctor;
pub mod exit;
mod i2c_functions;
pub mod inspect;
mod kept_sensor;
pub mod output;
mod presence;
pub mod read;
mod read_once;
pub mod readings;
mod recovery;
pub mod scan;
pub mod stop;
mod watch_lines;

pub use catch_up::CatchUp;
pub use kept_sensor::{Attempt, Kept, keep_reading};
pub use read_once::read_once;
pub use recovery::Recoveries;
pub use watch_lines::{WatchLines, local_time};
