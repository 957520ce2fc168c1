use crate::support::{check, device_entry, hex_number, list};
use busbar_core::grants::{DeviceQuota, Taken, UsbCall, UsbFacts};
use serde_json::{Value, json};

#[test]
fn transactions_are_taken_in_any_second_as_the_table_says() {
    check("rate.json", |case| {
        let mut quota = DeviceQuota::new(&device_entry(&case["device"]));
        let steps = list(&case["transactions"]).iter().map(|step| {
            let at = step["at"].as_f64().expect("a time");
            json!({ "at": step["at"], "take": step["take"], "is": answers(step, || quota.take_transaction(at)) })
        });
        let got: Value = steps.collect();
        let noted = quota.recorder.map(|recorder| recorder.noted().transactions_per_second);
        (json!([case["transactions"], case["noted"]]), json!([got, noted]))
    });
}

#[test]
fn usb_transfers_are_taken_and_returned_as_the_table_says() {
    check("transfers.json", |case| {
        let entry = device_entry(&case["device"]);
        let mut quota = DeviceQuota::new(&entry);
        let steps = list(&case["transfers"]).iter().map(|step| {
            if let Some(count) = step.get("return") {
                quota.return_transfers(hex_number(count));
                return step.clone();
            }
            json!({ "take": step["take"], "is": answers(step, || quota.take_transfer()) })
        });
        let got: Value = steps.collect();
        let noted = quota.recorder.as_mut().zip(entry.usb.as_ref()).and_then(|(recorder, grant)| {
            // Transfers are noted with what else was done with the device.
            recorder.usb(grant, &UsbFacts::default(), UsbCall::Open);
            recorder.noted().usb.map(|made| made.maximum_transfers)
        });
        (json!([case["transfers"], case["noted"]]), json!([got, noted]))
    });
}

/// The one answer to so many questions; all of them where they differ.
fn answers(step: &Value, mut ask: impl FnMut() -> Taken) -> Value {
    let mut answers: Vec<&str> = (0..hex_number::<u64>(&step["take"])).map(|_| ask().name()).collect();
    answers.dedup();
    if let [answer] = answers[..] { json!(answer) } else { json!(answers) }
}
