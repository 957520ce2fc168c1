//! Transactions on SPI and their errors, as host/verdicts has them.

use busbar_core::bus::spi::{Operation, SpiError, SpiErrorCode};
use serde_json::{Value, json};

/// The operations of a transaction: `{ "read": 8 }`, `{ "write": "f701" }`, `{ "transfer": "8000" }`, `{ "delayNs": 500 }`.
pub fn operations(json: &Value) -> Vec<Operation> {
    json.as_array().expect("a list").iter().map(operation).collect()
}

fn operation(json: &Value) -> Operation {
    let number = |key: &str| json[key].as_u64();
    let data = |key: &str| json[key].as_str().map(bytes);
    if let Some(length) = number("read") {
        return Operation::Read(usize::try_from(length).expect("short"));
    }
    if let Some(nanoseconds) = number("delayNs") {
        return Operation::Delay(u32::try_from(nanoseconds).expect("32 bits"));
    }
    let transfer = || Operation::Transfer(data("transfer").expect("an operation"));
    data("write").map_or_else(transfer, Operation::Write)
}

/// Of "06d0f1".
pub fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(byte).collect()
}

/// As "06d0f1".
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a guest gets of an error, and its message.
pub fn error_json(SpiError { code, message }: &SpiError) -> Value {
    let code = match code {
        SpiErrorCode::Overrun => json!({ "tag": "overrun" }),
        SpiErrorCode::ModeFault => json!({ "tag": "mode-fault" }),
        SpiErrorCode::FrameFormat => json!({ "tag": "frame-format" }),
        SpiErrorCode::ChipSelectFault => json!({ "tag": "chip-select-fault" }),
        SpiErrorCode::Other => json!({ "tag": "other", "val": message }),
    };
    json!({ "code": code, "message": message })
}
