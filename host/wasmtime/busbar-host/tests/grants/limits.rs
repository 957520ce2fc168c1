use crate::support::{check, device_entry, hex_number, list};
use busbar_host::grants::{DeviceQuota, Taken};
use serde_json::{Value, json};

#[test]
fn transactions_are_taken_in_any_second_as_the_table_says() {
    check("rate.json", |case| {
        let mut quota = DeviceQuota::new(&device_entry(&case["device"]));
        let steps = list(&case["transactions"]).iter().map(|step| {
            let at = step["at"].as_f64().expect("a time");
            json!({ "at": step["at"], "take": step["take"], "is": answers(step, || quota.take_transaction(at)) })
        });
        (case["transactions"].clone(), steps.collect())
    });
}

#[test]
fn usb_transfers_are_taken_and_returned_as_the_table_says() {
    check("transfers.json", |case| {
        let mut quota = DeviceQuota::new(&device_entry(&case["device"]));
        let steps = list(&case["transfers"]).iter().map(|step| {
            if let Some(count) = step.get("return") {
                quota.return_transfers(hex_number(count));
                return step.clone();
            }
            json!({ "take": step["take"], "is": answers(step, || quota.take_transfer()) })
        });
        (case["transfers"].clone(), steps.collect())
    });
}

/// The one answer to so many questions; all of them where they differ.
fn answers(step: &Value, mut ask: impl FnMut() -> Taken) -> Value {
    let mut answers: Vec<&str> = (0..hex_number::<u64>(&step["take"])).map(|_| ask().name()).collect();
    answers.dedup();
    if let [answer] = answers[..] { json!(answer) } else { json!(answers) }
}
