//! wasi:io/streams.

use super::bindings::wasi::io::streams::{HostInputStream, HostOutputStream};
use super::failure::StreamFailure;
use super::input::Inlet;
use super::output::Outlet;
use super::poll::{Pollable, Readiness};
use crate::app::context::AppState;
use std::sync::Arc;
use wasmtime::component::Resource;
use wasmtime::{Error, Result};

/// The most bytes that one write takes.
const LONGEST_WRITE: u64 = 4096;
/// The most bytes that one read gives.
pub const LONGEST_READ: u64 = 65_536;

/// `input-stream`.
pub struct InputStream(pub Arc<dyn Inlet>);

/// `output-stream`: takes everything at once, as long as what came before is taken.
pub struct OutputStream(pub Arc<dyn Outlet>);

type Answer<T> = std::result::Result<T, StreamFailure>;

impl HostInputStream for AppState {
    fn read(&mut self, stream: Resource<InputStream>, length: u64) -> Answer<Vec<u8>> {
        read(&*self.table.get(&stream)?.0, length)
    }

    async fn blocking_read(&mut self, stream: Resource<InputStream>, length: u64) -> Answer<Vec<u8>> {
        let inlet = self.table.get(&stream)?.0.clone();
        blocking_read(&*inlet, length).await
    }

    fn skip(&mut self, stream: Resource<InputStream>, length: u64) -> Answer<u64> {
        Ok(read(&*self.table.get(&stream)?.0, length)?.len() as u64)
    }

    async fn blocking_skip(&mut self, stream: Resource<InputStream>, length: u64) -> Answer<u64> {
        let inlet = self.table.get(&stream)?.0.clone();
        Ok(blocking_read(&*inlet, length).await?.len() as u64)
    }

    fn subscribe(&mut self, stream: Resource<InputStream>) -> Result<Resource<Pollable>> {
        let inlet: Arc<dyn Readiness> = self.table.get(&stream)?.0.clone();
        Ok(self.table.push(Pollable::Of(inlet))?)
    }

    fn drop(&mut self, stream: Resource<InputStream>) -> Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}

impl HostOutputStream for AppState {
    fn check_write(&mut self, stream: Resource<OutputStream>) -> Answer<u64> {
        Ok(permitted(&*self.table.get(&stream)?.0))
    }

    fn write(&mut self, stream: Resource<OutputStream>, contents: Vec<u8>) -> Answer<()> {
        write(&*self.table.get(&stream)?.0, &contents)
    }

    async fn blocking_write_and_flush(&mut self, stream: Resource<OutputStream>, contents: Vec<u8>) -> Answer<()> {
        let outlet = self.table.get(&stream)?.0.clone();
        blocking_write(&*outlet, &contents).await
    }

    fn flush(&mut self, stream: Resource<OutputStream>) -> Answer<()> {
        self.table.get(&stream)?;
        Ok(())
    }

    async fn blocking_flush(&mut self, stream: Resource<OutputStream>) -> Answer<()> {
        let outlet = self.table.get(&stream)?.0.clone();
        room(&*outlet).await;
        Ok(())
    }

    fn subscribe(&mut self, stream: Resource<OutputStream>) -> Result<Resource<Pollable>> {
        let outlet: Arc<dyn Readiness> = self.table.get(&stream)?.0.clone();
        Ok(self.table.push(Pollable::Of(outlet))?)
    }

    fn write_zeroes(&mut self, stream: Resource<OutputStream>, length: u64) -> Answer<()> {
        let outlet = &*self.table.get(&stream)?.0;
        write(outlet, &zeroes(outlet, length)?)
    }

    async fn blocking_write_zeroes_and_flush(&mut self, stream: Resource<OutputStream>, length: u64) -> Answer<()> {
        let outlet = self.table.get(&stream)?.0.clone();
        room(&*outlet).await;
        let contents = zeroes(&*outlet, length)?;
        blocking_write(&*outlet, &contents).await
    }

    fn splice(&mut self, stream: Resource<OutputStream>, source: Resource<InputStream>, length: u64) -> Answer<u64> {
        let outlet = &*self.table.get(&stream)?.0;
        let bytes = read(&*self.table.get(&source)?.0, length.min(permitted(outlet)))?;
        if !bytes.is_empty() {
            write(outlet, &bytes)?;
        }
        Ok(bytes.len() as u64)
    }

    async fn blocking_splice(
        &mut self,
        stream: Resource<OutputStream>,
        source: Resource<InputStream>,
        length: u64,
    ) -> Answer<u64> {
        let outlet = self.table.get(&stream)?.0.clone();
        let inlet = self.table.get(&source)?.0.clone();
        room(&*outlet).await;
        let bytes = blocking_read(&*inlet, length.min(LONGEST_WRITE)).await?;
        blocking_write(&*outlet, &bytes).await?;
        Ok(bytes.len() as u64)
    }

    fn drop(&mut self, stream: Resource<OutputStream>) -> Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}

fn read(inlet: &dyn Inlet, length: u64) -> Answer<Vec<u8>> {
    // The cast is exact: it is at most `LONGEST_READ`.
    let maximum = length.min(LONGEST_READ) as usize;
    inlet.take(maximum)?.ok_or(StreamFailure::Closed)
}

async fn blocking_read(inlet: &dyn Inlet, length: u64) -> Answer<Vec<u8>> {
    // A read of nothing ends at once: wasi:io has nothing to wait for.
    while length > 0 && !inlet.is_ready() {
        inlet.ready().await;
    }
    read(inlet, length)
}

fn permitted(outlet: &dyn Outlet) -> u64 {
    if outlet.is_ready() { LONGEST_WRITE } else { 0 }
}

/// A trap, as the standard says, where `check-write` did not permit so much.
fn require_permitted(outlet: &dyn Outlet, length: u64) -> Answer<()> {
    if length <= permitted(outlet) {
        return Ok(());
    }
    Err(StreamFailure::Trap(Error::msg("wasi:io/streams: more was written than check-write permits")))
}

fn zeroes(outlet: &dyn Outlet, length: u64) -> Answer<Vec<u8>> {
    require_permitted(outlet, length)?;
    // The cast is exact: it is at most `LONGEST_WRITE`.
    Ok(vec![0; length as usize])
}

fn write(outlet: &dyn Outlet, contents: &[u8]) -> Answer<()> {
    require_permitted(outlet, contents.len() as u64)?;
    Ok(outlet.write(contents)?)
}

/// There is no turn between the look for room and the write: another stream would take it.
async fn blocking_write(outlet: &dyn Outlet, contents: &[u8]) -> Answer<()> {
    room(outlet).await;
    write(outlet, contents)?;
    room(outlet).await;
    Ok(())
}

async fn room(outlet: &dyn Outlet) {
    while !outlet.is_ready() {
        outlet.ready().await;
    }
}
