//! wasi:io/poll for drivers, whose pins are waited for with it.

use super::Buses;
use crate::bindings::wasi::io0_2_4::poll;
use busbar_core::app::{NOTHING_TO_WAIT_FOR, Pollable};
use wasmtime::component::Resource;
use wasmtime::{Error, Result};

impl poll::Host for Buses<'_> {
    /// Waits as a part of the current call, whose limit ends it.
    async fn poll(&mut self, pollables: Vec<Resource<Pollable>>) -> Result<Vec<u32>> {
        if pollables.is_empty() {
            return Err(Error::msg(NOTHING_TO_WAIT_FOR));
        }
        let table = self.0.table();
        let listed = pollables.iter().map(|each| table.get(each).cloned());
        let pollables = listed.collect::<core::result::Result<Vec<_>, _>>()?;
        Ok(busbar_core::app::poll(&pollables, self.0.clock()).await)
    }
}

impl poll::HostPollable for Buses<'_> {
    fn ready(&mut self, pollable: Resource<Pollable>) -> Result<bool> {
        let clock = self.0.clock();
        Ok(self.0.table().get(&pollable)?.is_ready(clock))
    }

    /// Likewise.
    async fn block(&mut self, pollable: Resource<Pollable>) -> Result<()> {
        let clock = self.0.clock();
        let pollable = self.0.table().get(&pollable)?.clone();
        pollable.block(clock).await;
        Ok(())
    }

    fn drop(&mut self, pollable: Resource<Pollable>) -> Result<()> {
        self.0.table().delete(pollable)?;
        Ok(())
    }
}
