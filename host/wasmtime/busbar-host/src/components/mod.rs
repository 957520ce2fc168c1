//! The components that a board names: where they are, what they import and export, and the code made of them.

mod compiled;
mod driver;
mod resolve;

pub use compiled::{CodeStore, code_key};
pub use driver::{Compile, Driver, LoadedComponent, read_component};
pub(crate) use driver::{limited_store, memory_needed, start_failure};
pub use resolve::resolve_component;
pub(crate) use resolve::{absolute, manifest_of};
