//! A folder of this machine for an app: nothing outside of it can be reached, whatever links there are in it. Each part of a
//! path is opened by itself and is a folder, not a link to one.

mod entries;
mod error;
mod file;
mod guard;
mod stat;
mod system;

pub use entries::{FolderEntries, FolderEntry};
pub use error::FolderError;
pub use file::FolderFile;
pub use guard::FolderGuard;
pub use stat::{FileType, FolderStat, FolderTime};

use crate::board::FolderGrant;
use crate::error::HostError;
use crate::system_error::error_name;
use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileUse {
    pub read: bool,
    pub write: bool,
    pub create: Creation,
    /// Whether what is in it goes.
    pub truncate: bool,
}

/// Whether a file that is opened is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    /// It has to be there.
    Never,
    IfMissing,
    /// It must not be there.
    New,
}

/// An opened folder. The paths of its methods are lists of names, without "." and "..".
#[derive(Debug)]
pub struct Folder {
    descriptor: OwnedFd,
}

impl Folder {
    /// Opens the folder of a grant; makes it where it is missing and the grant is for writing.
    ///
    /// # Errors
    ///
    /// [`HostError`] with code "backend" where it cannot be opened.
    pub fn open(path: &Path, grant: &FolderGrant) -> Result<Self, HostError> {
        let opened = || {
            if grant.write && !path.try_exists()? {
                fs::create_dir(path)?;
            }
            // Links that the operator has in the path are the operator's; inside of it none is followed.
            system::open_folder(&fs::canonicalize(path)?)
        };
        let descriptor = opened().map_err(|cause: io::Error| {
            let advice = if cause.kind() == io::ErrorKind::NotFound {
                "make it, or name another"
            } else {
                "name another folder"
            };
            let code = error_name(&cause);
            HostError::backend(format!("the folder {} cannot be opened ({code}); {advice}.", path.display()))
        })?;
        Ok(Self { descriptor })
    }

    /// What is known of a file or folder; of a link, of itself.
    ///
    /// # Errors
    ///
    /// What the system answers.
    pub fn stat(&self, names: &[String]) -> Result<FolderStat, FolderError> {
        if names.is_empty() {
            return Ok(system::stat(self.descriptor.as_fd())?);
        }
        self.in_parent(names, |parent, name| Ok(system::stat_at(parent, name)?))
    }

    /// Begins to list a folder.
    ///
    /// # Errors
    ///
    /// What the system answers.
    pub fn list(&self, names: &[String]) -> Result<FolderEntries, FolderError> {
        // Opened again, so that two lists of one folder have two places in it.
        if names.is_empty() {
            return FolderEntries::of(system::open_folder_at(self.descriptor.as_fd(), ".")?);
        }
        self.in_parent(names, |parent, name| FolderEntries::of(system::open_folder_at(parent, name)?))
    }

    /// Makes a folder.
    ///
    /// # Errors
    ///
    /// What the system answers.
    pub fn create_directory(&self, names: &[String]) -> Result<(), FolderError> {
        self.in_parent(names, |parent, name| Ok(system::create_directory_at(parent, name)?))
    }

    /// Opens a file.
    ///
    /// # Errors
    ///
    /// What the system answers; `is-directory` for a folder, `invalid` for what is no file either, `loop` for a link.
    pub fn open_file(&self, names: &[String], file_use: FileUse) -> Result<FolderFile, FolderError> {
        let file = self.in_parent(names, |parent, name| Ok(system::open_file_at(parent, name, file_use)?))?;
        let found = system::stat(file.as_fd())?;
        match found.file_type {
            FileType::RegularFile => {}
            FileType::Directory => return Err(FolderError::IsDirectory),
            _ => return Err(FolderError::Invalid),
        }
        let file = FolderFile::of(file);
        // Only now: what is no file must not be touched.
        if file_use.truncate {
            file.set_size(0)?;
        }
        Ok(file)
    }

    /// Takes a file, or a link, away.
    ///
    /// # Errors
    ///
    /// What the system answers; `is-directory` for a folder.
    pub fn remove_file(&self, names: &[String]) -> Result<(), FolderError> {
        self.in_parent(names, |parent, name| {
            // Some systems take a folder away this way, and others say EPERM.
            if system::stat_at(parent, name)?.file_type == FileType::Directory {
                return Err(FolderError::IsDirectory);
            }
            Ok(system::remove_file_at(parent, name)?)
        })
    }

    /// Takes an empty folder away.
    ///
    /// # Errors
    ///
    /// What the system answers.
    pub fn remove_directory(&self, names: &[String]) -> Result<(), FolderError> {
        self.in_parent(names, |parent, name| Ok(system::remove_directory_at(parent, name)?))
    }

    /// Gives a file or folder another name; what has that name already goes.
    ///
    /// # Errors
    ///
    /// What the system answers.
    pub fn rename(&self, from: &[String], to: &[String]) -> Result<(), FolderError> {
        self.in_parent(from, |old_parent, old_name| {
            self.in_parent(to, |parent, name| Ok(system::rename_at(old_parent, old_name, parent, name)?))
        })
    }

    /// Dates a file or folder.
    ///
    /// # Errors
    ///
    /// What the system answers; `loop` for a link.
    pub fn set_times(&self, names: &[String], accessed: FolderTime, modified: FolderTime) -> Result<(), FolderError> {
        self.in_parent(names, |parent, name| {
            if system::stat_at(parent, name)?.file_type == FileType::SymbolicLink {
                return Err(FolderError::Loop);
            }
            Ok(system::set_times_at(parent, name, accessed, modified)?)
        })
    }

    /// Opens the folders on the way one by one, and gives `work` the last of them, and the name in it.
    fn in_parent<T>(
        &self,
        names: &[String],
        work: impl FnOnce(BorrowedFd<'_>, &str) -> Result<T, FolderError>,
    ) -> Result<T, FolderError> {
        let Some((last, way)) = names.split_last() else { return Err(FolderError::Invalid) };
        let mut opened: Option<OwnedFd> = None;
        for name in way {
            let parent = opened.as_ref().unwrap_or(&self.descriptor);
            opened = Some(system::open_folder_at(parent.as_fd(), name)?);
        }
        work(opened.as_ref().unwrap_or(&self.descriptor).as_fd(), last)
    }
}
