use crate::kept_sensor::Attempt;
use crate::output::Output;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

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
    pub fn attempt(&mut self, device: &str, attempt: &Attempt<'_>) {
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
            &format!("{device}: answers again, after {times} in {}.", for_people(down)),
            json!({ "type": "recovered", "device": device, "failures": failures, "downMs": down_ms }),
        );
    }
}

/// "0.2 s", "45 s", "3 min", "2 h".
fn for_people(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    let minutes = seconds / 60.0;
    match seconds {
        _ if seconds < 10.0 => format!("{seconds:.1} s"),
        _ if seconds < 120.0 => format!("{} s", seconds.round()),
        _ if minutes < 120.0 => format!("{} min", minutes.round()),
        _ => format!("{} h", (minutes / 60.0).round()),
    }
}

#[cfg(test)]
mod tests {
    use super::for_people;
    use std::time::Duration;

    #[test]
    fn a_duration_is_as_long_as_people_say_it() {
        let shown = [200, 45_000, 180_000, 7_200_000].map(|ms| for_people(Duration::from_millis(ms)));
        assert_eq!(shown, ["0.2 s", "45 s", "3 min", "2 h"]);
    }
}
