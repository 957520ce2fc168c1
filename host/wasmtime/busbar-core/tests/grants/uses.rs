use crate::support::{
    check, device_entry, flag, gpio_direction, list, operation, spi_operation, text, uart_call, usb_call, usb_devices,
};
use busbar_core::bus::i2c::Operation;
use busbar_core::error::HostErrorCode;
use busbar_core::grants::{DeviceUse, UseRecorder, least_entry, merge_use, parse_uses};
use serde_json::{Map, Value, json};

#[test]
fn what_a_device_needed_is_noted_as_the_table_says() {
    let devices = usb_devices();
    check("uses.json", |case| {
        let entry = device_entry(&case["device"]);
        let mut recorder = UseRecorder::default();
        for event in list(&case["events"]) {
            if let Some(at) = event.get("at") {
                recorder.transaction(at.as_f64().expect("a time"));
            } else if let Some(operations) = event.get("operations") {
                if entry.i2c.is_some() {
                    recorder.i2c(&list(operations).iter().map(operation).collect::<Vec<Operation>>());
                }
                if entry.spi.is_some() {
                    recorder.spi(&list(operations).iter().map(spi_operation).collect::<Vec<_>>());
                }
            } else if let Some(pin) = event.get("pin") {
                recorder.gpio(text(&pin["line"]), gpio_direction(&pin["direction"]));
            } else if let Some(call) = event.get("port") {
                recorder.uart(uart_call(call));
            } else if let Some(call) = event.get("call") {
                let grant = entry.usb.as_ref().expect("a USB entry");
                recorder.usb(grant, &devices[text(&case["usb"])], usb_call(call));
            } else {
                recorder.transfers(u32::try_from(event["transfers"].as_u64().expect("a count")).expect("a few"));
            }
        }
        in_order(&case["use"], &recorder.noted().to_json())
    });
}

#[test]
fn two_runs_needed_together_what_the_table_says() {
    check("merges.json", |case| {
        let (one, other, both) = (device_use(&case["one"]), device_use(&case["other"]), device_use(&case["both"]));
        let got = [merge_use(&one, &other), merge_use(&other, &one), merge_use(&both, &one)];
        (json!([case["both"], case["both"], case["both"]]), got.iter().map(DeviceUse::to_json).collect())
    });
}

#[test]
fn the_least_entry_is_that_of_the_table() {
    check("least.json", |case| {
        let entry: &Map<String, Value> = case["entry"].as_object().expect("an entry");
        in_order(&case["least"], &Value::Object(least_entry(entry, &device_use(&case["use"]))))
    });
}

#[test]
fn a_record_is_read_or_refused_as_the_table_says() {
    check("records.json", |case| {
        let got = match parse_uses(&case["record"], "uses.json") {
            Ok(uses) => Value::Object(uses.into_iter().map(|(name, made)| (name, made.to_json())).collect()),
            Err(error) => json!([error.code == HostErrorCode::Board, error.message]),
        };
        let refused = "uses.json is no record of a run; make one with \"busbar run --complain --record\".";
        (if flag(&case["valid"]) { case["record"]["devices"].clone() } else { json!([true, refused]) }, got)
    });
}

fn device_use(written: &Value) -> DeviceUse {
    DeviceUse::from_json(written).unwrap_or_else(|| panic!("no use of a device: {written}"))
}

/// As text, so that the order of the keys counts.
fn in_order(expected: &Value, got: &Value) -> (Value, Value) {
    (json!(expected.to_string()), json!(got.to_string()))
}
