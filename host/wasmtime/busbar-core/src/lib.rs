//! What every host of Busbar does the same way, whatever engine its drivers run in: board files, grants, verdicts and their
//! sentences, buses, locks, simulated devices, and what is told of all that. Nothing here knows an engine.

/// What tests/support has is used by the unit tests, too.
#[cfg(test)]
extern crate self as busbar_core;

pub mod app;
pub mod back_off;
pub mod board;
pub mod cache;
pub mod clock;
pub mod components;
pub mod device;
mod device_file;
pub mod digest;
pub mod drivers;
pub mod end_of_life;
pub mod error;
pub mod failure;
pub mod finding;
pub mod folder;
pub mod grants;
pub mod guest_end;
pub mod i2c;
pub mod i2c_access;
pub mod link;
pub mod locked;
pub mod locks;
pub mod models;
pub mod regular_file;
pub mod simulate;
pub mod supervisor;
pub mod system_error;
pub mod text;
pub mod trace;
pub mod turns;
pub mod usb;
pub mod wait;
