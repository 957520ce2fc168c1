//! A file of an app's folder as a place to read from and write to.

use super::granted_folder::{GrantedFolder, Opened};
use super::input::Inlet;
use super::output::Outlet;
use super::readiness::{Readiness, Waiting};
use crate::folder::{FolderError, FolderFile};
use crate::locked::locked;
use std::sync::{Arc, Mutex};

/// The largest offset, and the largest size: what the host for Node can count.
const LARGEST: u64 = (1 << 53) - 1;

/// A file that is open, and for what.
pub struct OpenFile {
    pub file: Opened<FolderFile>,
    pub folder: Arc<GrantedFolder>,
    pub read: bool,
    pub write: bool,
}

impl OpenFile {
    /// Writes what fits into one call, within the quota.
    ///
    /// # Errors
    ///
    /// `quota`, and what the system answers.
    pub fn write(&self, data: &[u8], offset: u64) -> Result<usize, FolderError> {
        let offset = position(offset)?;
        self.folder.spend(data.len() as u64)?;
        self.file.write(data, offset)
    }

    /// Writes all of it, and gives where what comes next goes.
    fn write_all(&self, mut data: &[u8], mut offset: u64) -> Result<u64, FolderError> {
        while !data.is_empty() {
            let count = self.write(data, offset)?;
            data = &data[count..];
            offset += count as u64;
        }
        Ok(offset)
    }
}

/// An offset or a size that this host takes.
///
/// # Errors
///
/// `file-too-large`.
pub fn position(bytes: u64) -> Result<u64, FolderError> {
    if bytes > LARGEST { Err(FolderError::FileTooLarge) } else { Ok(bytes) }
}

/// A file that is read from a place on.
pub struct FileInlet {
    file: Arc<OpenFile>,
    offset: Mutex<u64>,
}

impl FileInlet {
    pub fn new(file: Arc<OpenFile>, offset: u64) -> Self {
        Self { file, offset: Mutex::new(offset) }
    }
}

impl Readiness for FileInlet {
    fn is_ready(&self) -> bool {
        true
    }

    fn ready(&self) -> Waiting<'_> {
        Box::pin(std::future::ready(()))
    }
}

impl Inlet for FileInlet {
    fn take(&self, maximum: usize) -> Result<Option<Vec<u8>>, FolderError> {
        let mut offset = locked(&self.offset);
        let bytes = self.file.file.read(maximum, *offset)?;
        *offset += bytes.len() as u64;
        Ok(if bytes.is_empty() && maximum > 0 { None } else { Some(bytes) })
    }
}

/// A file that is written from a place on, or at its end.
pub struct FileOutlet {
    file: Arc<OpenFile>,
    /// None for the end.
    offset: Mutex<Option<u64>>,
}

impl FileOutlet {
    pub fn new(file: Arc<OpenFile>, offset: Option<u64>) -> Self {
        Self { file, offset: Mutex::new(offset) }
    }
}

impl Readiness for FileOutlet {
    fn is_ready(&self) -> bool {
        true
    }

    fn ready(&self) -> Waiting<'_> {
        Box::pin(std::future::ready(()))
    }
}

impl Outlet for FileOutlet {
    fn write(&self, bytes: &[u8]) -> Result<(), FolderError> {
        let mut offset = locked(&self.offset);
        match offset.as_mut() {
            Some(offset) => *offset = self.file.write_all(bytes, *offset)?,
            None => {
                let end = self.file.file.stat()?.size;
                self.file.write_all(bytes, end)?;
            }
        }
        Ok(())
    }
}
