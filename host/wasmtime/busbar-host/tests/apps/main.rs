//! Apps on the library: those of the workspace, and small ones in WebAssembly text that do what no author would.

#[path = "../support/encode.rs"]
mod encode;
mod fixture;
mod guests;
#[path = "../../../busbar-core/tests/support/printed.rs"]
mod printed;
#[path = "../../../busbar-core/tests/support/station.rs"]
mod station;
#[path = "../support/workspace.rs"]
#[allow(dead_code)]
mod workspace_files;

mod forms;
mod forwarding;
mod judged;
mod updated;
mod waits;
mod workspace;
