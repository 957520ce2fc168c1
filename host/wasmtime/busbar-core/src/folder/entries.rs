use super::error::FolderError;
use super::stat::FileType;
use super::system::Directory;
use std::os::fd::OwnedFd;

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderEntry {
    pub file_type: FileType,
    pub name: String,
}

/// A folder that is listed, name by name, without "." and "..".
#[derive(Debug)]
pub struct FolderEntries {
    directory: Directory,
}

impl FolderEntries {
    pub(super) fn of(descriptor: OwnedFd) -> Result<Self, FolderError> {
        Ok(Self { directory: Directory::of(descriptor)? })
    }

    /// The next one; none at the end.
    ///
    /// # Errors
    ///
    /// What the system answers.
    pub fn next_entry(&mut self) -> Result<Option<FolderEntry>, FolderError> {
        loop {
            match self.directory.read()? {
                Some(entry) if entry.name == "." || entry.name == ".." => {}
                entry => return Ok(entry),
            }
        }
    }
}
