use crate::output::Output;
use busbar_core::text::printable;
use busbar_core::trace::{AuditEvent, WarningEvent};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Different lines of one device that are told apart; a hostile driver can invent any number of them.
const MOST_DISTINCT: usize = 20;

/// Writes denials and warnings to stderr without letting a driver fill the disk: the first of a kind at once, its
/// repetitions when they reach 10, 100, 1000 ...; from the twenty-first kind of a device on, all others count as one.
#[derive(Default)]
pub struct AuditLog {
    counts: HashMap<String, HashMap<String, u64>>,
}

/// A line that is due.
struct Due {
    count: u64,
    others: bool,
    /// What goes after the line.
    times: String,
}

impl AuditLog {
    /// Notes one denial; or what would have been one, of an entry that is not enforced.
    pub fn denied(&mut self, output: &Output, event: &AuditEvent) {
        let AuditEvent { device, call, denied, reason, enforced, count, .. } = event;
        let kind = if *enforced { "denied" } else { "would-be-denied" };
        let Some(due) = self.due(device, format!("{kind} {call} {reason}"), *count) else { return };
        let first = if due.others { "and others, such as " } else { "" };
        let what = if *enforced { "denied" } else { "would be denied" };
        let (shown_call, shown_reason) = (printable(call, 200), printable(reason, 300));
        let record = json!({
            "type": kind, "device": device, "call": call, "denied": denied, "reason": reason, "count": due.count, "others": due.others
        });
        output.notice(&format!("{what} to {device}: {first}{shown_call}: {shown_reason}{}", due.times), record);
    }

    /// Notes what a driver says although nothing failed.
    pub fn warned(&mut self, output: &Output, event: &WarningEvent) {
        let WarningEvent { device, message, count, .. } = event;
        let Some(due) = self.due(device, message.clone(), *count) else { return };
        let first = if due.others { "other warnings, such as " } else { "" };
        let record: Value = json!({
            "type": "warning", "device": device, "message": message, "count": due.count, "others": due.others
        });
        output.notice(&format!("{device}: {first}{}{}", printable(message, 500), due.times), record);
    }

    /// Counts an event; none where no line is due for it.
    fn due(&mut self, device: &str, kind: String, stands_for: u64) -> Option<Due> {
        let kinds = self.counts.entry(device.to_owned()).or_default();
        let is_full = kinds.len() >= MOST_DISTINCT;
        let (others, before) = match kinds.entry(kind) {
            Entry::Occupied(known) => {
                let count = known.into_mut();
                (false, std::mem::replace(count, *count + stands_for))
            }
            Entry::Vacant(unknown) if !is_full => {
                unknown.insert(stands_for);
                (false, 0)
            }
            Entry::Vacant(_) => {
                let count = kinds.entry(String::new()).or_default();
                (true, std::mem::replace(count, *count + stands_for))
            }
        };
        let count = before + stands_for;
        let times = if count == 1 { String::new() } else { format!(" ({count} times)") };
        (magnitude(before) != magnitude(count)).then_some(Due { count, others, times })
    }
}

/// How many digits a count has; none for 0.
fn magnitude(count: u64) -> u32 {
    count.checked_ilog10().map_or(0, |digits| digits + 1)
}

#[cfg(test)]
mod tests {
    use super::AuditLog;

    #[test]
    fn a_repetition_is_told_at_each_power_of_ten() {
        let mut log = AuditLog::default();
        let told = (1..=1_000).filter(|_| log.due("indoor", "kind".to_owned(), 1).is_some()).count();
        assert_eq!(told, 4);
    }

    #[test]
    fn kinds_without_end_count_as_one() {
        let mut log = AuditLog::default();
        let told = (0..1_000).filter(|index| log.due("indoor", format!("kind {index}"), 1).is_some()).count();
        // Twenty of them, and then the others at 1, 10 and 100.
        assert_eq!(told, 23);
    }
}
