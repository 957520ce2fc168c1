//! Sensors that send readings by themselves: a driver of the workspace, with a simulated chip.
#![cfg(feature = "streams")]

mod chip;
mod fixture;
#[path = "../support/guests.rs"]
mod support;

mod endings;
mod program;
mod readings;
