use crate::output::Output;
use busbar_core::text::printable;
use busbar_core::trace::{LifecycleEvent, Turn};
use serde_json::json;
use std::collections::HashSet;

/// Says in a line which USB device is waited for, and when it has come.
#[derive(Default)]
pub struct Presence {
    waiting: HashSet<String>,
}

impl Presence {
    /// A turn in the life of a driver.
    pub fn turned(&mut self, output: &Output, event: &LifecycleEvent) {
        let LifecycleEvent { device, event, reason, .. } = event;
        let reason = reason.as_deref().unwrap_or_default();
        match event {
            Turn::Waiting => {
                self.waiting.insert(device.clone());
                let message = format!("{device}: {}.", printable(reason, 300));
                output.notice(&message, json!({ "type": "waiting", "device": device, "reason": reason }));
            }
            Turn::Started if self.waiting.remove(device) => output.info(
                &format!("{device}: is plugged in now, and its driver runs."),
                json!({ "type": "arrived", "device": device }),
            ),
            _ => {}
        }
    }
}
