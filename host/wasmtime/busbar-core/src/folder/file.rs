use super::error::FolderError;
use super::stat::{FolderStat, FolderTime};
use super::system;
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt;

/// An opened file of a folder.
#[derive(Debug)]
pub struct FolderFile {
    file: File,
}

impl FolderFile {
    pub(super) fn of(descriptor: OwnedFd) -> Self {
        Self { file: descriptor.into() }
    }

    /// Up to so many bytes from a place on; none at the end.
    ///
    /// # Errors
    ///
    /// What the system answers.
    pub fn read(&self, length: usize, offset: u64) -> Result<Vec<u8>, FolderError> {
        let mut bytes = vec![0; length];
        let read = self.file.read_at(&mut bytes, offset)?;
        bytes.truncate(read);
        Ok(bytes)
    }

    /// Gives how many bytes were written.
    ///
    /// # Errors
    ///
    /// What the system answers.
    pub fn write(&self, data: &[u8], offset: u64) -> Result<usize, FolderError> {
        Ok(self.file.write_at(data, offset)?)
    }

    /// Cuts it off, or fills it up with zeroes.
    ///
    /// # Errors
    ///
    /// What the system answers.
    pub fn set_size(&self, size: u64) -> Result<(), FolderError> {
        Ok(self.file.set_len(size)?)
    }

    /// Dates it.
    ///
    /// # Errors
    ///
    /// What the system answers.
    pub fn set_times(&self, accessed: FolderTime, modified: FolderTime) -> Result<(), FolderError> {
        Ok(system::set_times(self.file.as_fd(), accessed, modified)?)
    }

    /// Waits until what was written is on the disk.
    ///
    /// # Errors
    ///
    /// What the system answers.
    pub fn sync(&self) -> Result<(), FolderError> {
        Ok(self.file.sync_all()?)
    }

    /// What is known of it.
    ///
    /// # Errors
    ///
    /// What the system answers.
    pub fn stat(&self) -> Result<FolderStat, FolderError> {
        Ok(system::stat(self.file.as_fd())?)
    }
}
