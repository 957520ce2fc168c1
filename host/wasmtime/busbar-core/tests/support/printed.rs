//! What an app prints.

use busbar_core::app::{Readiness, RunOptions, TakeOutput, Waiting};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// What an app has printed.
#[derive(Default)]
pub struct Printed {
    bytes: Mutex<Vec<u8>>,
    changed: Notify,
}

impl Printed {
    /// How an app is run that prints to this.
    pub fn options(self: &Arc<Self>) -> RunOptions {
        RunOptions { output: self.clone(), errors: None, input: None, arguments: Vec::new() }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().expect("nobody panics with it")).into_owned()
    }

    /// Waits until it has printed so much.
    pub async fn reached(&self, length: usize) {
        while self.text().len() < length {
            self.changed.notified().await;
        }
    }
}

impl Readiness for Printed {
    fn is_ready(&self) -> bool {
        true
    }

    fn ready(&self) -> Waiting<'_> {
        Box::pin(std::future::ready(()))
    }
}

impl TakeOutput for Printed {
    fn take(&self, bytes: &[u8]) {
        self.bytes.lock().expect("nobody panics with it").extend_from_slice(bytes);
        self.changed.notify_one();
    }
}
