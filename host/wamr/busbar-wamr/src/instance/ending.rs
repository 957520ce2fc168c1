use super::pace::Pace;
use crate::engine::Ender;
use crate::trap::Trap;
use busbar_core::locked::locked;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Handle;

/// Ends a guest, wherever it is.
#[derive(Clone)]
pub struct Ending {
    /// How long it may wait.
    pub pace: Arc<Pace>,
    /// Of the guest, once it is there.
    ender: Arc<Mutex<Option<Ender>>>,
}

impl Ending {
    /// Of a guest that is not there yet, and whose waits are driven by this runtime.
    pub fn new(runtime: Handle) -> Self {
        Self { pace: Arc::new(Pace::new(runtime)), ender: Arc::default() }
    }

    /// The guest is there.
    ///
    /// # Errors
    ///
    /// [`Trap::Ended`] where it was told to end before.
    pub fn may_begin(&self, ender: Ender) -> Result<(), Trap> {
        *locked(&self.ender) = Some(ender);
        self.pace.sleep(Duration::ZERO)
    }

    /// Ends it.
    pub fn end(&self) {
        self.pace.end();
        if let Some(ender) = &*locked(&self.ender) {
            ender.end();
        }
    }
}
