//! What can be waited for, and the wait for several of them: wasi:io/poll.

use crate::clock::Clock;
use crate::wait::sleep;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

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
    /// Whether there is no need to wait.
    pub fn is_ready(&self, clock: Clock) -> bool {
        match self {
            Self::At(when) => clock.now_ns() >= *when,
            Self::Of(stream) => stream.is_ready(),
        }
    }

    /// Waits until it is ready.
    pub async fn block(&self, clock: Clock) {
        while !self.is_ready(clock) {
            self.ready(clock).await;
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

/// Waits for one of them at least: the indices of those that are ready. None of none.
pub async fn poll(pollables: &[Pollable], clock: Clock) -> Vec<u32> {
    loop {
        let ready = (0..).zip(pollables).filter(|(_, each)| each.is_ready(clock)).map(|(index, _)| index);
        let ready: Vec<u32> = ready.collect();
        if !ready.is_empty() || pollables.is_empty() {
            return ready;
        }
        first_of(pollables.iter().map(|each| each.ready(clock)).collect()).await;
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
