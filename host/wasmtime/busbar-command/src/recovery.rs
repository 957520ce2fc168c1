use crate::kept_sensor::Attempt;
use crate::output::{Output, duration};
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

/// A time without readings.
struct Outage {
    start: Instant,
    failures: u64,
}

/// Says in a line when a sensor that failed answers again: without it a log has failures only, and nobody knows whether they
/// last.
pub struct Recoveries {
    output: Arc<Output>,
    outages: HashMap<String, Outage>,
}

impl Recoveries {
    pub fn new(output: Arc<Output>) -> Self {
        Self { output, outages: HashMap::new() }
    }

    /// Notes what came of an attempt; before it is printed.
    pub fn attempt<S>(&mut self, device: &str, attempt: &Attempt<'_, S>) {
        if let Attempt::Failure { .. } = attempt {
            let outage = self.outages.entry(device.to_owned());
            outage.or_insert_with(|| Outage { start: Instant::now(), failures: 0 }).failures += 1;
            return;
        }
        let Some(Outage { start, failures }) = self.outages.remove(device) else { return };
        let down = start.elapsed();
        let times = if failures == 1 { "one failure".to_owned() } else { format!("{failures} failures") };
        let down_ms = down.as_millis().min(u128::from(u64::MAX)) as u64;
        self.output.info(
            &format!("{device}: answers again, after {times} in {}.", duration(down.as_secs_f64() * 1e3)),
            json!({ "type": "recovered", "device": device, "failures": failures, "downMs": down_ms }),
        );
    }

    /// A device is another one now, or is gone.
    pub fn forget(&mut self, device: &str) {
        self.outages.remove(device);
    }
}
