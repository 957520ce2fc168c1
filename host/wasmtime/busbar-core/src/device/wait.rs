use crate::turns::Urgency;
use std::time::{Duration, Instant};

/// The longest that one call waits. Calls into a driver go one after the other, but one that only waits ends as soon as another
/// comes: neither the lights of a keyboard nor the end wait for a long read. host/core/src/device/hid.ts has what was measured.
const LONGEST_WAIT: Duration = Duration::from_millis(1000);

/// The longest that one call of a driver waits, of which a call may take so long: one that takes all of it ends the driver.
pub fn longest_wait(call_limit: Duration) -> Duration {
    LONGEST_WAIT.min(call_limit / 2)
}

/// The time of a read, in calls of which each is short.
pub struct Wait {
    end: Option<Instant>,
    longest: Duration,
}

impl Wait {
    pub fn new(timeout: Option<Duration>, longest: Duration) -> Self {
        // One that no clock reaches is as good as none.
        Self { end: timeout.and_then(|timeout| Instant::now().checked_add(timeout)), longest }
    }

    /// How long the next call may wait.
    pub fn next_ms(&self) -> u32 {
        let left = self.end.map_or(self.longest, |end| end.saturating_duration_since(Instant::now()).min(self.longest));
        u32::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX)
    }

    pub fn urgency(&self, milliseconds: u32) -> Urgency {
        if milliseconds > 0 { Urgency::Yields } else { Urgency::Plain }
    }

    pub fn is_over(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }
}
