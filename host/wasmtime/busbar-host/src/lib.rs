//! Runs Busbar's driver components on Wasmtime: the same board files, grants, errors and audit as the host for Node.

/// What tests/support has is used by the unit tests, too.
#[cfg(test)]
extern crate self as busbar_host;

pub mod address_space;
pub mod app;
mod bindings;
pub mod board;
pub mod bundle;
pub mod cache;
pub mod clock;
pub mod components;
pub mod device;
pub mod digest;
mod drivers;
pub mod engine;
pub mod error;
pub mod folder;
pub mod grants;
pub mod i2c;
pub mod instance;
mod interfaces;
pub mod link;
pub mod locked;
pub mod locks;
pub mod models;
mod open_board;
pub mod regular_file;
pub mod simulate;
#[cfg(feature = "streams")]
pub mod streams;
pub mod system_error;
pub mod text;
pub mod trace;
pub mod update;
pub mod usb;
pub mod wait;

pub use open_board::{OpenBoard, OpenOptions};
