//! wasi:filesystem/types `descriptor`: a folder, or a file that is read, written or only looked at.

use super::entries::DirectoryEntryStream;
use super::file::{FileInlet, FileOutlet, OpenFile, position};
use super::granted_folder::GrantedFolder;
use crate::app::context::AppState;
use crate::app::wasi::bindings::wasi::filesystem::types::{
    Advice, DescriptorFlags, DescriptorStat, DescriptorType, ErrorCode, HostDescriptor, MetadataHashValue,
    NewTimestamp, OpenFlags, PathFlags,
};
use crate::app::wasi::clocks::datetime;
use crate::app::wasi::failure::FilesystemFailure;
use crate::app::wasi::streams::{InputStream, LONGEST_READ, OutputStream};
use crate::folder::{Creation, FileType, FileUse, FolderStat, FolderTime};
use crate::grants::FolderCall;
use std::sync::Arc;
use std::time::Duration;
use wasmtime::component::Resource;

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

type Answer<T> = Result<T, FilesystemFailure>;

impl Descriptor {
    /// Of the granted folder itself.
    pub fn root(folder: Arc<GrantedFolder>) -> Self {
        Self { folder, names: Vec::new(), open: None }
    }

    fn stat(&self) -> Result<FolderStat, ErrorCode> {
        match &self.open {
            Some(open) => Ok(open.file.stat()?),
            None => Ok(self.folder.folder().stat(&self.names)?),
        }
    }

    fn file(&self) -> Result<&Arc<OpenFile>, ErrorCode> {
        self.open.as_ref().ok_or(ErrorCode::BadDescriptor)
    }

    fn readable(&self) -> Result<&Arc<OpenFile>, ErrorCode> {
        self.file().ok().filter(|open| open.read).ok_or(ErrorCode::BadDescriptor)
    }

    fn writable(&self) -> Result<&Arc<OpenFile>, ErrorCode> {
        self.file().ok().filter(|open| open.write).ok_or(ErrorCode::BadDescriptor)
    }

    /// The way to a path, which is relative to this folder; below a file there is nothing.
    fn below(&self, kind: &str, call: FolderCall, path: &str) -> Result<Vec<String>, ErrorCode> {
        let names = self.folder.names(kind, call, path)?;
        if self.open.is_some() {
            return Err(ErrorCode::NotDirectory);
        }
        Ok(self.names.iter().cloned().chain(names).collect())
    }

    /// Made or read, a link is about what may lie outside.
    fn refuse_link(&self, path: &str) -> ErrorCode {
        self.folder.names("link", FolderCall::Link, path).err().unwrap_or(ErrorCode::NotPermitted)
    }

    fn open_at(&self, path: &str, open: OpenFlags, flags: DescriptorFlags) -> Result<Self, ErrorCode> {
        let create = open.contains(OpenFlags::CREATE);
        let truncate = open.contains(OpenFlags::TRUNCATE);
        let directory = open.contains(OpenFlags::DIRECTORY);
        let (read, write) = (flags.contains(DescriptorFlags::READ), flags.contains(DescriptorFlags::WRITE));
        if !directory && (write || create || truncate) {
            let names = self.below("write", FolderCall::Write { create }, path)?;
            let is_new = open.contains(OpenFlags::EXCLUSIVE) || !self.folder.may_overwrite();
            let create = match (create, is_new) {
                (true, true) => Creation::New,
                (true, false) => Creation::IfMissing,
                (false, _) => Creation::Never,
            };
            return self.opened(names, FileUse { read, write: true, create, truncate }, write);
        }
        let names = self.below("read", FolderCall::Read, path)?;
        match self.folder.folder().stat(&names)?.file_type {
            FileType::SymbolicLink => Err(ErrorCode::Loop),
            FileType::Directory => Ok(Self { folder: self.folder.clone(), names, open: None }),
            _ if directory => Err(ErrorCode::NotDirectory),
            _ => {
                let file_use = FileUse { read: true, write: false, create: Creation::Never, truncate: false };
                self.opened(names, file_use, false)
            }
        }
    }

