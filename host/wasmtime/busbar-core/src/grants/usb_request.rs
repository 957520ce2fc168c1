use super::usb::{DeviceChange, UsbDenial, judge_change, judge_endpoint, judge_interface, judge_key};
use super::usb_facts::UsbFacts;
use super::verdict::{Denied, Enforced};
use crate::board::{UsbAllowance, UsbGrant};

/// What of a control transfer is judged: USB 2.0 table 9-2, and how many bytes it has behind its setup packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ControlRequest {
    pub bm_request_type: u8,
    pub b_request: u8,
    pub w_index: u16,
    pub length: u32,
}

impl ControlRequest {
    /// For whom it claims to be.
    pub(super) fn recipient(self) -> Recipient {
        match self.bm_request_type & 0x1f {
            0 => Recipient::Device,
            1 => Recipient::Interface,
            2 => Recipient::Endpoint,
            _ => Recipient::Other,
        }
    }

    /// Where an interface or an endpoint is named.
    pub(super) fn low_index(self) -> u8 {
        self.w_index.to_le_bytes()[0]
    }

    fn kind(self) -> u8 {
        (self.bm_request_type >> 5) & 0x03
    }

    fn is_in(self) -> bool {
        self.bm_request_type & DIRECTION_IN != 0
    }
}

/// Recipients; the last stands for all that mean no part of the device in particular.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recipient {
    Device,
    Interface,
    Endpoint,
    Other,
}

impl Recipient {
    /// What the standard has for each recipient, and of the device what only reads: USB 2.0 table 9-3.
    fn standard_requests(self) -> &'static [u8] {
        match self {
            Self::Device => &[GET_STATUS, GET_DESCRIPTOR, GET_CONFIGURATION],
            Self::Interface => {
                &[GET_STATUS, CLEAR_FEATURE, SET_FEATURE, GET_DESCRIPTOR, SET_DESCRIPTOR, GET_INTERFACE, SET_INTERFACE]
            }
            Self::Endpoint => &[GET_STATUS, CLEAR_FEATURE, SET_FEATURE, SYNCH_FRAME],
            Self::Other => &[],
        }
    }
}

/// bmRequestType: USB 2.0 table 9-2.
const DIRECTION_IN: u8 = 0x80;
const STANDARD: u8 = 0;
const RESERVED: u8 = 3;

/// bRequest of standard requests: USB 2.0 table 9-4.
const GET_STATUS: u8 = 0;
const CLEAR_FEATURE: u8 = 1;
const SET_FEATURE: u8 = 3;
const SET_ADDRESS: u8 = 5;
const GET_DESCRIPTOR: u8 = 6;
const SET_DESCRIPTOR: u8 = 7;
const GET_CONFIGURATION: u8 = 8;
const SET_CONFIGURATION: u8 = 9;
const GET_INTERFACE: u8 = 10;
const SET_INTERFACE: u8 = 11;
const SYNCH_FRAME: u8 = 12;

/// Standard requests that change nothing: USB 2.0 table 9-4.
const READING_REQUESTS: [u8; 5] = [GET_STATUS, GET_DESCRIPTOR, GET_CONFIGURATION, GET_INTERFACE, SYNCH_FRAME];

/// GET_DEVICE_ID, Printer Class 1.1 section 4.2.1: the one request that has its interface in the high byte of wIndex.
const PRINTER_CLASS: u8 = 0x07;
const GET_DEVICE_ID: (u8, u8) = (0xa1, 0);

/// Whether a grant covers a control request, whatever its length.
pub(super) fn judge_request(grant: &UsbGrant, facts: &UsbFacts, request: ControlRequest) -> Enforced<UsbDenial> {
    let recipient = request.recipient();
    let kind = request.kind();
    if kind == STANDARD {
        // Whatever recipient and direction it claims to have: firmware may look at nothing but bRequest, and a request
        // without data has no direction (USB 2.0 section 9.3.1).
        if request.b_request == SET_ADDRESS {
            return Err(Denied::new(UsbDenial::Request, "only the operating system gives addresses"));
        }
        if request.b_request == SET_CONFIGURATION {
            return judge_change(grant, DeviceChange::SetConfiguration);
        }
        if !recipient.standard_requests().contains(&request.b_request) {
            return judge_device_request(grant, facts, kind);
        }
        if recipient == Recipient::Device {
            return if request.is_in() { Ok(()) } else { judge_device_request(grant, facts, kind) };
        }
    }
    // No standard says what a request of the reserved type means, nor to whom.
    if kind == RESERVED {
        return judge_device_request(grant, facts, kind);
    }
    match recipient {
        Recipient::Interface => judge_interface(grant, facts, addressed_interface(facts, request)).map_err(as_request),
        Recipient::Endpoint => judge_endpoint(grant, facts, request.low_index()).map_err(as_request),
        Recipient::Device | Recipient::Other => judge_device_request(grant, facts, kind),
    }
}

/// Whether a request that is not granted cannot reach more than the granted interfaces: it only reads by a standard
/// request, from one of them; or it is of the class's or the vendor's and for the whole device, and they are all that the
/// device has.
pub(super) fn stays_within(grant: &UsbGrant, facts: &UsbFacts, request: ControlRequest) -> bool {
    let recipient = request.recipient();
    match request.kind() {
        STANDARD => {
            // Without data a request has no direction (USB 2.0 section 9.3.1), and then it may be a command.
            let reads = request.is_in() && request.length > 0 && READING_REQUESTS.contains(&request.b_request);
            match recipient {
                Recipient::Interface => reads && judge_interface(grant, facts, request.low_index()).is_ok(),
                Recipient::Endpoint => reads && judge_endpoint(grant, facts, request.low_index()).is_ok(),
                Recipient::Device | Recipient::Other => false,
            }
        }
        RESERVED => false,
        _ => {
            recipient == Recipient::Device
                && !facts.interfaces.is_empty()
                && facts.interfaces.iter().all(|each| judge_interface(grant, facts, each.number).is_ok())
        }
    }
}

/// The interface that a request to an interface means.
pub(super) fn addressed_interface(facts: &UsbFacts, request: ControlRequest) -> u8 {
    let [low, high] = request.w_index.to_le_bytes();
    let asks_for_id = (request.bm_request_type, request.b_request) == GET_DEVICE_ID;
    let is_printer = facts.interfaces.iter().any(|each| each.number == high && each.classes.contains(&PRINTER_CLASS));
    if asks_for_id && is_printer { high } else { low }
}

/// A request to the device as a whole can do anything, to every interface: firmware need not look at the recipient.
fn judge_device_request(grant: &UsbGrant, facts: &UsbFacts, kind: u8) -> Enforced<UsbDenial> {
    if !grant.allow.contains(&UsbAllowance::DeviceRequests) {
        let reason = "it goes to the device as a whole, which needs \"allow\": [\"device-requests\"]";
        return Err(Denied::new(UsbDenial::Request, reason));
    }
    if kind == STANDARD {
        return Ok(());
    }
    facts.interfaces.iter().try_for_each(|each| judge_key(grant, each))
}

fn as_request(denied: Denied<UsbDenial>) -> Denied<UsbDenial> {
    match denied.what {
        UsbDenial::SecurityKey => denied,
        _ => Denied::new(UsbDenial::Request, denied.reason),
    }
}
