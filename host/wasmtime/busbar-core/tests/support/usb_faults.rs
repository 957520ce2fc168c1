//! What goes wrong with the transfers of a device in memory: the `faults` of a board's `simulate` entry, with the meaning that
//! tools/sim/src/usb/faults.ts gives them.

use busbar_core::bus::usb::{UsbError, UsbErrorCode, UsbSetup};
use serde_json::Value;

/// What goes wrong with one transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsbFault {
    /// The operating system refuses it as soon as it is submitted.
    Refused(UsbErrorCode),
    /// It ends with an error.
    Failed(UsbErrorCode),
    /// The device does not answer, and the host waits until its own limit.
    Silent,
    /// It ends after half of its data.
    Short,
}

impl UsbFault {
    /// By the name that a board file has for it. What a test does not need is not there.
    fn named(name: &str) -> Self {
        match name {
            "no-memory" => Self::Refused(UsbErrorCode::NoMem),
            "unsupported" => Self::Refused(UsbErrorCode::NotSupported),
            "other" => Self::Refused(UsbErrorCode::Other),
            "stall" => Self::Failed(UsbErrorCode::Pipe),
            "no-response" => Self::Failed(UsbErrorCode::Io),
            "overflow" => Self::Failed(UsbErrorCode::Overflow),
            "silent" => Self::Silent,
            "short" => Self::Short,
            other => panic!("a device in memory has no fault {other}"),
        }
    }

    /// The error that it is, where it is one.
    pub fn error(self) -> Option<UsbError> {
        match self {
            Self::Refused(code) | Self::Failed(code) => Some(UsbError::new(code, "an injected fault")),
            Self::Silent | Self::Short => None,
        }
    }
}

/// A fault that strikes one control request, each time.
struct Striking {
    fault: UsbFault,
    /// bmRequestType and bRequest.
    request: (u8, u8),
    w_value: Option<u16>,
}

/// The faults of a device.
#[derive(Default)]
pub struct UsbFaults(Vec<Striking>);

impl UsbFaults {
    /// Out of the list of a `simulate` entry, of which each strikes a control request for ever.
    pub fn of(list: &[Value]) -> Self {
        let striking = |each: &Value| {
            let fault = each.as_object().expect("a fault is an object");
            assert_eq!(fault.get("every"), Some(&Value::from(1)), "it strikes each time");
            let request = fault["request"].as_str().and_then(|request| request.split_once('/')).expect("a request");
            let hex = |digits| u8::from_str_radix(digits, 16).expect("two digits");
            Striking {
                fault: UsbFault::named(fault["fault"].as_str().expect("a name")),
                request: (hex(request.0), hex(request.1)),
                w_value: fault.get("value").map(|value| value.as_u64().expect("a number") as u16),
            }
        };
        Self(list.iter().map(striking).collect())
    }

    /// What strikes a control transfer; of several the first.
    pub fn striking(&self, setup: &UsbSetup) -> Option<UsbFault> {
        let strikes = |each: &&Striking| {
            each.request == (setup.bm_request_type, setup.b_request)
                && each.w_value.is_none_or(|value| value == setup.w_value)
        };
        self.0.iter().find(strikes).map(|each| each.fault)
    }
}