    /// `write` is whether the app asked to write: a file that is only made is opened for writing all the same.
    fn opened(&self, names: Vec<String>, file_use: FileUse, write: bool) -> Result<Self, ErrorCode> {
        let file = self.folder.opened(|folder| folder.open_file(&names, file_use))?;
        let open = OpenFile { file, folder: self.folder.clone(), read: file_use.read, write };
        Ok(Self { folder: self.folder.clone(), names, open: Some(Arc::new(open)) })
    }
}

impl HostDescriptor for AppState {
    fn read_via_stream(&mut self, descriptor: Resource<Descriptor>, offset: u64) -> Answer<Resource<InputStream>> {
        let file = self.table.get(&descriptor)?.readable()?.clone();
        Ok(self.table.push(InputStream(Arc::new(FileInlet::new(file, position(offset)?))))?)
    }

    fn write_via_stream(&mut self, descriptor: Resource<Descriptor>, offset: u64) -> Answer<Resource<OutputStream>> {
        let file = self.table.get(&descriptor)?.writable()?.clone();
        Ok(self.table.push(OutputStream(Arc::new(FileOutlet::new(file, Some(offset)))))?)
    }

    fn append_via_stream(&mut self, descriptor: Resource<Descriptor>) -> Answer<Resource<OutputStream>> {
        let file = self.table.get(&descriptor)?.writable()?.clone();
        Ok(self.table.push(OutputStream(Arc::new(FileOutlet::new(file, None))))?)
    }

    /// What a program expects to do changes nothing.
    fn advise(&mut self, descriptor: Resource<Descriptor>, _: u64, _: u64, _: Advice) -> Answer<()> {
        self.table.get(&descriptor)?.file()?;
        Ok(())
    }

    fn sync_data(&mut self, descriptor: Resource<Descriptor>) -> Answer<()> {
        self.sync(descriptor)
    }

    fn get_flags(&mut self, descriptor: Resource<Descriptor>) -> Answer<DescriptorFlags> {
        let descriptor = self.table.get(&descriptor)?;
        let when = |is_so: bool, flag| if is_so { flag } else { DescriptorFlags::empty() };
        let flags = match &descriptor.open {
            Some(open) => when(open.read, DescriptorFlags::READ) | when(open.write, DescriptorFlags::WRITE),
            None => DescriptorFlags::READ | when(descriptor.folder.may_write(), DescriptorFlags::MUTATE_DIRECTORY),
        };
        Ok(flags)
    }

    fn get_type(&mut self, descriptor: Resource<Descriptor>) -> Answer<DescriptorType> {
        Ok(type_of(self.table.get(&descriptor)?.stat()?.file_type))
    }

    fn set_size(&mut self, descriptor: Resource<Descriptor>, size: u64) -> Answer<()> {
        let open = self.table.get(&descriptor)?.writable()?;
        let size = position(size)?;
        open.folder.spend(size.saturating_sub(open.file.stat()?.size))?;
        Ok(open.file.set_size(size)?)
    }

    fn set_times(
        &mut self,
        descriptor: Resource<Descriptor>,
        access: NewTimestamp,
        modification: NewTimestamp,
    ) -> Answer<()> {
        let open = self.table.get(&descriptor)?.writable()?;
        Ok(open.file.set_times(folder_time(access)?, folder_time(modification)?)?)
    }

    fn read(&mut self, descriptor: Resource<Descriptor>, length: u64, offset: u64) -> Answer<(Vec<u8>, bool)> {
        let open = self.table.get(&descriptor)?.readable()?;
        // The cast is exact: it is at most `LONGEST_READ`.
        let maximum = length.min(LONGEST_READ) as usize;
        let bytes = open.file.read(maximum, position(offset)?)?;
        let is_end = bytes.is_empty() && maximum > 0;
        Ok((bytes, is_end))
    }

