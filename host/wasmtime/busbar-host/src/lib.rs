//! Runs Busbar's driver components on Wasmtime: the same board files, grants, errors and audit as the host for Node.

pub mod address_space;
pub mod app;
mod bindings;
pub mod board;
mod bridge;
pub mod bundle;
pub mod cache;
pub mod components;
pub mod device;
pub mod engine;
pub mod instance;
mod interfaces;
pub mod models;
mod open_board;
#[cfg(feature = "streams")]
pub mod streams;
pub mod update;

pub use busbar_core::{
    bus, clock, digest, error, finding, folder, grants, link, locked, locks, regular_file, simulate, system_error,
    text, trace, wait,
};
pub use open_board::{OpenBoard, OpenOptions};
