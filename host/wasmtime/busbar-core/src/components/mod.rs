//! Components: found where the board names them, and read as far as no engine is needed.

mod component_file;
mod resolve;

pub use component_file::{ComponentFile, LONGEST_COMPONENT, require_component};
pub use resolve::{FoundComponent, absolute_path, find_component, resolve_component};
