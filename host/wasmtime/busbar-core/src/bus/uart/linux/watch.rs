use super::system::UartSystem;
use crate::bus::uart::{Later, UartEvent, UartWatch};
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked whether a port is there.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Looks again and again whether a port is there: another inode is another device under the same name.
pub(super) struct LinuxUartWatch {
    path: String,
    system: Arc<dyn UartSystem>,
    known: Option<u64>,
    /// One that is there and may not be opened yet: udev sets its rights a moment later.
    fresh: Option<u64>,
}

impl LinuxUartWatch {
    pub(super) fn new(path: String, system: Arc<dyn UartSystem>) -> Self {
        let mut watch = Self { path, system, known: None, fresh: None };
        watch.known = watch.identity();
        watch
    }

    /// Another number for another device under the same name.
    fn identity(&self) -> Option<u64> {
        self.system.status(&self.path).map(|status| status.inode)
    }

    fn look(&mut self) -> Option<UartEvent> {
        let now = self.identity();
        if self.known.is_some() && now != self.known {
            self.known = None;
            return Some(UartEvent::Left);
        }
        if now.is_none() || self.known.is_some() {
            return None;
        }
        if !self.system.permits(&self.path) && self.fresh != now {
            self.fresh = now;
            return None;
        }
        self.fresh = None;
        self.known = now;
        Some(UartEvent::Arrived)
    }
}

impl UartWatch for LinuxUartWatch {
    fn next(&mut self) -> Later<'_, UartEvent> {
        Box::pin(async move {
            loop {
                self.system.pause(LOOK_EVERY).await;
                if let Some(event) = self.look() {
                    return event;
                }
            }
        })
    }
}
