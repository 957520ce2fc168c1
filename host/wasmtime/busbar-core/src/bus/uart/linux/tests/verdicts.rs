//! host/verdicts/linux-uart.json, which the host for Node answers as well.

use crate::bus::linux::Errno;
use crate::bus::uart::linux::constants::{
    ICOUNTER_INTS, TCFLSH, TCGETS2, TCSETS2, TERMIOS2_SIZE, TIOCEXCL, TIOCGICOUNT, TIOCNXCL, TIOCOUTQ, TIOCSERGETLSR,
};
use crate::bus::uart::linux::counters::LineCounters;
use crate::bus::uart::linux::errno::call_error;
use crate::bus::uart::linux::marks::{MarkDecoder, Marked};
use crate::bus::uart::linux::termios::{encode_termios, refused_setting};
use crate::bus::uart::{FlowControl, Parity, UartError, UartLineSettings};
use serde_json::{Value, json};

const VERDICTS: &str = include_str!("../../../../../../../verdicts/linux-uart.json");

fn cases(key: &str) -> Vec<Value> {
    let verdicts: Value = serde_json::from_str(VERDICTS).expect("it is JSON");
    let cases = verdicts[key].as_array().expect("there is a list").clone();
    assert!(!cases.is_empty());
    cases
}

fn number(json: &Value) -> u32 {
    json.as_u64().and_then(|number| u32::try_from(number).ok()).expect("a number")
}

fn small(json: &Value) -> u8 {
    u8::try_from(number(json)).expect("a small number")
}

/// What of a structure is not 0, in the machine's order.
fn bytes_of<const SIZE: usize>(fields: &Value) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    for field in fields.as_array().into_iter().flatten() {
        let at = number(&field[0]) as usize;
        match number(&field[1]) {
            1 => bytes[at] = small(&field[2]),
            _ => bytes[at..at + 4].copy_from_slice(&number(&field[2]).to_ne_bytes()),
        }
    }
    bytes
}

fn line(json: &Value) -> UartLineSettings {
    UartLineSettings {
        baud_rate: number(&json["baudRate"]),
        data_bits: small(&json["dataBits"]),
        parity: json["parity"].as_str().and_then(Parity::named).expect("a parity"),
        stop_bits: small(&json["stopBits"]),
        flow_control: json["flowControl"].as_str().and_then(FlowControl::named).expect("a flow control"),
    }
}

#[test]
fn requests() {
    let known = [
        ("TCGETS2", TCGETS2),
        ("TCSETS2", TCSETS2),
        ("TCFLSH", TCFLSH),
        ("TIOCEXCL", TIOCEXCL),
        ("TIOCNXCL", TIOCNXCL),
        ("TIOCOUTQ", TIOCOUTQ),
        ("TIOCSERGETLSR", TIOCSERGETLSR),
        ("TIOCGICOUNT", TIOCGICOUNT),
    ];
    let shown: Vec<Value> =
        known.iter().map(|(name, number)| json!({ "name": name, "number": format!("0x{number:x}") })).collect();
    assert_eq!(shown, cases("requests"));
}

#[test]
fn lines() {
    for case in cases("lines") {
        let set = encode_termios(&line(&case["line"]), &bytes_of(&case["before"]));
        assert_eq!(set, bytes_of(&case["fields"]), "{}", case["name"]);
    }
}

#[test]
fn what_was_not_taken() {
    for case in cases("refused") {
        let set = encode_termios(&line(&case["has"]), &[0; TERMIOS2_SIZE]);
        let refused = refused_setting(&line(&case["asked"]), &set);
        assert_eq!(refused.as_deref(), case["setting"].as_str(), "{}", case["name"]);
    }
}

#[test]
fn marks() {
    for case in cases("marks") {
        let mut decoder = MarkDecoder::default();
        let mut marked = Vec::new();
        for piece in case["pushed"].as_array().expect("a list") {
            let digits: Vec<char> = piece.as_str().expect("a text").chars().filter(|each| *each != ' ').collect();
            let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("hexadecimal");
            marked.extend(decoder.push(&digits.chunks(2).map(byte).collect::<Vec<_>>()));
        }
        let shown: Vec<Value> = marked
            .into_iter()
            .map(|each| match each {
                Marked::Byte(byte) => byte.into(),
                Marked::FramingOrParity => "framing-or-parity".into(),
                Marked::Break => "break".into(),
            })
            .collect();
        assert_eq!(json!(shown), case["marked"], "{}", case["name"]);
    }
}

#[test]
fn counters() {
    for case in cases("counters") {
        let bytes: [u8; ICOUNTER_INTS * 4] = bytes_of(&case["fields"]);
        let mut ints = [0; ICOUNTER_INTS];
        for (int, four) in ints.iter_mut().zip(bytes.chunks_exact(4)) {
            *int = i32::from_ne_bytes(four.try_into().expect("four"));
        }
        let LineCounters { frame, parity, overrun } = LineCounters::decode(&ints);
        assert_eq!(json!({ "frame": frame, "parity": parity, "overrun": overrun }), case["counters"]);
    }
}

#[test]
fn errnos() {
    for case in cases("errnos") {
        let errno = Errno(i32::try_from(number(&case["errno"])).expect("an errno"));
        let UartError { code, message } = call_error(errno, "/dev/ttyUSB0");
        let tagged = json!({ "tag": code.name(), "val": message });
        assert_eq!(json!({ "errno": case["errno"], "code": tagged, "message": message }), case);
    }
}

/// Any bytes that a line carries come through, in any pieces, as n_tty writes them with PARMRK.
#[test]
fn what_is_doubled_comes_once() {
    let mut random = 0x2026_1130_u32;
    let mut next = |most: u32| {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        (random >> 8) % most
    };
    for _ in 0..1000 {
        let bytes: Vec<u8> = (0..next(60))
            .map(|_| if next(3) == 0 { if next(2) == 0 { 0xff } else { 0x00 } } else { next(256) as u8 })
            .collect();
        let sent: Vec<u8> =
            bytes.iter().flat_map(|byte| if *byte == 0xff { vec![0xff; 2] } else { vec![*byte] }).collect();
        let mut decoder = MarkDecoder::default();
        let marked: Vec<Marked> = sent.chunks(1 + next(9) as usize).flat_map(|piece| decoder.push(piece)).collect();
        assert_eq!(marked, bytes.iter().map(|byte| Marked::Byte(*byte)).collect::<Vec<_>>());
    }
    let mut decoder = MarkDecoder::default();
    decoder.push(&[0xff]);
    decoder.reset();
    assert_eq!(decoder.push(&[0, 7]), [Marked::Byte(0), Marked::Byte(7)]);
}
