//! Runs Busbar's driver components on WAMR, flattened to core modules: the same board files, grants, errors and audit as the
//! other hosts, in a tenth of the memory.
//!
//! Without the feature `std` it is the part that needs no operating system: no files, no threads, and one pool of memory that
//! the caller gives.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod abi;
pub mod component;
pub mod device;
pub mod engine;
pub mod flattened;
pub mod interfaces;
mod trap;

#[cfg(feature = "std")]
pub mod app;
#[cfg(feature = "std")]
pub mod board;
#[cfg(feature = "std")]
pub mod components;
#[cfg(feature = "std")]
pub mod instance;
#[cfg(feature = "std")]
pub mod models;
#[cfg(feature = "std")]
mod open_board;

#[cfg(feature = "std")]
pub use open_board::{OpenBoard, OpenOptions};
pub use trap::Trap;
