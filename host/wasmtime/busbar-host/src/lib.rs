//! Runs Busbar's driver components on Wasmtime: the same board files, grants, errors and audit as the host for Node.

/// What tests/support has is used by the unit tests, too.
#[cfg(test)]
extern crate self as busbar_host;

mod bindings;
pub mod board;
pub mod clock;
pub mod components;
pub mod device;
pub mod engine;
pub mod error;
pub mod grants;
pub mod i2c;
pub mod instance;
mod interfaces;
pub mod link;
pub mod locks;
mod open_board;
pub mod simulate;
pub mod text;
pub mod trace;
pub mod usb;

pub use open_board::{OpenBoard, OpenOptions};
