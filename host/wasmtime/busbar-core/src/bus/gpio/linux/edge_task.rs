//! Waits for the descriptor of a line to become readable, as a task of the runtime.
#![allow(unsafe_code)]

use crate::locked::locked;
use std::future::poll_fn;
use std::io;
use std::os::fd::RawFd;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::task::AbortHandle;

/// What came of reading a line's edges.
pub(super) enum Taken {
    /// There may be more.
    Some,
    /// There were none.
    Nothing,
    /// There will be none any more.
    Gone,
}

/// A task that takes the edges of a line as they come. Once this is dropped, it takes none any more, and the descriptor is not waited for.
pub(super) struct EdgeTask {
    /// None once it is over. Whoever takes edges has it locked, so that none are told of after that.
    waited: Arc<Mutex<Option<AsyncFd<RawFd>>>>,
    task: AbortHandle,
}

impl EdgeTask {
    /// Calls `take` with the descriptor whenever there may be edges.
    ///
    /// # Safety
    ///
    /// The descriptor stays open until this is dropped. It is not duplicated: a line would be taken as long as a duplicate is open.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub(super) unsafe fn start(
        descriptor: RawFd,
        mut take: impl FnMut(RawFd) -> Taken + Send + 'static,
    ) -> io::Result<Self> {
        // SAFETY: it stays open, as the caller says, until what is registered is taken out by the drop of this.
        let registered = unsafe { AsyncFd::register_with_interest(descriptor, Interest::READABLE) }?;
        let waited = Arc::new(Mutex::new(Some(registered)));
        let looked_at = waited.clone();
        let task = tokio::spawn(poll_fn(move |context| {
            let registered = locked(&looked_at);
            let Some(registered) = &*registered else { return Poll::Ready(()) };
            loop {
                let Poll::Ready(ready) = registered.poll_read_ready(context) else { return Poll::Pending };
                let Ok(mut ready) = ready else { return Poll::Ready(()) };
                match take(descriptor) {
                    Taken::Some => ready.retain_ready(),
                    Taken::Nothing => ready.clear_ready(),
                    Taken::Gone => return Poll::Ready(()),
                }
            }
        }));
        Ok(Self { waited, task: task.abort_handle() })
    }
}

impl Drop for EdgeTask {
    fn drop(&mut self) {
        drop(locked(&self.waited).take());
        self.task.abort();
    }
}
