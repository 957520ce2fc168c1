//! Apps on the library: those of the workspace, and small ones in WebAssembly text that do what no author would.

mod fixture;
mod guests;
#[path = "../support/guests.rs"]
mod support;

mod forms;
mod forwarding;
mod workspace;
