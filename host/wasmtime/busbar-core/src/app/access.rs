//! What an app may use, by name. The answer is the same for a name that exists and one that does not: an app must not learn what
//! else is wired.

use crate::board::AppEntry;
use crate::device::{DeviceError, DeviceErrorCode};
use crate::text::{cut, quoted};
use crate::trace::{LONGEST_NAME, Trace};

/// Refuses a device that is not among those of the app's entry.
///
/// # Errors
///
/// `access-denied`, and the operator is told.
pub fn require_use(app: &str, entry: &AppEntry, trace: &Trace, name: &str) -> Result<(), DeviceError> {
    if entry.uses.iter().any(|each| each == name) {
        return Ok(());
    }
    let asked = quoted(&cut(name, LONGEST_NAME));
    let reason = format!("the app may not use {asked}; add it to \"apps.{app}.uses\"");
    trace.audit(app, format!("open({asked})"), "name", &reason, true);
    Err(DeviceError::new(app, DeviceErrorCode::AccessDenied, reason))
}

/// Refuses to let an app drive a device itself that is not among those of its entry, or has a driver. Gives the reason; the
/// operator is told.
pub fn refuse_to_drive(app: &str, trace: &Trace, name: &str, call: &str) -> String {
    let asked = quoted(&cut(name, LONGEST_NAME));
    let reason =
        format!("the app may not drive {asked}; add it to \"apps.{app}.uses\", as a device without \"driver\"");
    trace.audit(app, format!("{call}({asked})"), "name", &reason, true);
    reason
}
