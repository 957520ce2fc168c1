use crate::bus::usb::UsbSession;
use std::sync::Arc;

/// A device came or went.
#[derive(Clone)]
pub enum UsbChange {
    Arrived(Arc<UsbSession>),
    Left(Arc<UsbSession>),
}

/// What a driver learns of its device's coming and going. It lives no longer than that is plugged in, so that the only
/// change that it can see is the arrival.
#[derive(Debug, Default)]
pub struct HotplugView {
    is_enabled: bool,
    has_told: bool,
}

impl HotplugView {
    /// `enable-hotplug`.
    pub fn enable(&mut self) {
        self.is_enabled = true;
    }

    /// `poll-events`: the arrival, once.
    pub fn take_arrival(&mut self, session: Option<&Arc<UsbSession>>) -> Vec<UsbChange> {
        if !self.is_enabled || self.has_told {
            return Vec::new();
        }
        self.has_told = true;
        session.cloned().map(UsbChange::Arrived).into_iter().collect()
    }
}
