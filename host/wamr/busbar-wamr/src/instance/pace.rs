use crate::trap::Trap;
use busbar_core::locked::locked;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::Notify;

/// Lets a guest wait in its own thread, until it is told to end.
#[derive(Debug)]
pub struct Pace {
    ended: Mutex<bool>,
    changed: Condvar,
    told: Notify,
    /// What drives whatever it waits for that is no time.
    runtime: Handle,
}

impl Pace {
    /// Of a guest whose other waits are driven by this runtime, which goes on in another thread.
    pub fn new(runtime: Handle) -> Self {
        Self { ended: Mutex::default(), changed: Condvar::default(), told: Notify::new(), runtime }
    }

    /// What drives its waits.
    pub fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Waits for whatever takes time, in the thread of the guest.
    ///
    /// # Errors
    ///
    /// [`Trap::Ended`] as soon as it is told to end; the work is given up then.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, Trap> {
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = self.ended() => Err(Trap::Ended),
                done = work => Ok(done),
            }
        })
    }

    async fn ended(&self) {
        loop {
            let told = self.told.notified();
            if *locked(&self.ended) {
                return;
            }
            told.await;
        }
    }

    /// Waits for at least so long.
    ///
    /// # Errors
    ///
    /// [`Trap::Ended`] as soon as it is told to end.
    pub fn sleep(&self, duration: Duration) -> Result<(), Trap> {
        let start = Instant::now();
        let mut ended = locked(&self.ended);
        while !*ended {
            let left = duration.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Ok(());
            }
            // Whoever panicked with it in hand left nothing half done.
            ended = self.changed.wait_timeout(ended, left).unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
        Err(Trap::Ended)
    }

    /// Ends the wait under way, and all that come.
    pub fn end(&self) {
        *locked(&self.ended) = true;
        self.changed.notify_all();
        self.told.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use crate::trap::Trap;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    /// On a runtime that runs in this thread.
    fn with_pace<T>(test: impl AsyncFnOnce(Arc<Pace>) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let pace = Arc::new(Pace::new(runtime.handle().clone()));
        runtime.block_on(test(pace))
    }

    #[test]
    fn nobody_waits_for_less_than_was_asked_for() {
        with_pace(async |pace| {
            let start = Instant::now();
            pace.sleep(Duration::from_millis(3)).expect("nobody ends it");
            assert!(start.elapsed() >= Duration::from_millis(3));
        });
    }

    #[test]
    fn a_wait_without_end_ends_when_it_is_told_to() {
        with_pace(async |pace| {
            let (sleeping, waiting) = (pace.clone(), pace.clone());
            let sleeping = tokio::task::spawn_blocking(move || sleeping.sleep(Duration::MAX));
            let waiting = tokio::task::spawn_blocking(move || waiting.wait(std::future::pending::<()>()));
            pace.end();
            assert_eq!(sleeping.await.expect("it does not panic"), Err(Trap::Ended));
            assert_eq!(waiting.await.expect("it does not panic"), Err(Trap::Ended));
        });
    }

    #[test]
    fn what_a_guest_waits_for_is_done_by_the_runtime() {
        with_pace(async |pace| {
            let work = async { tokio::time::sleep(Duration::from_millis(1)).await };
            let waited = tokio::task::spawn_blocking(move || pace.wait(work));
            assert_eq!(waited.await.expect("it does not panic"), Ok(()));
        });
    }
}
