//! host/verdicts/linux-gpio.json, which the host for Node answers as well.

use crate::bus::gpio::linux::constants::{
    GPIO_GET_CHIPINFO_IOCTL, GPIO_V2_GET_LINE_IOCTL, GPIO_V2_GET_LINEINFO_IOCTL, GPIO_V2_LINE_GET_VALUES_IOCTL,
    GPIO_V2_LINE_SET_CONFIG_IOCTL, GPIO_V2_LINE_SET_VALUES_IOCTL,
};
use crate::bus::gpio::linux::errno::line_error;
use crate::bus::gpio::linux::structures::{
    ChipInfo, LINE_VALUES_SIZE, LineConfig, LineInfo, decode_events, decode_values, encode_values,
};
use crate::bus::gpio::{GpioDirection, GpioError, GpioLevel, Pull};
use crate::bus::linux::Errno;
use serde_json::{Value, json};

const VERDICTS: &str = include_str!("../../../../../../../verdicts/linux-gpio.json");

fn cases(key: &str) -> Vec<Value> {
    let verdicts: Value = serde_json::from_str(VERDICTS).expect("it is JSON");
    let cases = verdicts[key].as_array().expect("there is a list").clone();
    assert!(!cases.is_empty());
    cases
}

fn number(json: &Value) -> u32 {
    json.as_u64().and_then(|number| u32::try_from(number).ok()).expect("a number")
}

/// What of a structure is not 0, in the machine's order.
fn bytes_of<const SIZE: usize>(case: &Value) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    let mut put = |at: &Value, value: &[u8]| {
        let at = number(at) as usize;
        bytes[at..at + value.len()].copy_from_slice(value);
    };
    for field in case["fields"].as_array().into_iter().flatten() {
        match field[1].as_u64() {
            Some(8) => put(&field[0], &field[2].as_u64().expect("a number").to_ne_bytes()),
            _ => put(&field[0], &number(&field[2]).to_ne_bytes()),
        }
    }
    for text in case["texts"].as_array().into_iter().flatten() {
        put(&text[0], text[1].as_str().expect("a text").as_bytes());
    }
    bytes
}

fn level(json: &Value) -> GpioLevel {
    json.as_str().and_then(GpioLevel::named).expect("a level")
}

fn config_of(json: &Value) -> LineConfig {
    LineConfig {
        direction: json["direction"].as_str().and_then(GpioDirection::named).expect("a direction"),
        pull: json["pull"].as_str().and_then(Pull::named),
        debounce_ms: json.get("debounceMs").map(number),
        initial: level(&json["initial"]),
        edges: json["edges"].as_bool().expect("a bool"),
    }
}

#[test]
fn requests() {
    let known = [
        ("GPIO_GET_CHIPINFO_IOCTL", GPIO_GET_CHIPINFO_IOCTL),
        ("GPIO_V2_GET_LINEINFO_IOCTL", GPIO_V2_GET_LINEINFO_IOCTL),
        ("GPIO_V2_GET_LINE_IOCTL", GPIO_V2_GET_LINE_IOCTL),
        ("GPIO_V2_LINE_SET_CONFIG_IOCTL", GPIO_V2_LINE_SET_CONFIG_IOCTL),
        ("GPIO_V2_LINE_GET_VALUES_IOCTL", GPIO_V2_LINE_GET_VALUES_IOCTL),
        ("GPIO_V2_LINE_SET_VALUES_IOCTL", GPIO_V2_LINE_SET_VALUES_IOCTL),
    ];
    let shown: Vec<Value> = known
        .iter()
        .map(|(name, request)| {
            json!({ "name": name, "number": format!("0x{request:08x}"), "bytes": request >> 16 & 0x3fff })
        })
        .collect();
    assert_eq!(shown, cases("requests"));
}

#[test]
fn configurations() {
    for case in cases("configurations") {
        assert_eq!(config_of(&case["config"]).encode(), bytes_of(&case), "{}", case["name"]);
    }
}

#[test]
fn lines() {
    for case in cases("lines") {
        let consumer = case["consumer"].as_str().expect("a text");
        let request = config_of(&case["config"]).encode_request(number(&case["offset"]), consumer);
        assert_eq!(request, bytes_of(&case), "{}", case["name"]);
    }
}

#[test]
fn values() {
    for case in cases("values") {
        let bytes: [u8; LINE_VALUES_SIZE] = bytes_of(&case);
        assert_eq!((encode_values(level(&case["level"])), decode_values(&bytes)), (bytes, level(&case["level"])));
    }
}

#[test]
fn chips() {
    for case in cases("chips") {
        let ChipInfo { name, label, lines } = ChipInfo::decode(&bytes_of(&case));
        assert_eq!(json!({ "name": name, "label": label, "lines": lines }), case["chip"], "{}", case["name"]);
    }
}

#[test]
fn infos() {
    for case in cases("infos") {
        let LineInfo { name, consumer } = LineInfo::decode(&bytes_of(&case));
        assert_eq!(json!({ "name": name, "consumer": consumer }), case["info"], "{}", case["name"]);
    }
}

#[test]
fn events() {
    for case in cases("events") {
        let bytes: [u8; 200] = bytes_of(&case);
        let events = decode_events(&bytes[..number(&case["bytes"]) as usize]);
        let shown: Vec<Value> = events
            .iter()
            .map(|event| json!({ "level": event.level.name(), "timestampNs": event.timestamp_ns }))
            .collect();
        assert_eq!(json!(shown), case["events"], "{}", case["name"]);
    }
}

#[test]
fn errnos() {
    for case in cases("errnos") {
        let errno = Errno(i32::try_from(number(&case["errno"])).expect("an errno"));
        let GpioError { code, message } = line_error(errno, "/dev/gpiochip0, line 17");
        let mut tagged = json!({ "tag": code.name() });
        if code.name() == "other" {
            tagged["val"] = message.as_str().into();
        }
        assert_eq!(json!({ "errno": case["errno"], "code": tagged, "message": message }), case);
    }
}

/// Whatever the kernel writes, also where it is not what this host knows of it.
#[test]
fn any_bytes_are_read_as_something() {
    let mut random = 0x1234_5678_u32;
    let mut byte = || {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random as u8
    };
    for length in 0..300 {
        let bytes: Vec<u8> = (0..length).map(|_| byte()).collect();
        assert_eq!(decode_events(&bytes).len(), length / 48);
        ChipInfo::decode(&std::array::from_fn(|_| byte()));
        LineInfo::decode(&std::array::from_fn(|_| byte()));
    }
}
