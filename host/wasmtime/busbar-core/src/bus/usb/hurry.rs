use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// Tells a call that only waits for what a device may send that another call waits for its turn.
#[derive(Debug, Default)]
pub struct Hurry {
    hurried: AtomicBool,
    changed: Notify,
}

impl Hurry {
    /// Cuts short what the current call waits for from now on, where that can be cut short.
    pub fn hurry(&self) {
        self.hurried.store(true, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// Another call begins, which nobody has hurried yet.
    pub fn begin(&self) {
        self.hurried.store(false, Ordering::SeqCst);
    }

    /// Waits until the current call is hurried.
    pub async fn hurried(&self) {
        loop {
            let changed = self.changed.notified();
            if self.hurried.load(Ordering::SeqCst) {
                return;
            }
            changed.await;
        }
    }
}
