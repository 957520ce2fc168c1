//! Components: found where the board names them, as machine code, and checked against what the board grants.

mod driver;
mod resolve;
mod source;

pub use crate::interfaces::component_usb::{TransferShape, shape_of};
pub use driver::{Driver, read_component};
pub(crate) use driver::{limited_store, memory_needed, start_failure};
pub(crate) use resolve::absolute;
pub use resolve::resolve_component;
pub use source::{Compile, ComponentCode, ComponentSource, InstalledComponents, LoadedComponent, NoCompiler};
