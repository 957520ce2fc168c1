//! Components: found where the board names them, as machine code, and checked against what the board grants.

mod driver;
mod inspect;
mod source;

pub use crate::interfaces::component_usb::{TransferShape, shape_of};
pub use busbar_core::components::{ComponentFile, absolute_path, find_component, resolve_component};
pub use driver::Driver;
pub(crate) use driver::limited_store;
pub use inspect::summarize_component;
pub use source::{Compile, ComponentCode, ComponentSource, InstalledComponents, LoadedComponent, NoCompiler};
