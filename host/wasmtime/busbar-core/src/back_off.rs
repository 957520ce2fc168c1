use core::time::Duration;

/// The first wait before a driver that trapped is started again; it doubles with each trap.
const FIRST_BACK_OFF_MS: f64 = 100.0;
const LONGEST_BACK_OFF_MS: f64 = 30_000.0;
/// A life this long shows that the driver works: the next trap starts the back-off anew.
const HEALTHY_LIFE_MS: f64 = 60_000.0;

/// How long a driver that trapped has to wait before it is started again. All times are of the board's clock.
#[derive(Debug)]
pub struct BackOff {
    wait_ms: f64,
    not_before_ms: f64,
    started_ms: f64,
}

impl Default for BackOff {
    /// Of a driver that never trapped.
    fn default() -> Self {
        Self { wait_ms: FIRST_BACK_OFF_MS, not_before_ms: f64::NEG_INFINITY, started_ms: 0.0 }
    }
}

impl BackOff {
    /// How long from now it may not be started; zero where it may.
    pub fn wait(&self, now_ms: f64) -> Duration {
        Duration::from_secs_f64((self.not_before_ms - now_ms).max(0.0) / 1e3)
    }

    /// A life of it began.
    pub fn started(&mut self, now_ms: f64) {
        self.started_ms = now_ms;
    }

    /// Its life ended by a trap.
    pub fn trapped(&mut self, now_ms: f64) {
        if now_ms - self.started_ms > HEALTHY_LIFE_MS {
            self.wait_ms = FIRST_BACK_OFF_MS;
        }
        self.not_before_ms = now_ms + self.wait_ms;
        self.wait_ms = (self.wait_ms * 2.0).min(LONGEST_BACK_OFF_MS);
    }
}

#[cfg(test)]
mod tests {
    use super::BackOff;

    #[test]
    fn the_wait_doubles_and_begins_anew_after_a_healthy_life() {
        let mut back_off = BackOff::default();
        back_off.trapped(1_000.0);
        assert_eq!(back_off.not_before_ms, 1_100.0);
        back_off.trapped(2_000.0);
        assert_eq!(back_off.not_before_ms, 2_200.0);
        for _ in 0..20 {
            back_off.trapped(3_000.0);
        }
        assert_eq!(back_off.not_before_ms, 33_000.0);
        back_off.trapped(70_000.0);
        assert_eq!(back_off.not_before_ms, 70_100.0);
    }
}
