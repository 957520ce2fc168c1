//! What is kept on disk between runs, as the host for Node keeps it (host/node/src/cache): whole and unchanged, or not at all.

mod code_store;

pub use busbar_core::cache::{
    CachePlace, CheckedFiles, Environment, cache_places, others_could_write, sync_folder, temporary_name,
    write_output_file, write_whole,
};
pub use code_store::{CodeStore, code_key};
