use super::security_keys::{SMART_CARD_CLASS, is_security_key};
use super::usb_facts::{UsbFacts, UsbInterfaceFacts};
use super::usb_request::{ControlRequest, Recipient, addressed_interface, judge_request, stays_within};
use super::verdict::{Denied, Enforced, Verdict, hex};
use crate::board::{LONGEST_USB_TRANSFER, UsbAllowance, UsbGrant};
use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

/// Something that a driver asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsbCall {
    /// To open the device.
    Open,
    /// To use an interface: claim, release, alternate setting, the kernel's driver.
    Interface(u8),
    /// To clear the halt of an endpoint.
    Endpoint(u8),
    /// To change the device as a whole.
    Device(DeviceChange),
    /// A bulk or interrupt transfer of so many bytes.
    Transfer { endpoint: u8, length: u32 },
    /// A control transfer.
    Control(ControlRequest),
}

impl UsbCall {
    /// In bytes, of a transfer.
    pub(super) fn length(self) -> Option<u32> {
        match self {
            Self::Transfer { length, .. } | Self::Control(ControlRequest { length, .. }) => Some(length),
            _ => None,
        }
    }
}

/// A change of the device as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceChange {
    SetConfiguration,
    Reset,
}

/// What of a call is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsbDenial {
    Device,
    SecurityKey,
    Interface,
    Endpoint,
    Request,
    SetConfiguration,
    Reset,
    Length,
}

impl UsbDenial {
    /// As the audit has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::SecurityKey => "security-key",
            Self::Interface => "interface",
            Self::Endpoint => "endpoint",
            Self::Request => "request",
            Self::SetConfiguration => "set-configuration",
            Self::Reset => "reset",
            Self::Length => "length",
        }
    }
}

/// Interface classes: usb.org, "Defined Class Codes".
const CDC_CONTROL_CLASS: u8 = 0x02;
const CDC_DATA_CLASS: u8 = 0x0a;

/// Whether an entry of the board means this device.
pub fn matches_usb(grant: &UsbGrant, facts: &UsbFacts) -> bool {
    let means_class =
        |wanted: u8| wanted == facts.device_class || facts.interfaces.iter().any(|each| each.classes.contains(&wanted));
    grant.vendor_id.is_none_or(|wanted| wanted == facts.vendor_id)
        && grant.product_id.is_none_or(|wanted| wanted == facts.product_id)
        && (grant.serial_number.is_none() || grant.serial_number == facts.serial_number)
        && (grant.port.is_none() || grant.port == facts.port)
        && grant.class.is_none_or(means_class)
}

/// The interfaces of a device that an entry names: those listed, or else those of its class. A CDC function has a data
/// interface beside its control interface, so class 0x02 means both.
pub fn granted_interfaces(grant: &UsbGrant, facts: &UsbFacts) -> Vec<u8> {
    let meant = classes_of(grant.class);
    let is_named = |interface: &&UsbInterfaceFacts| match &grant.interfaces {
        Some(numbers) => numbers.contains(&interface.number),
        None => interface.classes.iter().any(|each| meant.contains(each)),
    };
    facts.interfaces.iter().filter(is_named).map(|each| each.number).collect()
}

/// The classes of interfaces that a class in an entry means.
pub(super) fn classes_of(wanted: Option<u8>) -> Vec<u8> {
    match wanted {
        None => Vec::new(),
        Some(CDC_CONTROL_CLASS) => vec![CDC_CONTROL_CLASS, CDC_DATA_CLASS],
        Some(class) => vec![class],
    }
}

/// Decides whether a grant covers a call. Gives the first thing that is not granted.
///
/// `enforce` is false for complain mode: what stays within the granted interfaces is then told and allowed.
pub fn judge_usb(grant: Option<&UsbGrant>, facts: &UsbFacts, call: UsbCall, enforce: bool) -> Verdict<UsbDenial> {
    let Some(grant) = grant else {
        return Verdict::Denied(device_denied());
    };
    let Err(denied) = judge(grant, facts, call) else {
        return Verdict::Allowed;
    };
    if enforce {
        return Verdict::Denied(denied);
    }
    let wide = UsbGrant { maximum_length: LONGEST_USB_TRANSFER, ..grant.clone() };
    let widest = match call {
        UsbCall::Control(request)
            if judge(grant, facts, UsbCall::Open).is_ok() && stays_within(grant, facts, request) =>
        {
            judge_length(&wide, request.length)
        }
        _ => judge(&wide, facts, call),
    };
    match widest {
        Ok(()) => Verdict::WouldBeDenied(denied),
        Err(widest) => Verdict::Denied(widest),
    }
}

/// The interfaces that a call is about, and all that the grant names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbInterfaces {
    /// None for what is about the device as a whole.
    pub used: Vec<u8>,
    pub granted: Vec<u8>,
}

/// The interfaces that a call which is allowed is about, and all that the grant names.
pub fn interfaces_of(grant: &UsbGrant, facts: &UsbFacts, call: UsbCall) -> UsbInterfaces {
    let owners = |endpoint: u8| owners(facts, endpoint).map(|each| each.number).collect();
    let about: Vec<u8> = match call {
        UsbCall::Open | UsbCall::Device(_) => Vec::new(),
        UsbCall::Interface(number) => vec![number],
        UsbCall::Endpoint(endpoint) | UsbCall::Transfer { endpoint, .. } => owners(endpoint),
        UsbCall::Control(request) => match request.recipient() {
            Recipient::Interface => vec![addressed_interface(facts, request)],
            Recipient::Endpoint => owners(request.low_index()),
            Recipient::Device | Recipient::Other => Vec::new(),
        },
    };
    let granted = granted_interfaces(grant, facts);
    let used = about.into_iter().filter(|number| granted.contains(number)).collect();
    UsbInterfaces { used, granted }
}