    fn write(&mut self, descriptor: Resource<Descriptor>, buffer: Vec<u8>, offset: u64) -> Answer<u64> {
        Ok(self.table.get(&descriptor)?.writable()?.write(&buffer, offset)? as u64)
    }

    fn read_directory(&mut self, descriptor: Resource<Descriptor>) -> Answer<Resource<DirectoryEntryStream>> {
        let descriptor = self.table.get(&descriptor)?;
        if descriptor.open.is_some() {
            return Err(ErrorCode::NotDirectory.into());
        }
        let entries = descriptor.folder.opened(|folder| folder.list(&descriptor.names))?;
        Ok(self.table.push(DirectoryEntryStream(entries))?)
    }

    fn sync(&mut self, descriptor: Resource<Descriptor>) -> Answer<()> {
        match &self.table.get(&descriptor)?.open {
            Some(open) => Ok(open.file.sync()?),
            None => Ok(()),
        }
    }

    fn create_directory_at(&mut self, descriptor: Resource<Descriptor>, path: String) -> Answer<()> {
        let descriptor = self.table.get(&descriptor)?;
        let names = descriptor.below("create-directory", FolderCall::CreateDirectory, &path)?;
        Ok(descriptor.folder.folder().create_directory(&names)?)
    }

    fn stat(&mut self, descriptor: Resource<Descriptor>) -> Answer<DescriptorStat> {
        Ok(stat_record(&self.table.get(&descriptor)?.stat()?))
    }

    fn stat_at(&mut self, descriptor: Resource<Descriptor>, _: PathFlags, path: String) -> Answer<DescriptorStat> {
        let descriptor = self.table.get(&descriptor)?;
        let names = descriptor.below("stat", FolderCall::Stat, &path)?;
        Ok(stat_record(&descriptor.folder.folder().stat(&names)?))
    }

    fn set_times_at(
        &mut self,
        descriptor: Resource<Descriptor>,
        _: PathFlags,
        path: String,
        access: NewTimestamp,
        modification: NewTimestamp,
    ) -> Answer<()> {
        let descriptor = self.table.get(&descriptor)?;
        let names = descriptor.below("change", FolderCall::Change, &path)?;
        Ok(descriptor.folder.folder().set_times(&names, folder_time(access)?, folder_time(modification)?)?)
    }

    fn link_at(
        &mut self,
        descriptor: Resource<Descriptor>,
        _: PathFlags,
        path: String,
        _: Resource<Descriptor>,
        _: String,
    ) -> Answer<()> {
        Err(self.table.get(&descriptor)?.refuse_link(&path).into())
    }

    fn open_at(
        &mut self,
        descriptor: Resource<Descriptor>,
        _: PathFlags,
        path: String,
        open: OpenFlags,
        flags: DescriptorFlags,
    ) -> Answer<Resource<Descriptor>> {
        let opened = self.table.get(&descriptor)?.open_at(&path, open, flags)?;
        Ok(self.table.push(opened)?)
    }

    /// A program that resolves a path asks this of each part of it; what is no link is `invalid` then, as everywhere.
    fn readlink_at(&mut self, descriptor: Resource<Descriptor>, path: String) -> Answer<String> {
        let descriptor = self.table.get(&descriptor)?;
        let names = descriptor.below("stat", FolderCall::Stat, &path)?;
        if descriptor.folder.folder().stat(&names)?.file_type != FileType::SymbolicLink {
            return Err(ErrorCode::Invalid.into());
        }
        Err(descriptor.refuse_link(&path).into())
    }

    fn remove_directory_at(&mut self, descriptor: Resource<Descriptor>, path: String) -> Answer<()> {
        let descriptor = self.table.get(&descriptor)?;
        let names = descriptor.below("change", FolderCall::Change, &path)?;
        Ok(descriptor.folder.folder().remove_directory(&names)?)
    }

