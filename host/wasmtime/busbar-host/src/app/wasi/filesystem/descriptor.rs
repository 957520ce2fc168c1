//! wasi:filesystem/types `descriptor`.

use super::entries::DirectoryEntryStream;
use crate::app::context::AppState;
use crate::app::wasi::bindings::wasi::filesystem::types::{
    Advice, DescriptorFlags, DescriptorStat, DescriptorType, HostDescriptor, MetadataHashValue, NewTimestamp,
    OpenFlags, PathFlags,
};
use crate::app::wasi::clocks::datetime;
use crate::app::wasi::failure::FilesystemFailure;
use crate::app::wasi::streams::{InputStream, OutputStream};
use crate::folder::{FileType, FolderError, FolderStat, FolderTime};
use busbar_core::app::{DescriptorUse, Opening, metadata_hash};
use wasmtime::component::Resource;

pub use busbar_core::app::Descriptor;

type Answer<T> = Result<T, FilesystemFailure>;

impl HostDescriptor for AppState {
    fn read_via_stream(&mut self, descriptor: Resource<Descriptor>, offset: u64) -> Answer<Resource<InputStream>> {
        let stream = self.table.get(&descriptor)?.read_via_stream(offset)?;
        Ok(self.table.push(stream)?)
    }

    fn write_via_stream(&mut self, descriptor: Resource<Descriptor>, offset: u64) -> Answer<Resource<OutputStream>> {
        let stream = self.table.get(&descriptor)?.write_via_stream(Some(offset))?;
        Ok(self.table.push(stream)?)
    }

    fn append_via_stream(&mut self, descriptor: Resource<Descriptor>) -> Answer<Resource<OutputStream>> {
        let stream = self.table.get(&descriptor)?.write_via_stream(None)?;
        Ok(self.table.push(stream)?)
    }

    fn advise(&mut self, descriptor: Resource<Descriptor>, _: u64, _: u64, _: Advice) -> Answer<()> {
        Ok(self.table.get(&descriptor)?.advise()?)
    }

    fn sync_data(&mut self, descriptor: Resource<Descriptor>) -> Answer<()> {
        self.sync(descriptor)
    }

    fn get_flags(&mut self, descriptor: Resource<Descriptor>) -> Answer<DescriptorFlags> {
        let DescriptorUse { read, write, mutate_directory } = self.table.get(&descriptor)?.flags();
        let when = |is_so: bool, flag| if is_so { flag } else { DescriptorFlags::empty() };
        Ok(when(read, DescriptorFlags::READ)
            | when(write, DescriptorFlags::WRITE)
            | when(mutate_directory, DescriptorFlags::MUTATE_DIRECTORY))
    }

    fn get_type(&mut self, descriptor: Resource<Descriptor>) -> Answer<DescriptorType> {
        Ok(type_of(self.table.get(&descriptor)?.stat()?.file_type))
    }

    fn set_size(&mut self, descriptor: Resource<Descriptor>, size: u64) -> Answer<()> {
        Ok(self.table.get(&descriptor)?.set_size(size)?)
    }

    fn set_times(
        &mut self,
        descriptor: Resource<Descriptor>,
        access: NewTimestamp,
        modification: NewTimestamp,
    ) -> Answer<()> {
        let times = move || Ok((folder_time(access)?, folder_time(modification)?));
        Ok(self.table.get(&descriptor)?.set_times(times)?)
    }

    fn read(&mut self, descriptor: Resource<Descriptor>, length: u64, offset: u64) -> Answer<(Vec<u8>, bool)> {
        Ok(self.table.get(&descriptor)?.read(length, offset)?)
    }

    fn write(&mut self, descriptor: Resource<Descriptor>, buffer: Vec<u8>, offset: u64) -> Answer<u64> {
        Ok(self.table.get(&descriptor)?.write(&buffer, offset)?)
    }

    fn read_directory(&mut self, descriptor: Resource<Descriptor>) -> Answer<Resource<DirectoryEntryStream>> {
        let entries = self.table.get(&descriptor)?.entries()?;
        Ok(self.table.push(DirectoryEntryStream(entries))?)
    }

