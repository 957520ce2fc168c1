//! Damaged board files: each is refused with a sentence, or is a board that says the same when it is written down and read
//! again. host/core/test/fuzz.ts compares the two hosts on others.

#[path = "support/fuzz.rs"]
mod fuzz;
#[path = "support/normal_form.rs"]
mod normal_form;
#[path = "support/random.rs"]
#[allow(dead_code)]
mod random;

use busbar_core::board::parse_board;
use busbar_core::error::HostErrorCode;
use fuzz::{cases, damage, is_sentence};
use normal_form::normal_form;
use random::Random;
use serde_json::{Value, json};

/// The boards of the verdicts, which have every key there is.
const VERDICTS: &str = include_str!("../../../verdicts/board.json");

/// Longer ones are about lengths, and take their time.
const LONGEST: usize = 3_000;

/// What a board file is made of, and what JSON makes hard.
const WORDS: [&str; 39] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\\n",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1e400",
    "-1",
    "0.1",
    "9007199254740993",
    "\"devices\"",
    "\"driver\"",
    "\"i2c\"",
    "\"usb\"",
    "\"spi\"",
    "\"gpio\"",
    "\"uart\"",
    "\"bus\"",
    "\"address\"",
    "\"0x76\"",
    "\"0x78\"",
    "\"sim\"",
    "\"i2c-1\"",
    "\"settings\"",
    "\"limits\"",
    "\"simulate\"",
    "\"apps\"",
    "\"uses\"",
    "\"__proto__\"",
];

/// Keys of a board file, and of what every object has in JavaScript.
const KEYS: [&str; 15] = [
    "a",
    "a-1",
    "A",
    "bus",
    "address",
    "driver",
    "usb",
    "i2c",
    "spi",
    "chipSelect",
    "lines",
    "limits",
    "enforce",
    "__proto__",
    "constructor",
];

const TEXTS: [&str; 22] = [
    "",
    "a",
    "0x50",
    "0x5F",
    "0x78",
    "50",
    "1",
    "01",
    "sim",
    " sim",
    "i2c-1",
    "/dev/i2c-1",
    "/dev/i2c-01",
    "1-1",
    "1-2.3",
    "0-1",
    "read",
    "read-write",
    "reset",
    "./x.wasm",
    "\u{0}",
    "\u{1f600}",
];

#[test]
fn a_damaged_board_is_refused_with_a_sentence_or_read_as_it_was_meant() {
    let verdicts: Vec<Value> = serde_json::from_str(VERDICTS).expect("the table is JSON");
    let texts_of = |is_seed: fn(&Value) -> bool| -> Vec<String> {
        let boards = verdicts.iter().filter(|case| is_seed(case)).filter_map(|case| case.get("board"));
        boards.map(Value::to_string).filter(|text| text.len() <= LONGEST).collect()
    };
    // Most cases of the table are refused: of these alone, however many there come to be, too few would be accepted.
    let (all, right) = (texts_of(|_| true), texts_of(|case| case["verdict"] == "accept"));
    let mut random = Random::new(0x9e37_79b9_7f4a_7c15);
    let (mut accepted, mut refused) = (0_u64, 0_u64);
    for case in 0..cases() {
        let seed = if random.once_in(2) { random.pick(&right) } else { random.pick(&all) };
        let text = if random.once_in(4) { damaged_text(&seed, &mut random) } else { damaged_value(&seed, &mut random) };
        match parse_board(&text, "board.json") {
            Err(error) => {
                refused += 1;
                assert_eq!(error.code, HostErrorCode::Board, "case {case}: {text}");
                let is_told = error.message.starts_with("board.json") && is_sentence(&error.message);
                assert!(is_told, "case {case}: {:?} of {text}", error.message);
            }
            Ok(board) => {
                accepted += 1;
                let form = normal_form(&board);
                let again = parse_board(&form.to_string(), "board.json");
                let again = again.unwrap_or_else(|error| panic!("case {case}: {error} of {form}, of {text}"));
                assert_eq!(normal_form(&again), form, "case {case}: {text}");
            }
        }
    }
    // Or else the damage is too small, or so large that nobody looks at what is behind the first byte.
    assert!(accepted > cases() / 20 && refused > cases() / 2, "{accepted} accepted, {refused} refused");
}

/// With some bytes changed. A file that is no UTF-8 is another test's.
fn damaged_text(seed: &str, random: &mut Random) -> String {
    let mut bytes = seed.as_bytes().to_vec();
    damage(&mut bytes, random, |random| random.pick(&WORDS).as_bytes().to_vec());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// With some values replaced, left out, or under another key.
fn damaged_value(seed: &str, random: &mut Random) -> String {
    let mut board = serde_json::from_str(seed).expect("the seeds are JSON");
    for _ in 0..=random.below(3) {
        damage_value(&mut board, random);
    }
    board.to_string()
}

fn damage_value(place: &mut Value, random: &mut Random) {
    match place {
        Value::Object(fields) if !fields.is_empty() && !random.once_in(8) => {
            let at = random.below(fields.len());
            let key = fields.keys().nth(at).expect("below the length").clone();
            match random.below(8) {
                0 => drop(fields.shift_remove(&key)),
                1 => {
                    let value = fields[&key].clone();
                    fields.insert(random.pick(&KEYS).to_owned(), value);
                }
                _ => damage_value(&mut fields[&key], random),
            }
        }
        Value::Array(items) if !items.is_empty() && !random.once_in(8) => {
            let at = random.below(items.len());
            if random.once_in(6) { items.push(items[at].clone()) } else { damage_value(&mut items[at], random) }
        }
        place => *place = value(random),
    }
}

fn value(random: &mut Random) -> Value {
    match random.below(6) {
        0 => json!(random.pick(&[0.5, -1.0, 1e300, 8.0])),
        1 => json!(random.pick(&[0_u64, 1, 7, 8, 119, 120, 255, 256, 8192, 8193, 65_535, 65_536, u64::MAX])),
        2 => json!(random.once_in(2)),
        3 => random.pick(&[json!(null), json!([]), json!({}), json!([1, 1]), json!([["0x50"]])]),
        _ => json!(random.pick(&TEXTS)),
    }
}