    fn rename_at(
        &mut self,
        descriptor: Resource<Descriptor>,
        old_path: String,
        new_descriptor: Resource<Descriptor>,
        new_path: String,
    ) -> Answer<()> {
        let descriptor = self.table.get(&descriptor)?;
        let from = descriptor.below("change", FolderCall::Change, &old_path)?;
        let to = self.table.get(&new_descriptor)?.below("change", FolderCall::Change, &new_path)?;
        Ok(descriptor.folder.folder().rename(&from, &to)?)
    }

    fn symlink_at(&mut self, descriptor: Resource<Descriptor>, _: String, path: String) -> Answer<()> {
        Err(self.table.get(&descriptor)?.refuse_link(&path).into())
    }

    fn unlink_file_at(&mut self, descriptor: Resource<Descriptor>, path: String) -> Answer<()> {
        let descriptor = self.table.get(&descriptor)?;
        let names = descriptor.below("change", FolderCall::Change, &path)?;
        Ok(descriptor.folder.folder().remove_file(&names)?)
    }

    /// What is gone is no object; the standard has no error here.
    fn is_same_object(
        &mut self,
        descriptor: Resource<Descriptor>,
        other: Resource<Descriptor>,
    ) -> wasmtime::Result<bool> {
        let (one, other) = (self.table.get(&descriptor)?.stat(), self.table.get(&other)?.stat());
        Ok(matches!((one, other), (Ok(one), Ok(other)) if one.identity == other.identity))
    }

    fn metadata_hash(&mut self, descriptor: Resource<Descriptor>) -> Answer<MetadataHashValue> {
        Ok(metadata_hash(&self.table.get(&descriptor)?.stat()?))
    }

    fn metadata_hash_at(
        &mut self,
        descriptor: Resource<Descriptor>,
        _: PathFlags,
        path: String,
    ) -> Answer<MetadataHashValue> {
        let descriptor = self.table.get(&descriptor)?;
        let names = descriptor.below("stat", FolderCall::Stat, &path)?;
        Ok(metadata_hash(&descriptor.folder.folder().stat(&names)?))
    }

    fn drop(&mut self, descriptor: Resource<Descriptor>) -> wasmtime::Result<()> {
        self.table.delete(descriptor)?;
        Ok(())
    }
}

/// `descriptor-type`.
pub fn type_of(file_type: FileType) -> DescriptorType {
    match file_type {
        FileType::Directory => DescriptorType::Directory,
        FileType::RegularFile => DescriptorType::RegularFile,
        FileType::SymbolicLink => DescriptorType::SymbolicLink,
        FileType::Unknown => DescriptorType::Unknown,
    }
}

fn folder_time(time: NewTimestamp) -> Result<FolderTime, ErrorCode> {
    match time {
        NewTimestamp::NoChange => Ok(FolderTime::Unchanged),
        NewTimestamp::Now => Ok(FolderTime::Now),
        NewTimestamp::Timestamp(time) if time.seconds > LATEST_SECOND => Err(ErrorCode::Invalid),
        NewTimestamp::Timestamp(time) => {
            let since_1970 = Duration::from_secs(time.seconds) + Duration::from_nanos(time.nanoseconds.into());
            Ok(FolderTime::At(since_1970))
        }
    }
}

/// `descriptor-stat`.
fn stat_record(stat: &FolderStat) -> DescriptorStat {
    DescriptorStat {
        type_: type_of(stat.file_type),
        link_count: stat.links,
        size: stat.size,
        data_access_timestamp: Some(datetime(stat.accessed)),
        data_modification_timestamp: Some(datetime(stat.modified)),
        status_change_timestamp: Some(datetime(stat.changed)),
    }
}

/// `metadata-hash-value`: other for another object, and after each change.
fn metadata_hash(stat: &FolderStat) -> MetadataHashValue {
    let (device, number) = stat.identity;
    let changed_us = u64::try_from(stat.changed.as_micros()).unwrap_or(u64::MAX);
    MetadataHashValue { lower: hash(&format!("{device} {number}")), upper: (changed_us << 20) ^ stat.size }
}

/// FNV-1a of 64 bits: short texts, nothing secret.
fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |value, byte| (value ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
