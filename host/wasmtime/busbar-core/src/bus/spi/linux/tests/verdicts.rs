//! host/verdicts/linux-spi.json, which the host for Node answers as well.

#[path = "../../../../../tests/support/spi_values.rs"]
#[allow(dead_code)]
mod spi_values;

use super::machine::{FakeMachine, wiring};
use crate::bus::linux::Errno;
use crate::bus::spi::linux::errno::transaction_error;
use crate::bus::spi::linux::message::{SpiTransfer, transfers_of};
use crate::bus::spi::{BitOrder, SpiBackend, SpiGrant};
use serde_json::{Map, Value, json};
use spi_values::{error_json, hex, operations};

const VERDICTS: &str = include_str!("../../../../../../../verdicts/linux-spi.json");

fn cases(key: &str) -> Vec<Value> {
    let verdicts: Value = serde_json::from_str(VERDICTS).expect("it is JSON");
    let cases = verdicts[key].as_array().expect("there is a list").clone();
    assert!(!cases.is_empty());
    cases
}

fn number(json: &Value) -> u32 {
    json.as_u64().and_then(|number| u32::try_from(number).ok()).expect("a number")
}

/// Of "0x0b".
fn bits(json: &Value) -> u32 {
    let digits = json.as_str().and_then(|text| text.strip_prefix("0x")).expect("bits");
    u32::from_str_radix(digits, 16).expect("hexadecimal")
}

#[test]
fn messages() {
    for case in cases("messages") {
        let operations = operations(&case["operations"]);
        let shown: Vec<Value> = transfers_of(&operations).iter().map(shown).collect();
        assert_eq!(json!(shown), case["transfers"], "{}", case["name"]);
    }
}

fn shown(transfer: &SpiTransfer<'_>) -> Value {
    let mut shown = Map::new();
    if let Some(sent) = transfer.sent {
        shown.insert("sends".to_owned(), hex(sent).into());
    }
    if let Some(received) = &transfer.received {
        shown.insert("receives".to_owned(), received.len().into());
    }
    if transfer.delay_usecs > 0 {
        shown.insert("delayUsecs".to_owned(), transfer.delay_usecs.into());
    }
    Value::Object(shown)
}

#[test]
fn modes() {
    for case in cases("modes") {
        let machine = FakeMachine::with_one();
        machine.change(|device| (device.bits, device.mode) = (bits(&case["has"]), bits(&case["before"])));
        let mode = u8::try_from(number(&case["mode"])).expect("a mode");
        let bit_order = case["bitOrder"].as_str().and_then(BitOrder::named).expect("a bit order");
        let opened = machine.backend().open("x", &SpiGrant { mode, bit_order, ..wiring() });
        let said = opened.as_ref().err().map(|error| error.message.as_str());
        assert_eq!(said, case["message"].as_str(), "{}", case["name"]);
        if said.is_none() {
            machine.change(|device| assert_eq!(device.mode, bits(&case["after"]), "{}", case["name"]));
        }
    }
}

#[test]
fn times() {
    for case in cases("times") {
        let machine = FakeMachine::with_one();
        let wiring = SpiGrant { maximum_hz: number(&case["maximumHz"]), ..wiring() };
        let mut device = machine.backend().open("x", &wiring).expect("it opens").expect("it is there");
        let done = device.transaction(&operations(&case["operations"]));
        let said = done.as_ref().err().map(|error| error.message.as_str());
        assert_eq!(said, case["message"].as_str(), "{}", case["name"]);
        machine.change(|device| assert_eq!(device.wire.len(), usize::from(said.is_none())));
    }
}

#[test]
fn errnos() {
    for case in cases("errnos") {
        let errno = Errno(i32::try_from(number(&case["errno"])).expect("an errno"));
        let mut answer = error_json(&transaction_error(errno, "/dev/spidev0.1"));
        answer["errno"] = case["errno"].clone();
        assert_eq!(answer, case);
    }
}
