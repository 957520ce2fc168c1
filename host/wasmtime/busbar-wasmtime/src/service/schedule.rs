use std::collections::BTreeMap;

/// What a device may take beyond its calls: preparing its driver, a machine that is busy.
const SLACK_MS: f64 = 30_000.0;
/// Opening a sensor takes several calls, and a reading one.
const CALLS_OF_AN_ATTEMPT: f64 = 5.0;

/// When something has to have come of each device, whatever it is: a reading, a failure, a wait for the device to be plugged
/// in. What is over that time hangs in this process, and not in the device, whose calls are ended by their limit. All times
/// are in milliseconds of the board's clock.
#[derive(Debug, Default)]
pub struct Schedule {
    due_ms: BTreeMap<String, f64>,
}

impl Schedule {
    /// Something is expected of a device. `wait_ms` is until it is asked again, and `call_ms` the longest time of a call.
    pub fn expect(&mut self, device: &str, now_ms: f64, wait_ms: f64, call_ms: f64) {
        self.due_ms.insert(device.to_owned(), now_ms + wait_ms + CALLS_OF_AN_ATTEMPT * call_ms + SLACK_MS);
    }

    /// Nothing is expected of it: it is not plugged in, was given up, or is gone.
    pub fn release(&mut self, device: &str) {
        self.due_ms.remove(device);
    }

    /// The devices of which something is overdue.
    pub fn overdue(&self, now_ms: f64) -> Vec<String> {
        self.due_ms.iter().filter(|(_, due_ms)| now_ms > **due_ms).map(|(device, _)| device.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    #[test]
    fn something_is_overdue_after_its_wait_its_calls_and_some_slack() {
        let mut schedule = Schedule::default();
        schedule.expect("indoor", 0.0, 1_000.0, 2_000.0);
        schedule.expect("usb", 0.0, 0.0, 0.0);
        schedule.release("usb");
        assert!(schedule.overdue(41_000.0).is_empty());
        assert_eq!(schedule.overdue(41_001.0), ["indoor"]);
        schedule.expect("indoor", 41_001.0, 1_000.0, 2_000.0);
        assert!(schedule.overdue(41_001.0).is_empty());
    }
}
