use super::hurry::Hurry;
use crate::board::{DeviceEntry, UsbGrant};
use crate::clock::Clock;
use crate::grants::DeviceQuota;
use crate::locked::locked;
use crate::trace::Trace;
use std::sync::{Arc, Mutex, MutexGuard};

/// What every USB call of one life of a driver works with.
#[derive(Clone)]
pub struct UsbContext {
    /// The device's name in the board file.
    pub device: Arc<str>,
    pub entry: Arc<DeviceEntry>,
    /// The entry's.
    pub grant: Arc<UsbGrant>,
    pub clock: Clock,
    pub trace: Trace,
    /// The device's, not the instance's: neither another handle nor another start gives more.
    pub quota: Arc<Mutex<DeviceQuota>>,
    pub hurry: Arc<Hurry>,
}

impl UsbContext {
    pub(super) fn quota(&self) -> MutexGuard<'_, DeviceQuota> {
        locked(&self.quota)
    }

    /// Writes one denial to the audit trail; or, of an entry that is not enforced, what would have been one.
    pub(super) fn audit(&self, doing: &str, denied: &'static str, reason: &str, enforced: bool) {
        self.trace.audit(&self.device, format!("USB: {doing}"), denied, reason, enforced);
    }
}
