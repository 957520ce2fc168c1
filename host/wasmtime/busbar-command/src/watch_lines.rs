use crate::output::{Align, Output, columns, format_value};
use crate::readings::{label_of, reading_line, what_and_where};
use busbar_core::device::{Channel, OpenedSensor};
use std::sync::Arc;

/// What was read of one channel so far.
struct Watched {
    device: String,
    channel: Channel,
    /// The smallest and the largest value.
    extremes: (f64, f64),
}

/// Prints what sensors read as lines: which part it is before the first of each, and at the end the extremes.
pub struct WatchLines {
    output: Arc<Output>,
    /// In the order in which they were first read.
    watched: Vec<Watched>,
    introduced: Vec<String>,
}

impl WatchLines {
    pub fn new(output: Arc<Output>) -> Self {
        Self { output, watched: Vec::new(), introduced: Vec::new() }
    }

    /// Prints a reading that was taken just now. `wiring` says where the device is.
    pub fn reading(&mut self, sensor: &impl OpenedSensor, values: &[f64], wiring: &str) {
        let name = sensor.name();
        if !self.introduced.iter().any(|each| each == name) {
            self.introduced.push(name.to_owned());
            self.output.block(&format!("{name}: {}", what_and_where(&self.output, sensor, wiring)));
        }
        self.output.block(&reading_line(sensor, values, &local_time()));
        self.note(name, sensor.channels(), values);
    }

    /// Prints the extremes of what was read; of the devices in this order.
    pub fn end(&self, devices: &[String]) {
        use Align::{Left, Right};
        let rows = self.extremes(devices);
        if !rows.is_empty() {
            self.output.block(&format!("\n{}", columns(&rows, &[Left, Left, Left, Right, Left, Right, Left])));
        }
    }

    fn note(&mut self, device: &str, channels: &[Channel], values: &[f64]) {
        for (channel, value) in channels.iter().zip(values) {
            let is_it = |each: &&mut Watched| each.device == device && each.channel.label == channel.label;
            match self.watched.iter_mut().find(is_it) {
                Some(Watched { extremes: (minimum, maximum), .. }) => {
                    (*minimum, *maximum) = (minimum.min(*value), maximum.max(*value));
                }
                None => self.watched.push(Watched {
                    device: device.to_owned(),
                    channel: channel.clone(),
                    extremes: (*value, *value),
                }),
            }
        }
    }

    fn extremes(&self, devices: &[String]) -> Vec<Vec<String>> {
        let row = |Watched { device, channel, extremes: (minimum, maximum) }: &Watched| {
            let (minimum, maximum) = (format_value(channel, *minimum), format_value(channel, *maximum));
            let unit = channel.quantity.unit().to_owned();
            vec![device.clone(), label_of(channel), "minimum".to_owned(), minimum, "maximum".to_owned(), maximum, unit]
        };
        let mut rows = Vec::new();
        for device in devices {
            rows.extend(self.watched.iter().filter(|each| each.device == *device).map(row));
        }
        rows
    }
}

/// The time of day where the machine is: "17:07:06".
pub fn local_time() -> String {
    // SAFETY: both functions write to what they are given, which is as large as they expect and lives here.
    let time = unsafe {
        let mut time = std::mem::zeroed::<libc::tm>();
        let now = libc::time(std::ptr::null_mut());
        libc::localtime_r(&raw const now, &raw mut time);
        time
    };
    format!("{:02}:{:02}:{:02}", time.tm_hour, time.tm_min, time.tm_sec)
}

#[cfg(test)]
mod tests {
    use super::WatchLines;
    use crate::output::{Output, OutputOptions};
    use busbar_core::device::{Channel, Quantity};
    use std::sync::Arc;

    #[test]
    fn the_extremes_of_each_channel_are_those_of_all_its_readings() {
        let channel = |quantity, label: &str, resolution| Channel {
            quantity,
            label: label.to_owned(),
            minimum: -40.0,
            maximum: 110_000.0,
            resolution,
        };
        let channels =
            [channel(Quantity::Temperature, "temperature", 0.01), channel(Quantity::Pressure, "pressure", 2.6)];
        let mut lines = WatchLines::new(Arc::new(Output::new(OutputOptions::default())));
        for values in [[20.0, 100_000.0], [22.0, 100_000.0], [21.0, 100_020.0]] {
            lines.note("outdoor", &channels[..1], &values);
            lines.note("indoor", &channels, &values);
        }
        let rows: Vec<_> =
            lines.extremes(&["indoor".to_owned(), "outdoor".to_owned()]).iter().map(|row| row.join(" ")).collect();
        assert_eq!(
            rows,
            [
                "indoor temperature minimum 20.00 maximum 22.00 °C",
                "indoor pressure minimum 100000 maximum 100020 Pa",
                "outdoor temperature minimum 20.00 maximum 22.00 °C",
            ]
        );
    }
}
