//! The board's time, and what waits in it.

use core::time::Duration;
#[cfg(feature = "std")]
use std::time::Instant;

/// A clock that never goes back, in milliseconds since the board was opened.
#[derive(Debug, Clone, Copy)]
pub struct Clock(Source);

#[derive(Debug, Clone, Copy)]
enum Source {
    #[cfg(feature = "std")]
    System(Instant),
    Counter(fn() -> Duration),
}

impl Clock {
    /// A clock that begins now.
    #[cfg(feature = "std")]
    pub fn start() -> Self {
        Self(Source::System(Instant::now()))
    }

    /// A clock of a machine without an operating system: the counter gives the time since the board was opened, and never goes
    /// back.
    pub fn counting(counter: fn() -> Duration) -> Self {
        Self(Source::Counter(counter))
    }

    /// Nanoseconds since it began.
    pub fn now_ns(&self) -> u64 {
        u64::try_from(self.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Milliseconds since it began.
    pub fn now_ms(&self) -> f64 {
        self.elapsed().as_secs_f64() * 1e3
    }

    fn elapsed(&self) -> Duration {
        match self.0 {
            #[cfg(feature = "std")]
            Source::System(start) => start.elapsed(),
            Source::Counter(counter) => counter(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;
    use core::time::Duration;

    #[test]
    fn a_counter_gives_the_time() {
        let clock = Clock::counting(|| Duration::from_micros(1_500));
        assert_eq!((clock.now_ns(), clock.now_ms()), (1_500_000, 1.5));
    }
}