/// What of `allow` a call that is allowed, or only told of, cannot do without.
pub fn needed_allowances(grant: &UsbGrant, facts: &UsbFacts, call: UsbCall) -> Vec<UsbAllowance> {
    let mut all: Vec<UsbAllowance> = Vec::new();
    for each in grant.allow.iter().copied().chain([UsbAllowance::DeviceRequests]) {
        if !all.contains(&each) {
            all.push(each);
        }
    }
    let is_needed = |each: &UsbAllowance| {
        let others = all.iter().copied().filter(|other| other != each).collect();
        let without = UsbGrant { allow: others, maximum_length: LONGEST_USB_TRANSFER, ..grant.clone() };
        judge(&without, facts, call).is_err()
    };
    all.iter().copied().filter(is_needed).collect()
}

fn judge(grant: &UsbGrant, facts: &UsbFacts, call: UsbCall) -> Enforced<UsbDenial> {
    if !matches_usb(grant, facts) {
        return Err(device_denied());
    }
    let are_keys_allowed = grant.allow.contains(&UsbAllowance::SecurityKeys);
    if !are_keys_allowed && is_security_key(facts.vendor_id, facts.product_id) {
        let reason = "the device is a security key, which needs \"allow\": [\"security-keys\"]";
        return Err(Denied::new(UsbDenial::SecurityKey, reason));
    }
    match call {
        UsbCall::Open => Ok(()),
        UsbCall::Interface(number) => judge_interface(grant, facts, number),
        UsbCall::Endpoint(endpoint) => judge_endpoint(grant, facts, endpoint),
        UsbCall::Device(change) => judge_change(grant, change),
        UsbCall::Transfer { endpoint, length } => {
            judge_endpoint(grant, facts, endpoint)?;
            judge_length(grant, length)
        }
        UsbCall::Control(request) => {
            judge_request(grant, facts, request)?;
            judge_length(grant, request.length)
        }
    }
}

pub(super) fn judge_change(grant: &UsbGrant, change: DeviceChange) -> Enforced<UsbDenial> {
    let (allowance, denial) = match change {
        DeviceChange::SetConfiguration => (UsbAllowance::SetConfiguration, UsbDenial::SetConfiguration),
        DeviceChange::Reset => (UsbAllowance::Reset, UsbDenial::Reset),
    };
    if grant.allow.contains(&allowance) {
        return Ok(());
    }
    let reason = format!("it changes the device as a whole, which needs \"allow\": [\"{}\"]", denial.name());
    Err(Denied::new(denial, reason))
}

pub(super) fn judge_interface(grant: &UsbGrant, facts: &UsbFacts, number: u8) -> Enforced<UsbDenial> {
    let granted = granted_interfaces(grant, facts);
    if !granted.contains(&number) {
        let listed = granted.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
        let only = if listed.is_empty() { "interfaces that it does not have" } else { &listed };
        return Err(Denied::new(UsbDenial::Interface, format!("interface {number} is not granted, only {only}")));
    }
    facts.interfaces.iter().filter(|each| each.number == number).try_for_each(|each| judge_key(grant, each))
}

pub(super) fn judge_key(grant: &UsbGrant, interface: &UsbInterfaceFacts) -> Enforced<UsbDenial> {
    let is_smart_card = interface.classes.contains(&SMART_CARD_CLASS);
    if grant.allow.contains(&UsbAllowance::SecurityKeys) || !(interface.fido || is_smart_card) {
        return Ok(());
    }
    let what = if interface.fido { "a security key" } else { "a smart-card reader" };
    let number = interface.number;
    let reason = format!("interface {number} is {what}, which needs \"allow\": [\"security-keys\"]");
    Err(Denied::new(UsbDenial::SecurityKey, reason))
}

/// All interfaces that claim to have the endpoint must be granted: a device can say what it likes.
pub(super) fn judge_endpoint(grant: &UsbGrant, facts: &UsbFacts, endpoint: u8) -> Enforced<UsbDenial> {
    let named = || hex(u16::from(endpoint));
    if owners(facts, endpoint).next().is_none() {
        return Err(Denied::new(UsbDenial::Endpoint, format!("no interface has an endpoint {}", named())));
    }
    for interface in owners(facts, endpoint) {
        judge_interface(grant, facts, interface.number).map_err(|Denied { what, reason }| {
            let what = if what == UsbDenial::Interface { UsbDenial::Endpoint } else { what };
            Denied::new(what, format!("endpoint {}: {reason}", named()))
        })?;
    }
    Ok(())
}

fn judge_length(grant: &UsbGrant, length: u32) -> Enforced<UsbDenial> {
    let most = grant.maximum_length;
    if length <= most {
        return Ok(());
    }
    Err(Denied::new(UsbDenial::Length, format!("{length} bytes; at most {most} are granted")))
}

fn owners(facts: &UsbFacts, endpoint: u8) -> impl Iterator<Item = &UsbInterfaceFacts> {
    facts.interfaces.iter().filter(move |each| each.endpoints.contains(&endpoint))
}

fn device_denied() -> Denied<UsbDenial> {
    Denied::new(UsbDenial::Device, "this device is not granted")
}
