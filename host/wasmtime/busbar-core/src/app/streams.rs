//! wasi:io/streams.

use super::input::Inlet;
use super::output::Outlet;
use crate::folder::FolderError;
use std::sync::Arc;

/// The most bytes that one write takes.
const LONGEST_WRITE: u64 = 4096;
/// The most bytes that one read gives.
pub const LONGEST_READ: u64 = 65_536;

/// What a stream answers instead of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamError {
    /// It is at its end.
    Closed,
    /// Why, in the words of wasi:filesystem.
    Failed(FolderError),
    /// A trap, as the standard says: more was written than `check-write` permits.
    NotPermitted,
}

impl From<FolderError> for StreamError {
    fn from(error: FolderError) -> Self {
        Self::Failed(error)
    }
}

/// `input-stream`.
#[derive(Clone)]
pub struct InputStream(pub Arc<dyn Inlet>);

/// `output-stream`: takes everything at once, as long as what came before is taken.
#[derive(Clone)]
pub struct OutputStream(pub Arc<dyn Outlet>);

impl InputStream {
    /// `read`: what there is now.
    ///
    /// # Errors
    ///
    /// `closed`, and where it is a file: why it cannot be read.
    pub fn read(&self, length: u64) -> Result<Vec<u8>, StreamError> {
        // The cast is exact: it is at most `LONGEST_READ`.
        let maximum = length.min(LONGEST_READ) as usize;
        self.0.take(maximum)?.ok_or(StreamError::Closed)
    }

    /// `blocking-read`.
    ///
    /// # Errors
    ///
    /// As for `read`.
    pub async fn blocking_read(&self, length: u64) -> Result<Vec<u8>, StreamError> {
        // A read of nothing ends at once: wasi:io has nothing to wait for.
        while length > 0 && !self.0.is_ready() {
            self.0.ready().await;
        }
        self.read(length)
    }
}

impl OutputStream {
    /// `check-write`.
    pub fn permitted(&self) -> u64 {
        if self.0.is_ready() { LONGEST_WRITE } else { 0 }
    }

    /// `write`.
    ///
    /// # Errors
    ///
    /// Where it is a file: why it cannot be written.
    pub fn write(&self, contents: &[u8]) -> Result<(), StreamError> {
        self.require_permitted(contents.len() as u64)?;
        Ok(self.0.write(contents)?)
    }

    /// `blocking-write-and-flush`. There is no turn between the look for room and the write: another stream would take it.
    ///
    /// # Errors
    ///
    /// As for `write`.
    pub async fn blocking_write(&self, contents: &[u8]) -> Result<(), StreamError> {
        self.room().await;
        self.write(contents)?;
        self.room().await;
        Ok(())
    }

    /// `blocking-flush`: until there is room.
    pub async fn room(&self) {
        while !self.0.is_ready() {
            self.0.ready().await;
        }
    }

    /// `write-zeroes`.
    ///
    /// # Errors
    ///
    /// As for `write`.
    pub fn write_zeroes(&self, length: u64) -> Result<(), StreamError> {
        self.write(&self.zeroes(length)?)
    }

    /// `blocking-write-zeroes-and-flush`.
    ///
    /// # Errors
    ///
    /// As for `write`.
    pub async fn blocking_write_zeroes(&self, length: u64) -> Result<(), StreamError> {
        self.room().await;
        let contents = self.zeroes(length)?;
        self.blocking_write(&contents).await
    }

    /// `splice`: how many bytes.
    ///
    /// # Errors
    ///
    /// As for `read` of the source, and `write`.
    pub fn splice(&self, source: &InputStream, length: u64) -> Result<u64, StreamError> {
        let bytes = source.read(length.min(self.permitted()))?;
        if !bytes.is_empty() {
            self.write(&bytes)?;
        }
        Ok(bytes.len() as u64)
    }

    /// `blocking-splice`.
    ///
    /// # Errors
    ///
    /// As for `splice`.
    pub async fn blocking_splice(&self, source: &InputStream, length: u64) -> Result<u64, StreamError> {
        self.room().await;
        let bytes = source.blocking_read(length.min(LONGEST_WRITE)).await?;
        self.blocking_write(&bytes).await?;
        Ok(bytes.len() as u64)
    }

    fn require_permitted(&self, length: u64) -> Result<(), StreamError> {
        if length <= self.permitted() { Ok(()) } else { Err(StreamError::NotPermitted) }
    }

    fn zeroes(&self, length: u64) -> Result<Vec<u8>, StreamError> {
        self.require_permitted(length)?;
        // The cast is exact: it is at most `LONGEST_WRITE`.
        Ok(vec![0; length as usize])
    }
}
