use super::line::Watch;
use super::watchers::{SeesEdges, StateEdge};
use super::{GpioError, GpioState, OpenedLine};
use crate::app::{Readiness, Waiting};
use crate::locked::locked;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// What a `pollable` of a line waits for: ready for good once the line has come to a state.
pub(super) struct Arrival {
    seen: Arc<Seen>,
    /// Until it is ready. It is not ended by the edge itself, which comes from within the line.
    watch: Mutex<Option<Watch>>,
}

struct Seen {
    state: GpioState,
    is_there: AtomicBool,
    came: Notify,
}

impl Arrival {
    pub(super) fn of(line: &Arc<OpenedLine>, state: GpioState) -> Result<Self, GpioError> {
        let seen = Arc::new(Seen { state, is_there: AtomicBool::new(false), came: Notify::new() });
        let watch = line.watch(seen.clone())?;
        Ok(Self { seen, watch: Mutex::new(Some(watch)) })
    }

    /// The line was found in a state.
    pub(super) fn found(&self, state: GpioState) {
        self.seen.came_to(state);
    }
}

impl Seen {
    fn came_to(&self, state: GpioState) {
        if state == self.state {
            self.is_there.store(true, Ordering::Release);
            self.came.notify_waiters();
        }
    }
}

impl SeesEdges for Seen {
    fn edge(&self, StateEdge { state, .. }: StateEdge) {
        self.came_to(state);
    }
}

impl Readiness for Arrival {
    fn is_ready(&self) -> bool {
        let is_there = self.seen.is_there.load(Ordering::Acquire);
        if is_there {
            // Nobody needs to be told any more.
            drop(locked(&self.watch).take());
        }
        is_there
    }

    fn ready(&self) -> Waiting<'_> {
        Box::pin(async {
            let came = self.seen.came.notified();
            tokio::pin!(came);
            came.as_mut().enable();
            if !self.seen.is_there.load(Ordering::Acquire) {
                came.await;
            }
        })
    }
}
