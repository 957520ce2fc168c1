//! wasi:io/poll.

use super::bindings::wasi::io::poll;
use crate::app::context::AppState;
pub use busbar_core::app::Pollable;
use wasmtime::component::Resource;
use wasmtime::{Error, Result};

impl poll::Host for AppState {
    async fn poll(&mut self, pollables: Vec<Resource<Pollable>>) -> Result<Vec<u32>> {
        if pollables.is_empty() {
            return Err(Error::msg(busbar_core::app::NOTHING_TO_WAIT_FOR));
        }
        let pollables =
            pollables.iter().map(|each| self.table.get(each).cloned()).collect::<std::result::Result<Vec<_>, _>>()?;
        Ok(busbar_core::app::poll(&pollables, self.clock).await)
    }
}

impl poll::HostPollable for AppState {
    fn ready(&mut self, pollable: Resource<Pollable>) -> Result<bool> {
        Ok(self.table.get(&pollable)?.is_ready(self.clock))
    }

    async fn block(&mut self, pollable: Resource<Pollable>) -> Result<()> {
        let pollable = self.table.get(&pollable)?.clone();
        pollable.block(self.clock).await;
        Ok(())
    }

    fn drop(&mut self, pollable: Resource<Pollable>) -> Result<()> {
        self.table.delete(pollable)?;
        Ok(())
    }
}
