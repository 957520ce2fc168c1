use super::tables::{count, flag, list, optional_text, read, text};
use busbar_core::grants::{ControlRequest, DeviceChange, UsbCall, UsbFacts, UsbInterfaceFacts};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt::Debug;

/// A call as the tables have it.
pub fn usb_call(written: &Value) -> UsbCall {
    let length = written.get("length").map_or(0, hex_number);
    if let Some(number) = written.get("claim") {
        return UsbCall::Interface(hex_number(number));
    }
    if let Some(endpoint) = written.get("clearHalt") {
        return UsbCall::Endpoint(hex_number(endpoint));
    }
    if let Some(endpoint) = written.get("transfer") {
        return UsbCall::Transfer { endpoint: hex_number(endpoint), length };
    }
    match written.get("change").map(text) {
        Some("set-configuration") => return UsbCall::Device(DeviceChange::SetConfiguration),
        Some("reset") => return UsbCall::Device(DeviceChange::Reset),
        Some(other) => panic!("no change: {other}"),
        None => {}
    }
    match written.get("control").map(list) {
        Some([request_type, request, index]) => UsbCall::Control(ControlRequest {
            bm_request_type: hex_number(request_type),
            b_request: hex_number(request),
            w_index: hex_number(index),
            length,
        }),
        Some(_) => panic!("no request: {written}"),
        None => UsbCall::Open,
    }
}

/// The devices that the cases mean by name.
pub fn usb_devices() -> HashMap<String, UsbFacts> {
    let devices = read("usb-devices.json");
    let devices = devices.as_object().expect("devices by name");
    devices.iter().map(|(name, written)| (name.clone(), facts(written))).collect()
}

fn facts(written: &Value) -> UsbFacts {
    UsbFacts {
        vendor_id: hex_number(&written["vendorId"]),
        product_id: hex_number(&written["productId"]),
        device_class: hex_number(&written["deviceClass"]),
        serial_number: optional_text(&written["serialNumber"]),
        port: optional_text(&written["port"]),
        interfaces: list(&written["interfaces"]).iter().map(interface).collect(),
    }
}

fn interface(written: &Value) -> UsbInterfaceFacts {
    UsbInterfaceFacts {
        number: hex_number(&written["number"]),
        classes: list(&written["classes"]).iter().map(hex_number).collect(),
        endpoints: list(&written["endpoints"]).iter().map(hex_number).collect(),
        fido: flag(&written["fido"]),
    }
}

/// 9025 or "0x2341".
pub fn hex_number<Number: TryFrom<u64, Error: Debug>>(written: &Value) -> Number {
    let value = match written {
        Value::String(text) => {
            let digits = text.strip_prefix("0x").unwrap_or_else(|| panic!("no number: {text}"));
            u64::from_str_radix(digits, 16).expect("hex digits")
        }
        number => count(number),
    };
    Number::try_from(value).expect("a number in range")
}
