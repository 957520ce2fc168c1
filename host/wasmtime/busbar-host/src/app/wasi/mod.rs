//! WASI 0.2 for an app, as narrow as on the host for Node: what it prints and reads, its arguments, the time, random numbers,
//! and one folder. Nothing of the machine's own.

pub mod bindings;
pub mod cli;
mod clocks;
mod failure;
pub mod filesystem;
mod poll;
mod random;
mod streams;
