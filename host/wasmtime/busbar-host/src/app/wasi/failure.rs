//! What WASI's functions answer instead of a value: an error that the app sees, or a trap that ends it.

use super::bindings::wasi::filesystem::types::ErrorCode;
use super::bindings::wasi::io::{error, streams};
use crate::app::context::AppState;
use crate::folder::FolderError;
use busbar_core::app::{NOT_PERMITTED, StreamError};
use wasmtime::component::{Resource, ResourceTableError};
use wasmtime::{Error, Result};

/// wasi:io/error `error`: why, in the words of wasi:filesystem.
pub struct IoFailure(pub ErrorCode);

/// Of a function of wasi:filesystem.
#[derive(Debug)]
pub enum FilesystemFailure {
    Code(ErrorCode),
    Trap(Error),
}

/// Of a function of wasi:io/streams.
#[derive(Debug)]
pub enum StreamFailure {
    Closed,
    Failed(ErrorCode),
    Trap(Error),
}

impl From<FolderError> for FilesystemFailure {
    fn from(error: FolderError) -> Self {
        Self::Code(error.into())
    }
}

impl From<ResourceTableError> for FilesystemFailure {
    fn from(error: ResourceTableError) -> Self {
        Self::Trap(error.into())
    }
}

impl From<StreamError> for StreamFailure {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Closed => Self::Closed,
            StreamError::Failed(error) => Self::Failed(error.into()),
            StreamError::NotPermitted => Self::Trap(Error::msg(NOT_PERMITTED)),
        }
    }
}

impl From<ResourceTableError> for StreamFailure {
    fn from(error: ResourceTableError) -> Self {
        Self::Trap(error.into())
    }
}

impl From<FolderError> for ErrorCode {
    fn from(error: FolderError) -> Self {
        match error {
            FolderError::Access => Self::Access,
            FolderError::BadDescriptor => Self::BadDescriptor,
            FolderError::Busy => Self::Busy,
            FolderError::CrossDevice => Self::CrossDevice,
            FolderError::Exist => Self::Exist,
            FolderError::FileTooLarge => Self::FileTooLarge,
            FolderError::IllegalByteSequence => Self::IllegalByteSequence,
            FolderError::InsufficientSpace => Self::InsufficientSpace,
            FolderError::Invalid => Self::Invalid,
            FolderError::Io => Self::Io,
            FolderError::IsDirectory => Self::IsDirectory,
            FolderError::Loop => Self::Loop,
            FolderError::NameTooLong => Self::NameTooLong,
            FolderError::NoEntry => Self::NoEntry,
            FolderError::NotDirectory => Self::NotDirectory,
            FolderError::NotEmpty => Self::NotEmpty,
            FolderError::NotPermitted => Self::NotPermitted,
            FolderError::Quota => Self::Quota,
            FolderError::ReadOnly => Self::ReadOnly,
        }
    }
}

impl error::Host for AppState {}

impl error::HostError for AppState {
    fn to_debug_string(&mut self, failure: Resource<IoFailure>) -> Result<String> {
        Ok(self.table.get(&failure)?.0.name().to_owned())
    }

    fn drop(&mut self, failure: Resource<IoFailure>) -> Result<()> {
        self.table.delete(failure)?;
        Ok(())
    }
}

impl streams::Host for AppState {
    fn convert_stream_error(&mut self, failure: StreamFailure) -> Result<streams::StreamError> {
        match failure {
            StreamFailure::Closed => Ok(streams::StreamError::Closed),
            StreamFailure::Failed(code) => {
                Ok(streams::StreamError::LastOperationFailed(self.table.push(IoFailure(code))?))
            }
            StreamFailure::Trap(error) => Err(error),
        }
    }
}
