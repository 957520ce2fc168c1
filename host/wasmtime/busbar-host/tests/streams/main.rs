//! Sensors that send readings by themselves: a driver of the workspace, with a simulated chip.
#![cfg(feature = "streams")]

mod chip;
mod fixture;
#[path = "../support/workspace.rs"]
#[allow(dead_code)]
mod workspace_files;

mod endings;
mod program;
mod readings;
