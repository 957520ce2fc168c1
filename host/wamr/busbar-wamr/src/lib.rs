//! Runs Busbar's driver components on WAMR, flattened to core modules: the same board files, grants, errors and audit as the
//! other hosts, in a tenth of the memory.

pub mod abi;
pub mod app;
pub mod component;
pub mod components;
pub mod device;
pub mod engine;
pub mod flattened;
pub mod instance;
mod interfaces;
pub mod models;
mod open_board;
mod trap;

pub use open_board::{OpenBoard, OpenOptions};
pub use trap::Trap;
