//! Components: found where the board names them, as machine code, and checked against what the board grants.

mod driver;
mod resolve;
mod source;

pub use driver::{Driver, read_component};
pub use resolve::resolve_component;
pub use source::{Compile, ComponentSource, InstalledComponents, LoadedComponent};
