use super::OpenedBuses;
use crate::board::DeviceEntry;
use crate::clock::Clock;
use crate::grants::{DeviceQuota, Taken, UseRecorder};
use crate::locked::{Mutex, locked};
use crate::trace::Trace;
use alloc::format;
use alloc::string::String;

/// A device, for whoever drives it: a driver, or an app that brings its own. Every transaction is judged against the device's entry;
/// what can be done on a bus lies with that.
pub struct BusAccess<'a> {
    /// The device's name in the board file.
    pub device: &'a str,
    pub entry: &'a DeviceEntry,
    pub clock: Clock,
    pub trace: &'a Trace,
    /// The device's, not that of one life of its driver or one run of its app.
    pub quota: &'a Mutex<DeviceQuota>,
    pub buses: &'a mut OpenedBuses,
}

impl BusAccess<'_> {
    /// Counts a transaction against the limits of the entry, and notes with `note` what it is made of. `call` is what the operator is
    /// told where it is one too many.
    ///
    /// # Errors
    ///
    /// Why it is refused.
    pub(super) fn take(
        &self,
        note: impl FnOnce(&mut UseRecorder),
        call: impl FnOnce() -> String,
    ) -> Result<(), String> {
        let taken = {
            let mut quota = locked(self.quota);
            let taken = quota.take_transaction(self.clock.now_ms());
            if let (Some(recorder), true) = (&mut quota.recorder, taken != Taken::Refused) {
                note(recorder);
            }
            taken
        };
        if taken == Taken::Taken {
            return Ok(());
        }
        let most = self.entry.limits.transactions_per_second.unwrap_or(0);
        let reason = format!("more than {most} transactions in a second");
        let is_refused = taken == Taken::Refused;
        self.trace.audit(self.device, call(), "rate", &reason, is_refused);
        if is_refused { Err(reason) } else { Ok(()) }
    }
}
