//! The components that a board names: where they are, what they import and export, and the code made of them.

mod compiled;
mod driver;
mod resolve;

pub use crate::interfaces::component_usb::{TransferShape, shape_of};
pub use compiled::{CodeStore, code_key};
pub use driver::{Compile, Driver, LoadedComponent, read_component};
pub use resolve::resolve_component;
