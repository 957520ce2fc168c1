//! What a driver tells of a contact, so far as that makes sense.

use super::DeviceError;
use super::answer::require_answer;

/// busbar:device/contact `change`: it opened or closed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContactChange {
    /// What it is since then: a button that is pressed is closed.
    pub closed: bool,
    /// When, in milliseconds on a clock that never goes back.
    pub time_ms: f64,
}

/// busbar:device/contact `changes`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ContactChanges {
    /// In their order: each is to the other state than the one before.
    pub changes: Vec<ContactChange>,
    /// Whether some before them are lost, because nobody asked for them in time.
    pub lost: bool,
}

/// Checks that changes are each to the other state than the one before, and not before it.
pub fn require_changes(name: &str, changes: &[ContactChange]) -> Result<(), DeviceError> {
    let are_times = changes.iter().all(|change| change.time_ms.is_finite());
    let are_in_order =
        changes.windows(2).all(|pair| pair[0].closed != pair[1].closed && pair[0].time_ms <= pair[1].time_ms);
    require_answer(name, are_times && are_in_order, || "gives changes that are no times in their order".to_owned())
}
