//! Flattened components: one core module each, with a description of what the component was (docs/flattened.md). Made ahead of
//! time by `busbar flatten`, for WAMR loads no components.

mod module;
mod read_interface;
#[cfg(feature = "std")]
mod read_module;
mod types;

pub use module::{CoreFunction, Flattened};
pub use read_interface::read_interface;
pub use types::{DefinedType, FunctionType, Interface, Place, Resource, ValueType};
