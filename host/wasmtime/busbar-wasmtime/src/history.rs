use std::collections::VecDeque;

/// Into so many slots a window is divided, of which each keeps its last value: more than a terminal has columns.
const SLOTS: f64 = 600.0;

#[derive(Debug, Clone, Copy)]
struct Point {
    time_ms: f64,
    /// NaN where reading failed.
    value: f64,
}

/// The values of one channel: extremes since the start, and a curve of the last minutes. Bounded, for runs of years.
#[derive(Debug)]
pub struct History {
    window_ms: f64,
    points: VecDeque<Point>,
    extremes: Option<(f64, f64)>,
    latest: Option<f64>,
}

impl History {
    /// `window_ms` is how far the curve goes back.
    pub fn new(window_ms: f64) -> Self {
        Self { window_ms, points: VecDeque::new(), extremes: None, latest: None }
    }

    /// The last value; none when there was none yet, or the last reading failed.
    pub fn latest(&self) -> Option<f64> {
        self.latest
    }

    /// The smallest and the largest value so far.
    pub fn extremes(&self) -> Option<(f64, f64)> {
        self.extremes
    }

    /// Adds what was read, or nothing where reading failed: a gap in the curve.
    pub fn add(&mut self, time_ms: f64, value: Option<f64>) {
        self.latest = value;
        if let Some(value) = value.filter(|value| value.is_finite()) {
            let (minimum, maximum) = self.extremes.unwrap_or((value, value));
            self.extremes = Some((minimum.min(value), maximum.max(value)));
        }
        let slot_of = |time_ms: f64| (time_ms / self.window_ms * SLOTS).floor();
        if self.points.back().is_some_and(|last| slot_of(last.time_ms) == slot_of(time_ms)) {
            self.points.pop_back();
        }
        self.points.push_back(Point { time_ms, value: value.unwrap_or(f64::NAN) });
        while self.points.front().is_some_and(|first| first.time_ms < time_ms - self.window_ms) {
            self.points.pop_front();
        }
    }

    /// How far back the curve goes by now, in milliseconds.
    pub fn span_ms(&self) -> f64 {
        match (self.points.front(), self.points.back()) {
            (Some(first), Some(last)) => last.time_ms - first.time_ms,
            _ => 0.0,
        }
    }

    /// The curve over [`History::span_ms`], one value a column, on straight lines between points; NaN in gaps.
    pub fn curve(&self, columns: usize) -> Vec<f64> {
        let Some(first) = self.points.front() else { return Vec::new() };
        let mut next = 0;
        let value_at = |column: usize| {
            let share = column as f64 / columns.saturating_sub(1).max(1) as f64;
            let time_ms = first.time_ms + self.span_ms() * share;
            while next < self.points.len() - 1 && self.points[next].time_ms < time_ms {
                next += 1;
            }
            let after = self.points[next];
            let before = next.checked_sub(1).map(|before| self.points[before]);
            match before {
                Some(before) if time_ms < after.time_ms => {
                    let step = after.time_ms - before.time_ms;
                    before.value + (after.value - before.value) * (time_ms - before.time_ms) / step
                }
                _ => after.value,
            }
        };
        (0..columns).map(value_at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::History;

    #[test]
    fn a_curve_goes_straight_from_point_to_point_and_has_gaps() {
        let mut history = History::new(60_000.0);
        for (time_ms, value) in [(0.0, Some(10.0)), (2_000.0, Some(20.0)), (4_000.0, None)] {
            history.add(time_ms, value);
        }
        let curve = history.curve(5);
        assert_eq!(curve[..3], [10.0, 15.0, 20.0]);
        assert!(curve[3].is_nan() && curve[4].is_nan());
        assert_eq!((history.latest(), history.extremes(), history.span_ms()), (None, Some((10.0, 20.0)), 4_000.0));
    }

    #[test]
    fn it_keeps_no_more_than_its_window() {
        let mut history = History::new(1_000.0);
        for time_ms in 0..100_000 {
            history.add(f64::from(time_ms), Some(f64::from(time_ms)));
        }
        assert!(history.points.len() <= 601 && history.span_ms() <= 1_000.0);
        assert_eq!(history.extremes(), Some((0.0, 99_999.0)));
    }

    #[test]
    fn what_is_no_number_is_no_extreme() {
        let mut history = History::new(1_000.0);
        history.add(0.0, Some(f64::NAN));
        assert!(history.extremes().is_none() && history.latest().is_some_and(f64::is_nan));
        assert_eq!(History::new(1.0).curve(3), [0.0; 0]);
    }
}
