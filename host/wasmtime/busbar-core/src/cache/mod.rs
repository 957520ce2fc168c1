//! What is kept on disk between runs, as the host for Node keeps it (host/node/src/cache): whole and unchanged, or not at all.

mod checked_files;
mod code_files;
mod place;
mod whole_file;

pub use checked_files::CheckedFiles;
pub use code_files::{CodeFiles, CodeKind, OnProblem};
pub use place::{CachePlace, Environment, PlaceState, cache_places, is_own, others_could_write};
pub use whole_file::{is_temporary, sync_folder, temporary_name, write_output_file, write_whole};
