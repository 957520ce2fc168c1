//! wasi:io/poll: what can be waited for, and the wait for several of them.

use super::bindings::wasi::io::poll;
use crate::app::context::AppState;
use crate::clock::Clock;
use crate::wait::sleep;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use wasmtime::component::Resource;
use wasmtime::{Error, Result};

/// A wait.
pub type Waiting<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// What a stream waits for: room for output, or input.
pub trait Readiness: Send + Sync {
    /// Whether there is no need to wait.
    fn is_ready(&self) -> bool;
    /// Settles once there is none.
    fn ready(&self) -> Waiting<'_>;
}

/// `pollable`.
#[derive(Clone)]
pub enum Pollable {
    /// From a point in time on, in nanoseconds of the app's clock.
    At(u64),
    /// A stream.
    Of(Arc<dyn Readiness>),
}

impl Pollable {
    fn is_ready(&self, clock: Clock) -> bool {
        match self {
            Self::At(when) => clock.now_ns() >= *when,
            Self::Of(stream) => stream.is_ready(),
        }
    }

    fn ready(&self, clock: Clock) -> Waiting<'_> {
        match self {
            Self::At(when) => {
                let left = Duration::from_nanos(when.saturating_sub(clock.now_ns()));
                Box::pin(sleep(left))
            }
            Self::Of(stream) => stream.ready(),
        }
    }
}

impl poll::Host for AppState {
    async fn poll(&mut self, pollables: Vec<Resource<Pollable>>) -> Result<Vec<u32>> {
        if pollables.is_empty() {
            return Err(Error::msg("wasi:io/poll: nothing to wait for"));
        }
        let pollables =
            pollables.iter().map(|each| self.table.get(each).cloned()).collect::<std::result::Result<Vec<_>, _>>()?;
        loop {
            let ready: Vec<u32> =
                (0..).zip(&pollables).filter(|(_, each)| each.is_ready(self.clock)).map(|(index, _)| index).collect();
            if !ready.is_empty() {
                return Ok(ready);
            }
            first_of(pollables.iter().map(|each| each.ready(self.clock)).collect()).await;
        }
    }
}

/// Settles with the first of them.
async fn first_of(mut waits: Vec<Waiting<'_>>) {
    poll_fn(|context| {
        let is_over = waits.iter_mut().any(|wait| wait.as_mut().poll(context).is_ready());
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

impl poll::HostPollable for AppState {
    fn ready(&mut self, pollable: Resource<Pollable>) -> Result<bool> {
        Ok(self.table.get(&pollable)?.is_ready(self.clock))
    }

    async fn block(&mut self, pollable: Resource<Pollable>) -> Result<()> {
        let pollable = self.table.get(&pollable)?.clone();
        while !pollable.is_ready(self.clock) {
            pollable.ready(self.clock).await;
        }
        Ok(())
    }

    fn drop(&mut self, pollable: Resource<Pollable>) -> Result<()> {
        self.table.delete(pollable)?;
        Ok(())
    }
}
