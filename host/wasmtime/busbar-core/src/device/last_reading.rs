use crate::clock::Clock;
use crate::failure::BoardFailure;
use crate::locked::locked;
use std::collections::HashMap;
use std::sync::Mutex;

/// How a sensor did when it was asked last.
#[derive(Debug, Clone, Default)]
pub struct LastReading {
    /// When it gave a reading last, in milliseconds of the board's clock; none where it never did.
    pub last_ms: Option<f64>,
    /// Why it could not be opened or read since then; none where it could.
    pub failure: Option<BoardFailure>,
}

/// How the sensors of a board do that were read, or could not be opened, by their names; also those that an app reads.
#[derive(Debug)]
pub struct LastReadings {
    clock: Clock,
    readings: Mutex<HashMap<String, LastReading>>,
}

impl LastReadings {
    /// Of sensors that nobody has asked yet.
    pub fn new(clock: Clock) -> Self {
        Self { clock, readings: Mutex::default() }
    }

    /// How a sensor did; none where nobody has asked it.
    pub fn get(&self, device: &str) -> Option<LastReading> {
        locked(&self.readings).get(device).cloned()
    }

    /// Notes that a sensor gave a reading now, or why it could not.
    pub fn note(&self, device: &str, outcome: Result<(), BoardFailure>) {
        let mut readings = locked(&self.readings);
        let reading = readings.entry(device.to_owned()).or_default();
        if outcome.is_ok() {
            reading.last_ms = Some(self.clock.now_ms());
        }
        reading.failure = outcome.err();
    }

    /// A device is another one now, or is gone.
    pub fn forget(&self, device: &str) {
        locked(&self.readings).remove(device);
    }
}
