use super::use_record::{DeviceUse, UsbUse, allowance_names};
use serde_json::{Map, Value, json};

/// The least entry that a recorded run needed: what is granted beyond that is taken away, and what was only told is
/// granted. Where nothing was recorded of a bus, its part stays as it is. It is enforced again.
///
/// `entry` is as it is written in the board file, and checked; which target, device and driver it means stays.
pub fn least_entry(entry: &Map<String, Value>, made: &DeviceUse) -> Map<String, Value> {
    let mut least = entry.clone();
    least.shift_remove("enforce");
    if let (Some(grant), Some(made)) = (part(&mut least, "i2c"), &made.i2c) {
        made.make_least(grant);
    }
    if let (Some(grant), Some(made)) = (part(&mut least, "usb"), &made.usb) {
        least_usb(grant, made);
    }
    // Whoever only waited needs no byte, which no entry can say.
    if let (Some(grant), Some(made)) = (part(&mut least, "spi"), made.spi.filter(|made| made.maximum_length > 0)) {
        made.make_least(grant);
    }
    if let (Some(grant), Some(made)) = (part(&mut least, "gpio"), &made.gpio) {
        made.make_least(grant);
    }
    if let (Some(grant), Some(made)) = (part(&mut least, "uart"), &made.uart) {
        made.make_least(grant);
    }
    // A limit that nobody set would be one that the next, somewhat faster run breaks.
    if let Some(limits) = part(&mut least, "limits")
        && limits.contains_key("transactionsPerSecond")
        && made.transactions_per_second > 0
    {
        limits.insert("transactionsPerSecond".into(), json!(made.transactions_per_second));
    }
    least
}

fn least_usb(grant: &mut Map<String, Value>, made: &UsbUse) {
    grant.shift_remove("allow");
    let granted = grant.shift_remove("interfaces");
    // Where they follow from the class, and all of them are used, it says enough.
    let is_listed = granted.is_some() || !made.unused.is_empty();
    let numbers = if is_listed && !made.interfaces.is_empty() { Some(json!(made.interfaces)) } else { granted };
    if let Some(numbers) = numbers {
        grant.insert("interfaces".into(), numbers);
    }
    if !made.allow.is_empty() {
        grant.insert("allow".into(), json!(allowance_names(&made.allow)));
    }
    if made.maximum_length > 0 {
        grant.insert("maximumLength".into(), json!(made.maximum_length));
    }
    if made.maximum_transfers > 0 {
        grant.insert("maximumTransfers".into(), json!(made.maximum_transfers));
    }
}

fn part<'a>(entry: &'a mut Map<String, Value>, key: &str) -> Option<&'a mut Map<String, Value>> {
    entry.get_mut(key).and_then(Value::as_object_mut)
}
