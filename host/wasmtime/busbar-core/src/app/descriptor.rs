//! wasi:filesystem/types `descriptor`: a folder, or a file that is read, written or only looked at.

use super::file::{FileInlet, FileOutlet, OpenFile, position};
use super::granted_folder::{GrantedFolder, Opened};
use super::streams::{InputStream, LONGEST_READ, OutputStream};
use crate::folder::{Creation, FileType, FileUse, FolderEntries, FolderError, FolderStat, FolderTime};
use crate::grants::FolderCall;
use std::sync::Arc;
use std::time::Duration;

/// The year 275760: the host for Node knows no later one.
const LATEST_SECOND: u64 = 8_640_000_000_000;

/// See above. The standard's `symlink-follow` has no effect in any method: a link is `loop`, whoever asks.
#[derive(Clone)]
pub struct Descriptor {
    folder: Arc<GrantedFolder>,
    /// Its way from the granted folder.
    names: Vec<String>,
    /// None for a folder.
    open: Option<Arc<OpenFile>>,
}

/// How a path is opened: `open-flags`, and of `descriptor-flags` those that a folder on a device has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opening {
    pub create: bool,
    pub directory: bool,
    pub exclusive: bool,
    pub truncate: bool,
    pub read: bool,
    pub write: bool,
}

/// What may be done with a descriptor: of `descriptor-flags`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DescriptorUse {
    pub read: bool,
    pub write: bool,
    pub mutate_directory: bool,
}

type Answer<T> = Result<T, FolderError>;

impl Descriptor {
    /// Of the granted folder itself.
    pub fn root(folder: Arc<GrantedFolder>) -> Self {
        Self { folder, names: Vec::new(), open: None }
    }

