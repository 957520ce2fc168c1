//! Flattened components: found beside what the board names, checked against what the board grants, and what they export.

mod compile;
mod device_exports;
mod driver;
mod find;
mod summary;

pub use compile::compile_flattened;
pub use device_exports::DeviceExports;
pub use driver::Driver;
pub(crate) use driver::unlinked;
pub use find::{FlattenedFile, beside, cache_folders, files_of, find_flattened, find_to_interpret, name_of_component};
pub use summary::{FlattenedSummary, summarize_flattened};
