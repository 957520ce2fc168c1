//! wasi:filesystem: the one folder that the board gives an app, if any, and nothing beside it.

mod descriptor;
mod entries;

pub use descriptor::Descriptor;
pub use entries::DirectoryEntryStream;

use super::bindings::wasi::filesystem::preopens;
use super::bindings::wasi::filesystem::types::{self, ErrorCode};
use super::failure::{FilesystemFailure, IoFailure};
use crate::app::context::AppState;
use wasmtime::Result;
use wasmtime::component::Resource;

impl preopens::Host for AppState {
    fn get_directories(&mut self) -> Result<Vec<(Resource<Descriptor>, String)>> {
        let Some(folder) = self.folder.clone() else { return Ok(Vec::new()) };
        Ok(vec![(self.table.push(Descriptor::root(folder))?, "/".to_owned())])
    }
}

impl types::Host for AppState {
    fn filesystem_error_code(&mut self, failure: Resource<IoFailure>) -> Result<Option<ErrorCode>> {
        Ok(Some(self.table.get(&failure)?.0))
    }

    fn convert_error_code(&mut self, failure: FilesystemFailure) -> Result<ErrorCode> {
        match failure {
            FilesystemFailure::Code(code) => Ok(code),
            FilesystemFailure::Trap(error) => Err(error),
        }
    }
}
