use busbar_core::bus::i2c::Operation;
use busbar_core::bus::spi;
use busbar_core::grants::Verdict;
use serde_json::{Value, json};

/// Runs all cases of a table, and fails with all those that differ. A case gives what was expected and what was got.
pub fn check(file: &str, run: impl Fn(&Value) -> (Value, Value)) {
    let cases = read(file);
    let cases = cases.as_array().expect("a list of cases");
    assert!(!cases.is_empty());
    let differences: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let (expected, got) = run(case);
            let name = text(&case["name"]);
            (expected != got).then(|| format!("{name}\n  expected {expected}\n  got      {got}"))
        })
        .collect();
    assert!(differences.is_empty(), "{file}: {} differ\n{}", differences.len(), differences.join("\n"));
}

/// A file of host/verdicts.
pub fn read(file: &str) -> Value {
    let path = format!("{}/../../verdicts/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The verdict of a case and its sentence.
pub fn expected(case: &Value) -> Value {
    json!([case["verdict"], case["reason"]])
}

/// The same of an answer.
pub fn outcome<Denial: Copy>(verdict: &Verdict<Denial>, name: impl Fn(Denial) -> &'static str) -> Value {
    match verdict {
        Verdict::Allowed => json!(["allow", null]),
        Verdict::WouldBeDenied(denied) => json!([{ "wouldDeny": name(denied.what) }, denied.reason]),
        Verdict::Denied(denied) => json!([{ "deny": name(denied.what) }, denied.reason]),
    }
}

/// One step of a transaction: `{ "read": 8 }`, `{ "write": "f7 01" }` or `{ "writeLength": 8192 }`.
pub fn operation(written: &Value) -> Operation {
    if let Some(length) = written.get("read") {
        return Operation::Read(usize::try_from(count(length)).expect("a host of 64 bits"));
    }
    match written.get("writeLength") {
        Some(length) => Operation::Write(vec![0; usize::try_from(count(length)).expect("a length")]),
        None => Operation::Write(hex_bytes(text(&written["write"]))),
    }
}

/// One step of a transaction on SPI: those of I2C, `{ "transfer": "80 00" }`, `{ "transferLength": 4096 }` or `{ "delayNs": 500 }`.
pub fn spi_operation(written: &Value) -> spi::Operation {
    if let Some(nanoseconds) = written.get("delayNs") {
        return spi::Operation::Delay(u32::try_from(count(nanoseconds)).expect("32 bits"));
    }
    if let Some(length) = written.get("transferLength") {
        return spi::Operation::Transfer(vec![0; usize::try_from(count(length)).expect("a length")]);
    }
    if let Some(bytes) = written.get("transfer") {
        return spi::Operation::Transfer(hex_bytes(text(bytes)));
    }
    match operation(written) {
        Operation::Read(length) => spi::Operation::Read(length),
        Operation::Write(data) => spi::Operation::Write(data),
    }
}

/// Of "06 d0 f1".
pub fn hex_bytes(written: &str) -> Vec<u8> {
    let digits: String = written.split_whitespace().collect();
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hex digits")).collect()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("a text, and not {value}"))
}

pub fn optional_text(value: &Value) -> Option<String> {
    (!value.is_null()).then(|| text(value).to_owned())
}

pub fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("a whole number, and not {value}"))
}

pub fn flag(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| panic!("true or false, and not {value}"))
}

pub fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("a list, and not {value}"))
}
