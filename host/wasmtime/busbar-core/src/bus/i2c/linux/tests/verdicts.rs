//! host/verdicts/linux-i2c.json, which the host for Node answers in the same way.

use crate::bus::i2c::linux::errno::transaction_error;
use crate::bus::i2c::linux::smbus_plan::{SmbusPlan, smbus_plan};
use crate::bus::i2c::{I2cErrorCode, NoAcknowledge, Operation};
use crate::bus::linux::Errno;
use serde_json::{Value, json};

const VERDICTS: &str = include_str!("../../../../../../../verdicts/linux-i2c.json");

fn cases(key: &str) -> Vec<Value> {
    let verdicts: Value = serde_json::from_str(VERDICTS).expect("it is JSON");
    let cases = verdicts[key].as_array().expect("there is a list").clone();
    assert!(!cases.is_empty());
    cases
}

#[test]
fn smbus_plans() {
    for case in cases("plans") {
        let operations: Vec<Operation> = case["operations"].as_array().expect("a list").iter().map(operation).collect();
        let digits = case["functionality"].as_str().and_then(|text| text.strip_prefix("0x")).expect("a text");
        let functionality = u32::from_str_radix(digits, 16).expect("a number");
        let plan = match smbus_plan(&operations, functionality) {
            Ok(plan) => plan_json(plan),
            Err(reason) => json!({ "kind": "unsupported", "reason": reason }),
        };
        assert_eq!(plan, case["plan"], "{}", case["name"]);
    }
}

#[test]
fn errnos_of_transactions() {
    for case in cases("errnos") {
        let errno = case["errno"].as_i64().and_then(|errno| i32::try_from(errno).ok()).expect("a number");
        let error = transaction_error(Errno(errno), "/dev/i2c-1", 0x76);
        assert_eq!(json!({ "errno": errno, "code": code_json(error.code), "message": error.message }), case);
    }
}

fn operation(json: &Value) -> Operation {
    match json["read"].as_u64() {
        Some(length) => Operation::Read(usize::try_from(length).expect("short")),
        None => Operation::Write(bytes(json["write"].as_str().expect("a read or a write"))),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn plan_json(plan: SmbusPlan<'_>) -> Value {
    match plan {
        SmbusPlan::SendByte { byte } => json!({ "kind": "send-byte", "byte": byte }),
        SmbusPlan::ReceiveByte => json!({ "kind": "receive-byte" }),
        SmbusPlan::ReadByte { command } => json!({ "kind": "read-byte", "command": command }),
        SmbusPlan::ReadWord { command } => json!({ "kind": "read-word", "command": command }),
        SmbusPlan::ReadI2cBlock { command, length } => {
            json!({ "kind": "read-i2c-block", "command": command, "length": length })
        }
        SmbusPlan::WriteByte { command, byte } => json!({ "kind": "write-byte", "command": command, "byte": byte }),
        SmbusPlan::WriteWord { command, word } => json!({ "kind": "write-word", "command": command, "word": word }),
        SmbusPlan::WriteI2cBlock { command, data } => {
            let data: String = data.iter().map(|byte| format!("{byte:02x}")).collect();
            json!({ "kind": "write-i2c-block", "command": command, "data": data })
        }
    }
}

fn code_json(code: I2cErrorCode) -> Value {
    match code {
        I2cErrorCode::Bus => json!({ "tag": "bus" }),
        I2cErrorCode::ArbitrationLoss => json!({ "tag": "arbitration-loss" }),
        I2cErrorCode::NoAcknowledge(source) => {
            let source = match source {
                NoAcknowledge::Address => "address",
                NoAcknowledge::Data => "data",
                NoAcknowledge::Unknown => "unknown",
            };
            json!({ "tag": "no-acknowledge", "val": source })
        }
        I2cErrorCode::Overrun => json!({ "tag": "overrun" }),
        I2cErrorCode::Other => json!({ "tag": "other" }),
    }
}
