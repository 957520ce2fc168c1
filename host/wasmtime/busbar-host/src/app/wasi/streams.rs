//! wasi:io/streams.

use super::bindings::wasi::io::streams::{HostInputStream, HostOutputStream};
use super::failure::StreamFailure;
use super::poll::Pollable;
use crate::app::context::AppState;
pub use busbar_core::app::{InputStream, OutputStream};
use wasmtime::Result;
use wasmtime::component::Resource;

type Answer<T> = std::result::Result<T, StreamFailure>;

impl HostInputStream for AppState {
    fn read(&mut self, stream: Resource<InputStream>, length: u64) -> Answer<Vec<u8>> {
        Ok(self.table.get(&stream)?.read(length)?)
    }

    async fn blocking_read(&mut self, stream: Resource<InputStream>, length: u64) -> Answer<Vec<u8>> {
        let stream = self.table.get(&stream)?.clone();
        Ok(stream.blocking_read(length).await?)
    }

    fn skip(&mut self, stream: Resource<InputStream>, length: u64) -> Answer<u64> {
        Ok(self.table.get(&stream)?.read(length)?.len() as u64)
    }

    async fn blocking_skip(&mut self, stream: Resource<InputStream>, length: u64) -> Answer<u64> {
        let stream = self.table.get(&stream)?.clone();
        Ok(stream.blocking_read(length).await?.len() as u64)
    }

    fn subscribe(&mut self, stream: Resource<InputStream>) -> Result<Resource<Pollable>> {
        let inlet = self.table.get(&stream)?.0.clone();
        Ok(self.table.push(Pollable::Of(inlet))?)
    }

    fn drop(&mut self, stream: Resource<InputStream>) -> Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}

impl HostOutputStream for AppState {
    fn check_write(&mut self, stream: Resource<OutputStream>) -> Answer<u64> {
        Ok(self.table.get(&stream)?.permitted())
    }

    fn write(&mut self, stream: Resource<OutputStream>, contents: Vec<u8>) -> Answer<()> {
        Ok(self.table.get(&stream)?.write(&contents)?)
    }

    async fn blocking_write_and_flush(&mut self, stream: Resource<OutputStream>, contents: Vec<u8>) -> Answer<()> {
        let stream = self.table.get(&stream)?.clone();
        Ok(stream.blocking_write(&contents).await?)
    }

    fn flush(&mut self, stream: Resource<OutputStream>) -> Answer<()> {
        self.table.get(&stream)?;
        Ok(())
    }

    async fn blocking_flush(&mut self, stream: Resource<OutputStream>) -> Answer<()> {
        let stream = self.table.get(&stream)?.clone();
        stream.room().await;
        Ok(())
    }

    fn subscribe(&mut self, stream: Resource<OutputStream>) -> Result<Resource<Pollable>> {
        let outlet = self.table.get(&stream)?.0.clone();
        Ok(self.table.push(Pollable::Of(outlet))?)
    }

    fn write_zeroes(&mut self, stream: Resource<OutputStream>, length: u64) -> Answer<()> {
        Ok(self.table.get(&stream)?.write_zeroes(length)?)
    }

    async fn blocking_write_zeroes_and_flush(&mut self, stream: Resource<OutputStream>, length: u64) -> Answer<()> {
        let stream = self.table.get(&stream)?.clone();
        Ok(stream.blocking_write_zeroes(length).await?)
    }

    fn splice(&mut self, stream: Resource<OutputStream>, source: Resource<InputStream>, length: u64) -> Answer<u64> {
        Ok(self.table.get(&stream)?.splice(self.table.get(&source)?, length)?)
    }

    async fn blocking_splice(
        &mut self,
        stream: Resource<OutputStream>,
        source: Resource<InputStream>,
        length: u64,
    ) -> Answer<u64> {
        let (stream, source) = (self.table.get(&stream)?.clone(), self.table.get(&source)?.clone());
        Ok(stream.blocking_splice(&source, length).await?)
    }

    fn drop(&mut self, stream: Resource<OutputStream>) -> Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}