    fn sync(&mut self, descriptor: Resource<Descriptor>) -> Answer<()> {
        Ok(self.table.get(&descriptor)?.sync()?)
    }

    fn create_directory_at(&mut self, descriptor: Resource<Descriptor>, path: String) -> Answer<()> {
        Ok(self.table.get(&descriptor)?.create_directory(&path)?)
    }

    fn stat(&mut self, descriptor: Resource<Descriptor>) -> Answer<DescriptorStat> {
        Ok(stat_record(&self.table.get(&descriptor)?.stat()?))
    }

    fn stat_at(&mut self, descriptor: Resource<Descriptor>, _: PathFlags, path: String) -> Answer<DescriptorStat> {
        Ok(stat_record(&self.table.get(&descriptor)?.stat_at(&path)?))
    }

    fn set_times_at(
        &mut self,
        descriptor: Resource<Descriptor>,
        _: PathFlags,
        path: String,
        access: NewTimestamp,
        modification: NewTimestamp,
    ) -> Answer<()> {
        let times = move || Ok((folder_time(access)?, folder_time(modification)?));
        Ok(self.table.get(&descriptor)?.set_times_at(&path, times)?)
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
        let opening = Opening {
            create: open.contains(OpenFlags::CREATE),
            directory: open.contains(OpenFlags::DIRECTORY),
            exclusive: open.contains(OpenFlags::EXCLUSIVE),
            truncate: open.contains(OpenFlags::TRUNCATE),
            read: flags.contains(DescriptorFlags::READ),
            write: flags.contains(DescriptorFlags::WRITE),
        };
        let opened = self.table.get(&descriptor)?.open_at(&path, opening)?;
        Ok(self.table.push(opened)?)
    }

    fn readlink_at(&mut self, descriptor: Resource<Descriptor>, path: String) -> Answer<String> {
        Err(self.table.get(&descriptor)?.read_link(&path).into())
    }

    fn remove_directory_at(&mut self, descriptor: Resource<Descriptor>, path: String) -> Answer<()> {
        Ok(self.table.get(&descriptor)?.remove_directory(&path)?)
    }

    fn rename_at(
        &mut self,
        descriptor: Resource<Descriptor>,
        old_path: String,
        new_descriptor: Resource<Descriptor>,
        new_path: String,
    ) -> Answer<()> {
        let (from, to) = (self.table.get(&descriptor)?, self.table.get(&new_descriptor)?);
        Ok(from.rename(&old_path, to, &new_path)?)
    }

    fn symlink_at(&mut self, descriptor: Resource<Descriptor>, _: String, path: String) -> Answer<()> {
        Err(self.table.get(&descriptor)?.refuse_link(&path).into())
    }

    fn unlink_file_at(&mut self, descriptor: Resource<Descriptor>, path: String) -> Answer<()> {
        Ok(self.table.get(&descriptor)?.unlink(&path)?)
    }

    fn is_same_object(
        &mut self,
        descriptor: Resource<Descriptor>,
        other: Resource<Descriptor>,
    ) -> wasmtime::Result<bool> {
        Ok(self.table.get(&descriptor)?.is_same(self.table.get(&other)?))
    }

    fn metadata_hash(&mut self, descriptor: Resource<Descriptor>) -> Answer<MetadataHashValue> {
        Ok(hash_record(&self.table.get(&descriptor)?.stat()?))
    }

    fn metadata_hash_at(
        &mut self,
        descriptor: Resource<Descriptor>,
        _: PathFlags,
        path: String,
    ) -> Answer<MetadataHashValue> {
        Ok(hash_record(&self.table.get(&descriptor)?.stat_at(&path)?))
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

fn folder_time(time: NewTimestamp) -> Result<FolderTime, FolderError> {
    match time {
        NewTimestamp::NoChange => Ok(FolderTime::Unchanged),
        NewTimestamp::Now => Ok(FolderTime::Now),
        NewTimestamp::Timestamp(time) => busbar_core::app::folder_time(time.seconds, time.nanoseconds),
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

/// `metadata-hash-value`.
fn hash_record(stat: &FolderStat) -> MetadataHashValue {
    let (lower, upper) = metadata_hash(stat);
    MetadataHashValue { lower, upper }
}
