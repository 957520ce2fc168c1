//! What every host of Busbar does the same way, whatever engine its drivers run in: board files, grants, verdicts and their
//! sentences, buses, locks, simulated devices, and what is told of all that. Nothing here knows an engine.
//!
//! Without the feature `std` it is what a host without an operating system needs of that: how calls are judged, what drivers may
//! answer, and what is told, in the words of all hosts.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

/// What tests/support has is used by the unit tests, too.
#[cfg(test)]
extern crate self as busbar_core;

pub mod back_off;
pub mod board;
pub mod bus;
pub mod clock;
pub mod device;
pub mod error;
pub mod failure;
pub mod grants;
pub mod guest_end;
pub mod leb128;
pub mod link;
pub mod locked;
pub mod text;
pub mod trace;

#[cfg(feature = "std")]
pub mod app;
#[cfg(feature = "std")]
pub mod bridge;
#[cfg(feature = "std")]
pub mod cache;
#[cfg(feature = "std")]
pub mod callable;
#[cfg(feature = "std")]
pub mod components;
#[cfg(feature = "std")]
mod device_file;
#[cfg(feature = "std")]
pub mod digest;
#[cfg(feature = "std")]
pub mod drivers;
#[cfg(feature = "std")]
pub mod end_of_life;
#[cfg(feature = "std")]
pub mod finding;
#[cfg(feature = "std")]
pub mod folder;
#[cfg(feature = "std")]
pub mod locks;
#[cfg(feature = "std")]
pub mod models;
#[cfg(feature = "std")]
pub mod regular_file;
#[cfg(feature = "std")]
pub mod simulate;
#[cfg(feature = "std")]
pub mod slab;
#[cfg(feature = "std")]
pub mod supervisor;
#[cfg(feature = "std")]
pub mod system_error;
#[cfg(feature = "std")]
pub mod turns;
#[cfg(feature = "std")]
pub mod wait;
