use super::{UartCall, UartError, UartGrant, judge_uart};
use crate::bus::BusAccess;
use crate::grants::Verdict;
use crate::text::quoted;

impl BusAccess<'_> {
    /// Whether a call on the port of the entry is granted and within its limits; where it is, it counts. To be asked before each.
    ///
    /// # Errors
    ///
    /// `denied`, of which the operator is told.
    pub fn uart(&self, call: UartCall) -> Result<(), UartError> {
        let grant = self.entry.uart.as_ref();
        let shown = || described(grant, call);
        match judge_uart(grant, call, self.entry.enforce) {
            Verdict::Allowed => {}
            Verdict::WouldBeDenied(denied) => {
                self.trace.audit(self.device, shown(), denied.what.name(), &denied.reason, false);
            }
            Verdict::Denied(denied) => {
                self.trace.audit(self.device, shown(), denied.what.name(), &denied.reason, true);
                return Err(UartError::denied(denied.reason));
            }
        }
        self.take(|recorder| recorder.uart(call), shown).map_err(UartError::denied)
    }
}

/// What was asked for, as the audit has it.
fn described(grant: Option<&UartGrant>, call: UartCall) -> String {
    let port = quoted(grant.map_or("", |grant| &grant.port));
    let kind = call.kind();
    let what = match call {
        UartCall::Read(number) | UartCall::Write(number) | UartCall::SetBaudRate(number) => format!("{kind} {number}"),
        UartCall::Drain | UartCall::Discard => kind.to_owned(),
    };
    format!("uart on the port {port}: {what}")
}
