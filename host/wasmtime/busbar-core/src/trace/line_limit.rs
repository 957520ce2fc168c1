use super::BoardEvent;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Lines of one kind of one device that are told at once; more of them within the window are only counted.
const MOST_LINES: u32 = 5;
const WINDOW_MS: f64 = 1_000.0;

/// What is counted of one kind of line of one device.
#[derive(Default)]
struct Kind {
    start_ms: f64,
    lines: u32,
    left_out: u64,
    /// The last that was left out: what its line says.
    last: Option<BoardEvent>,
}

/// Keeps a component that is refused, or warns, in a loop from filling the audit trail: of each device and kind of denial,
/// and of each device's warnings, a few lines a second are told, and then one that stands for all that were left out. All
/// of them are in the sum of the lines' counts.
#[derive(Default)]
pub struct LineLimit {
    /// By device and kind: these are the board's and the host's words, so that a component cannot make this grow.
    kinds: BTreeMap<(String, &'static str), Kind>,
}

impl LineLimit {
    /// The lines that are to be told, because of this one.
    pub fn add(&mut self, event: BoardEvent) -> Vec<BoardEvent> {
        let Some((key, now)) = key_of(&event) else { return vec![event] };
        let kind = self.kinds.entry(key).or_insert_with(|| Kind { start_ms: now, ..Kind::default() });
        let mut told = Vec::new();
        if now - kind.start_ms >= WINDOW_MS {
            told.extend(kind.begin(now));
        }
        if kind.lines < MOST_LINES {
            kind.lines += 1;
            told.push(event);
        } else {
            kind.left_out += 1;
            kind.last = Some(event);
        }
        told
    }

    /// The lines that stand for what was left out in windows that are over.
    pub fn take_older(&mut self, now: f64) -> Vec<BoardEvent> {
        self.kinds
            .values_mut()
            .filter(|kind| now - kind.start_ms >= WINDOW_MS)
            .filter_map(|kind| kind.begin(now))
            .collect()
    }
}

impl Kind {
    /// A new second begins; its first line is about the one before, where that left anything out.
    fn begin(&mut self, now: f64) -> Option<BoardEvent> {
        let left_out = core::mem::take(&mut self.left_out);
        let last = self.last.take();
        self.start_ms = now;
        self.lines = u32::from(last.is_some());
        last.map(|event| counted(event, left_out))
    }
}

fn key_of(event: &BoardEvent) -> Option<((String, &'static str), f64)> {
    match event {
        BoardEvent::Audit(audit) => Some(((audit.device.clone(), audit.denied), audit.start_ms)),
        BoardEvent::Warning(warning) => Some(((warning.device.clone(), "warning"), warning.start_ms)),
        BoardEvent::Lifecycle(_) => None,
    }
}

fn counted(mut event: BoardEvent, so_many: u64) -> BoardEvent {
    match &mut event {
        BoardEvent::Audit(audit) => audit.count = so_many,
        BoardEvent::Warning(warning) => warning.count = so_many,
        BoardEvent::Lifecycle(_) => {}
    }
    event
}

#[cfg(test)]
mod tests {
    use super::LineLimit;
    use crate::trace::{BoardEvent, WarningEvent};

    fn warning(start_ms: f64, message: &str) -> BoardEvent {
        let (device, message) = ("indoor".to_owned(), message.to_owned());
        BoardEvent::Warning(WarningEvent { device, start_ms, message, count: 1 })
    }

    fn counts(events: &[BoardEvent]) -> Vec<u64> {
        events.iter().map(|event| if let BoardEvent::Warning(warning) = event { warning.count } else { 0 }).collect()
    }

    #[test]
    fn a_few_lines_a_second_and_then_their_count() {
        let mut limit = LineLimit::default();
        let told: Vec<_> = (0..100).flat_map(|index| limit.add(warning(f64::from(index), "again"))).collect();
        assert_eq!(counts(&told), [1; 5]);
        assert_eq!(limit.take_older(999.0), []);
        assert_eq!(counts(&limit.take_older(1_000.0)), [95]);
        assert_eq!(limit.take_older(f64::INFINITY), []);
    }

    #[test]
    fn the_next_line_brings_the_count_of_those_before() {
        let mut limit = LineLimit::default();
        for _ in 0..7 {
            limit.add(warning(0.0, "again"));
        }
        assert_eq!(counts(&limit.add(warning(1_500.0, "again"))), [2, 1]);
    }
}
