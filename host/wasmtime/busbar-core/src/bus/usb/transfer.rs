use super::backend::UsbTransferResult;
use super::error::UsbError;
use crate::locked::locked;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use tokio::sync::Notify;

/// What a transfer ends in: `timeout`, `interrupted` after `cancel`, `pipe`, `overflow`, `no-device`, `io`.
pub type UsbTransferOutcome = Result<UsbTransferResult, UsbError>;

/// A transfer that was started.
pub struct UsbTransfer {
    cancel: Box<dyn Fn() + Send + Sync>,
    outcome: Mutex<Option<UsbTransferOutcome>>,
    has_ended: AtomicBool,
    changed: Notify,
}

impl UsbTransfer {
    /// For backends: `cancel` asks for its end, and is without effect on one that has ended.
    pub fn new(cancel: Box<dyn Fn() + Send + Sync>) -> Self {
        Self { cancel, outcome: Mutex::new(None), has_ended: AtomicBool::new(false), changed: Notify::new() }
    }

    /// For backends: it has ended. Only the first end counts.
    pub fn finish(&self, outcome: UsbTransferOutcome) {
        let mut kept = locked(&self.outcome);
        if self.has_ended() {
            return;
        }
        *kept = Some(outcome);
        self.has_ended.store(true, Ordering::SeqCst);
        drop(kept);
        self.changed.notify_waiters();
    }

    /// Asks for its end.
    pub fn cancel(&self) {
        (self.cancel)();
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::SeqCst)
    }

    /// Waits until it has ended.
    pub async fn ended(&self) {
        loop {
            let changed = self.changed.notified();
            if self.has_ended() {
                return;
            }
            changed.await;
        }
    }

    /// What it ended in; none before, and for who asks a second time.
    pub fn take_outcome(&self) -> Option<UsbTransferOutcome> {
        locked(&self.outcome).take()
    }
}

/// The transfers of a handle that may be under way.
#[derive(Default)]
pub(super) struct RunningTransfers(Vec<Weak<UsbTransfer>>);

impl RunningTransfers {
    /// One more; those that have ended are forgotten.
    pub(super) fn add(&mut self, transfer: &Arc<UsbTransfer>) {
        self.0.retain(|each| each.upgrade().is_some_and(|each| !each.has_ended()));
        self.0.push(Arc::downgrade(transfer));
    }

    /// Cancels all, and waits until they have ended.
    pub(super) async fn end(self) {
        let transfers: Vec<_> = self.0.iter().filter_map(Weak::upgrade).collect();
        transfers.iter().for_each(|transfer| transfer.cancel());
        for transfer in transfers {
            transfer.ended().await;
        }
    }
}
