use super::backend::UsbTransferResult;
use super::error::UsbError;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// What a transfer ends in: `timeout`, `interrupted` after `cancel`, `pipe`, `overflow`, `no-device`, `io`.
pub type UsbTransferOutcome = Result<UsbTransferResult, UsbError>;

/// A transfer that was started.
pub struct UsbTransfer {
    cancel: Box<dyn Fn() + Send + Sync>,
    outcome: Mutex<Option<UsbTransferOutcome>>,
    ended: watch::Sender<bool>,
}

impl UsbTransfer {
    /// For backends: `cancel` asks for its end, and is without effect on one that has ended.
    pub fn new(cancel: Box<dyn Fn() + Send + Sync>) -> Self {
        Self { cancel, outcome: Mutex::new(None), ended: watch::Sender::new(false) }
    }

    /// For backends: it has ended. Only the first end counts.
    pub fn finish(&self, outcome: UsbTransferOutcome) {
        self.ended.send_if_modified(|ended| {
            if *ended {
                return false;
            }
            *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
            *ended = true;
            true
        });
    }

    /// Asks for its end.
    pub fn cancel(&self) {
        (self.cancel)();
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        *self.ended.borrow()
    }

    /// Waits until it has ended.
    pub async fn ended(&self) {
        // It cannot fail: the sender is this transfer's own.
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }

    /// What it ended in; none before, and for who asks a second time.
    pub fn take_outcome(&self) -> Option<UsbTransferOutcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