    /// `read-via-stream`.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn read_via_stream(&self, offset: u64) -> Answer<InputStream> {
        Ok(InputStream(Arc::new(FileInlet::new(self.readable()?.clone(), position(offset)?))))
    }

    /// `write-via-stream`, and `append-via-stream` without an offset.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn write_via_stream(&self, offset: Option<u64>) -> Answer<OutputStream> {
        Ok(OutputStream(Arc::new(FileOutlet::new(self.writable()?.clone(), offset))))
    }

    /// `advise`: what a program expects to do changes nothing.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn advise(&self) -> Answer<()> {
        self.file().map(drop)
    }

    /// `get-flags`.
    pub fn flags(&self) -> DescriptorUse {
        match &self.open {
            Some(open) => DescriptorUse { read: open.read, write: open.write, mutate_directory: false },
            None => DescriptorUse { read: true, write: false, mutate_directory: self.folder.may_write() },
        }
    }

    /// `set-size`.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn set_size(&self, size: u64) -> Answer<()> {
        let open = self.writable()?;
        let size = position(size)?;
        open.folder.spend(size.saturating_sub(open.file.stat()?.size))?;
        open.file.set_size(size)
    }

    /// `set-times`. The times are only looked at where the file can be written.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn set_times(&self, times: impl FnOnce() -> Answer<(FolderTime, FolderTime)>) -> Answer<()> {
        let open = self.writable()?;
        let (access, modification) = times()?;
        open.file.set_times(access, modification)
    }

    /// `read`: the bytes, and whether there are no more.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn read(&self, length: u64, offset: u64) -> Answer<(Vec<u8>, bool)> {
        let open = self.readable()?;
        // The cast is exact: it is at most `LONGEST_READ`.
        let maximum = length.min(LONGEST_READ) as usize;
        let bytes = open.file.read(maximum, position(offset)?)?;
        let is_end = bytes.is_empty() && maximum > 0;
        Ok((bytes, is_end))
    }

    /// `write`: how many bytes.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn write(&self, buffer: &[u8], offset: u64) -> Answer<u64> {
        Ok(self.writable()?.write(buffer, offset)? as u64)
    }

    /// `read-directory`.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn entries(&self) -> Answer<Opened<FolderEntries>> {
        if self.open.is_some() {
            return Err(FolderError::NotDirectory);
        }
        self.folder.opened(|folder| folder.list(&self.names))
    }

    /// `sync`, and `sync-data`.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn sync(&self) -> Answer<()> {
        self.open.as_ref().map_or(Ok(()), |open| open.file.sync())
    }

    /// `create-directory-at`.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn create_directory(&self, path: &str) -> Answer<()> {
        let names = self.below("create-directory", FolderCall::CreateDirectory, path)?;
        self.folder.folder().create_directory(&names)
    }

    /// `stat`.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn stat(&self) -> Answer<FolderStat> {
        match &self.open {
            Some(open) => open.file.stat(),
            None => self.folder.folder().stat(&self.names),
        }
    }

    /// `stat-at`.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn stat_at(&self, path: &str) -> Answer<FolderStat> {
        let names = self.below("stat", FolderCall::Stat, path)?;
        self.folder.folder().stat(&names)
    }

    /// `set-times-at`. The times are only looked at where the path is granted.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn set_times_at(&self, path: &str, times: impl FnOnce() -> Answer<(FolderTime, FolderTime)>) -> Answer<()> {
        let names = self.below("change", FolderCall::Change, path)?;
        let (access, modification) = times()?;
        self.folder.folder().set_times(&names, access, modification)
    }

    /// `link-at`, `symlink-at`: made or read, a link is about what may lie outside.
    pub fn refuse_link(&self, path: &str) -> FolderError {
        self.folder.names("link", FolderCall::Link, path).err().unwrap_or(FolderError::NotPermitted)
    }

    /// `open-at`.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn open_at(&self, path: &str, opening: Opening) -> Answer<Self> {
        let Opening { create, directory, exclusive, truncate, read, write } = opening;
        if !directory && (write || create || truncate) {
            let names = self.below("write", FolderCall::Write { create }, path)?;
            let is_new = exclusive || !self.folder.may_overwrite();
            let create = match (create, is_new) {
                (true, true) => Creation::New,
                (true, false) => Creation::IfMissing,
                (false, _) => Creation::Never,
            };
            return self.opened(names, FileUse { read, write: true, create, truncate }, write);
        }
        let names = self.below("read", FolderCall::Read, path)?;
        match self.folder.folder().stat(&names)?.file_type {
            FileType::SymbolicLink => Err(FolderError::Loop),
            FileType::Directory => Ok(Self { folder: self.folder.clone(), names, open: None }),
            _ if directory => Err(FolderError::NotDirectory),
            _ => {
                let file_use = FileUse { read: true, write: false, create: Creation::Never, truncate: false };
                self.opened(names, file_use, false)
            }
        }
    }

    /// `readlink-at`, which never works: a program that resolves a path asks this of each part of it; what is no link is
    /// `invalid` then, as everywhere.
    pub fn read_link(&self, path: &str) -> FolderError {
        let names = match self.below("stat", FolderCall::Stat, path) {
            Ok(names) => names,
            Err(error) => return error,
        };
        match self.folder.folder().stat(&names) {
            Ok(stat) if stat.file_type == FileType::SymbolicLink => self.refuse_link(path),
            Ok(_) => FolderError::Invalid,
            Err(error) => error,
        }
    }

    /// `remove-directory-at`.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn remove_directory(&self, path: &str) -> Answer<()> {
        let names = self.below("change", FolderCall::Change, path)?;
        self.folder.folder().remove_directory(&names)
    }

    /// `rename-at`.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn rename(&self, old_path: &str, other: &Self, new_path: &str) -> Answer<()> {
        let from = self.below("change", FolderCall::Change, old_path)?;
        let to = other.below("change", FolderCall::Change, new_path)?;
        self.folder.folder().rename(&from, &to)
    }

    /// `unlink-file-at`.
    ///
    /// # Errors
    ///
    /// Those of the standard.
    pub fn unlink(&self, path: &str) -> Answer<()> {
        let names = self.below("change", FolderCall::Change, path)?;
        self.folder.folder().remove_file(&names)
    }

    /// `is-same-object`: what is gone is no object; the standard has no error here.
    pub fn is_same(&self, other: &Self) -> bool {
        matches!((self.stat(), other.stat()), (Ok(one), Ok(other)) if one.identity == other.identity)
    }

    fn file(&self) -> Answer<&Arc<OpenFile>> {
        self.open.as_ref().ok_or(FolderError::BadDescriptor)
    }

    fn readable(&self) -> Answer<&Arc<OpenFile>> {
        self.file().ok().filter(|open| open.read).ok_or(FolderError::BadDescriptor)
    }

    fn writable(&self) -> Answer<&Arc<OpenFile>> {
        self.file().ok().filter(|open| open.write).ok_or(FolderError::BadDescriptor)
    }

    /// The way to a path, which is relative to this folder; below a file there is nothing.
    fn below(&self, kind: &str, call: FolderCall, path: &str) -> Answer<Vec<String>> {
        let names = self.folder.names(kind, call, path)?;
        if self.open.is_some() {
            return Err(FolderError::NotDirectory);
        }
        Ok(self.names.iter().cloned().chain(names).collect())
    }

    /// `write` is whether the app asked to write: a file that is only made is opened for writing all the same.
    fn opened(&self, names: Vec<String>, file_use: FileUse, write: bool) -> Answer<Self> {
        let file = self.folder.opened(|folder| folder.open_file(&names, file_use))?;
        let open = OpenFile { file, folder: self.folder.clone(), read: file_use.read, write };
        Ok(Self { folder: self.folder.clone(), names, open: Some(Arc::new(open)) })
    }
}

/// `new-timestamp` with a time since 1970.
///
/// # Errors
///
/// `invalid` for a time that is too late.
pub fn folder_time(seconds: u64, nanoseconds: u32) -> Answer<FolderTime> {
    if seconds > LATEST_SECOND {
        return Err(FolderError::Invalid);
    }
    Ok(FolderTime::At(Duration::from_secs(seconds) + Duration::from_nanos(nanoseconds.into())))
}

/// `metadata-hash-value`, its lower and its upper half: other for another object, and after each change.
pub fn metadata_hash(stat: &FolderStat) -> (u64, u64) {
    let (device, number) = stat.identity;
    let changed_us = u64::try_from(stat.changed.as_micros()).unwrap_or(u64::MAX);
    (hash(&format!("{device} {number}")), (changed_us << 20) ^ stat.size)
}

/// FNV-1a of 64 bits: short texts, nothing secret.
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |value, byte| (value ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
