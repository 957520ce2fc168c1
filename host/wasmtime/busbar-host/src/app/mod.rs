//! Apps: programs that use the devices of a board by name, and nothing else of the machine but what their entry grants.

mod board;
mod context;
mod devices;
mod driven;
mod linker;
mod run;
mod usb;
mod wasi;

pub use busbar_core::failure::{AppError, AppFailure};
pub use driven::{DeviceQuotas, OpenDeviceBus};
pub use run::{App, AppSurroundings, Ended, OpenFolder, RunOptions};
pub use usb::DrivenUsb;
pub use wasi::{Readiness, TakeInput, TakeOutput, Waiting};
