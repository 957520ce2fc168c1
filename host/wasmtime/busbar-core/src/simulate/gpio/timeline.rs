use crate::bus::gpio::GpioLevel;
use crate::simulate::parameters::{Complaint, missing, number, unexpected, wrong};
use serde_json::Value;

const MOST_CHANGES: usize = 10_000;
/// In milliseconds.
const LATEST: f64 = 1e9;

/// Levels one after the other.
pub(super) struct Timeline {
    before: GpioLevel,
    /// In the order of their times, in milliseconds of the clock.
    changes: Vec<(f64, GpioLevel)>,
}

impl Timeline {
    /// Of changes at times after its beginning, as a board file has them: `[[100, "high"], [150.5, "low"]]`.
    pub(super) fn from_json(
        changes: Option<&Value>,
        before: GpioLevel,
        begin_ms: f64,
        path: &str,
    ) -> Result<Self, Complaint> {
        let written = match changes {
            None => &[][..],
            Some(Value::Array(written)) => written,
            Some(other) => return Err(unexpected(path, "Array", other)),
        };
        let changes = written.iter().enumerate().map(|(index, value)| change(value, &format!("{path}.{index}")));
        let changes = changes.collect::<Result<Vec<_>, _>>()?;
        if changes.len() > MOST_CHANGES {
            return Err(wrong(path, &format!("expected at most {MOST_CHANGES} changes")));
        }
        if !changes.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(wrong(path, "expected the changes in the order of their times, and no two at one time"));
        }
        let changes = changes.into_iter().map(|(at_ms, level)| (begin_ms + at_ms, level)).collect();
        Ok(Self { before, changes })
    }

    /// The level at a time.
    pub(super) fn level(&self, at_ms: f64) -> GpioLevel {
        let past = self.changes.partition_point(|(time, _)| *time <= at_ms);
        past.checked_sub(1).map_or(self.before, |last| self.changes[last].1)
    }

    /// When the next change is after a time; none where there is none any more.
    pub(super) fn next_change(&self, at_ms: f64) -> Option<f64> {
        let next = self.changes.partition_point(|(time, _)| *time <= at_ms);
        self.changes.get(next).map(|(time, _)| *time)
    }
}

fn change(value: &Value, path: &str) -> Result<(f64, GpioLevel), Complaint> {
    const EXPECTED: &str = "expected a time and a level";
    let Value::Array(parts) = value else { return Err(wrong(path, EXPECTED)) };
    let part = |index: usize| parts.get(index).ok_or_else(|| missing(&format!("{path}.{index}")));
    let at_ms = number(part(0)?, 0.0, LATEST, &format!("{path}.0"))?;
    let level = level(part(1)?, &format!("{path}.1"))?;
    if parts.len() > 2 {
        return Err(wrong(&format!("{path}.2"), EXPECTED));
    }
    Ok((at_ms, level))
}

/// "low" or "high".
pub(super) fn level(value: &Value, path: &str) -> Result<GpioLevel, Complaint> {
    value.as_str().and_then(GpioLevel::named).ok_or_else(|| unexpected(path, "(\"low\" | \"high\")", value))
}
