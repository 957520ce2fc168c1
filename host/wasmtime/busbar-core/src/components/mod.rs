//! Components: found where the board names them, and read as far as no engine is needed.

mod component_file;
mod metadata;
mod package;
mod resolve;
mod summary;

pub use component_file::{ComponentFile, LONGEST_COMPONENT, require_component};
pub use metadata::ComponentMetadata;
pub use resolve::{FoundComponent, absolute_path, find_component, resolve_component};
pub use summary::{ComponentSummary, ModuleSummary};
