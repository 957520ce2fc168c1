use super::descriptor::type_of;
use crate::app::context::AppState;
use crate::app::wasi::bindings::wasi::filesystem::types::{DirectoryEntry, HostDirectoryEntryStream};
use crate::app::wasi::failure::FilesystemFailure;
use crate::folder::FolderEntries;
use busbar_core::app::Opened;
use wasmtime::component::Resource;

/// wasi:filesystem/types `directory-entry-stream`.
pub struct DirectoryEntryStream(pub Opened<FolderEntries>);

impl HostDirectoryEntryStream for AppState {
    fn read_directory_entry(
        &mut self,
        stream: Resource<DirectoryEntryStream>,
    ) -> Result<Option<DirectoryEntry>, FilesystemFailure> {
        let entry = self.table.get_mut(&stream)?.0.next_entry()?;
        Ok(entry.map(|entry| DirectoryEntry { type_: type_of(entry.file_type), name: entry.name }))
    }

    fn drop(&mut self, stream: Resource<DirectoryEntryStream>) -> wasmtime::Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}
