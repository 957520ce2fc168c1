//! Readings as people and programs get them.

use crate::output::{Output, Style, format_value, now, width_of};
use busbar_core::device::{Channel, OpenedSensor};
use busbar_core::text::printable;
use serde_json::{Map, Value, json};

/// The most UTF-16 code units of a label, and of a part's name, that a person is shown.
const LONGEST_LABEL: usize = 40;
const LONGEST_PART: usize = 80;

/// A reading as JSON has it.
pub fn reading_record(sensor: &impl OpenedSensor, values: &[f64], time: &str) -> Value {
    let channels = sensor.channels();
    let by_label = |value: &dyn Fn(usize) -> Value| {
        channels.iter().enumerate().map(|(index, channel)| (channel.label.clone(), value(index))).collect::<Map<_, _>>()
    };
    json!({
        "type": "reading",
        "time": time,
        "device": sensor.name(),
        "vendor": sensor.info().vendor,
        "model": sensor.info().model,
        "values": by_label(&|index| values.get(index).copied().map_or(Value::Null, Value::from)),
        "units": by_label(&|index| channels[index].quantity.unit().into()),
    })
}

/// A reading as a line for people; the same channel always has the same width.
pub fn reading_line(sensor: &impl OpenedSensor, values: &[f64], time: &str) -> String {
    let mut parts = vec![time.to_owned(), sensor.name().to_owned()];
    for (channel, value) in sensor.channels().iter().zip(values) {
        let (text, width) = (format_value(channel, *value), width_of(channel));
        parts.push(format!("{} {text:>width$} {}", label_of(channel), channel.quantity.unit()));
    }
    parts.join("  ")
}

/// Prints a reading that was taken just now.
pub fn print_reading(output: &Output, sensor: &impl OpenedSensor, values: &[f64]) {
    let time = now();
    if output.json() {
        output.record(&reading_record(sensor, values, &time));
    } else {
        output.block(&reading_line(sensor, values, &time));
    }
}

/// A channel's label, safe to show.
pub fn label_of(channel: &Channel) -> String {
    printable(&channel.label, LONGEST_LABEL)
}

/// "Bosch Sensortec BME280, bus 1 at 0x76".
pub fn what_and_where(output: &Output, sensor: &impl OpenedSensor, wiring: &str) -> String {
    let part = printable(&format!("{} {}", sensor.info().vendor, sensor.info().model), LONGEST_PART);
    format!("{part}{}", output.style(Style::Dim, &format!(", {wiring}")))
}
