//! Apps: programs that use the devices of a board by name, and nothing else of the machine but what their entry grants.

mod board;
mod context;
mod devices;
mod linker;
mod run;
mod wasi;

pub use busbar_core::app::{
    DeviceQuotas, DrivenUsb, Ended, OpenDeviceBuses, Readiness, RunOptions, RunsApps, TakeInput, TakeOutput, Waiting,
};
pub use busbar_core::failure::{AppError, AppFailure};
pub use run::{App, AppSurroundings, OpenFolder};
