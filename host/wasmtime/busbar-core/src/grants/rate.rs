use alloc::collections::VecDeque;

pub(super) const WINDOW_MS: f64 = 1_000.0;

/// Limits how often something happens: in any second, wherever it begins, no more than so many times. The times of the
/// last ones are kept, so that the limit is exact: no burst at the turn of two seconds has twice as many.
#[derive(Debug, Clone)]
pub struct RateLimit {
    per_second: usize,
    /// The last ones that counted, the oldest first; never more than `per_second`.
    times: VecDeque<f64>,
}

impl RateLimit {
    /// At least 1 is meant; it costs 8 bytes each, once they are used.
    pub fn new(per_second: u32) -> Self {
        Self { per_second: usize::try_from(per_second).unwrap_or(usize::MAX), times: VecDeque::new() }
    }

    /// Counts one; false where that would be one too many, and then it does not count.
    ///
    /// `now_ms` is in milliseconds, on a clock that never goes back.
    pub fn take(&mut self, now_ms: f64) -> bool {
        if self.times.len() >= self.per_second {
            match self.times.front() {
                Some(oldest) if now_ms - oldest >= WINDOW_MS => self.times.pop_front(),
                _ => return false,
            };
        }
        self.times.push_back(now_ms);
        true
    }
}
