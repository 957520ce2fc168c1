//! Whether two entries of a board certainly mean an interface of one USB device both, before any device is looked at.

use super::entry::UsbGrant;

/// USB class codes (usb.org, "Defined Class Codes"): a CDC function has a data interface beside its control interface.
const CDC_CONTROL_CLASS: u8 = 0x02;
const CDC_DATA_CLASS: u8 = 0x0a;

/// Both name the same port, or the same serial number, nothing of them contradicts the other, and what they name of its
/// interfaces overlaps.
pub(super) fn share_interfaces(left: &UsbGrant, right: &UsbGrant) -> bool {
    let contradict = differ(&left.vendor_id, &right.vendor_id)
        || differ(&left.product_id, &right.product_id)
        || differ(&left.serial_number, &right.serial_number)
        || differ(&left.port, &right.port);
    if contradict || !mean_one(left, right) {
        return false;
    }
    match (&left.interfaces, &right.interfaces) {
        (Some(left), Some(right)) => left.iter().any(|number| right.contains(number)),
        (None, None) => classes_of(left.class).iter().any(|class| classes_of(right.class).contains(class)),
        _ => false,
    }
}

fn differ<Value: PartialEq>(left: &Option<Value>, right: &Option<Value>) -> bool {
    left.is_some() && right.is_some() && left != right
}

/// A serial number is one device's among those of its maker.
fn mean_one(left: &UsbGrant, right: &UsbGrant) -> bool {
    let same_port = left.port.is_some() && left.port == right.port;
    let same_serial_number = left.serial_number.is_some() && left.serial_number == right.serial_number;
    same_port || (same_serial_number && left.vendor_id.is_some() && left.vendor_id == right.vendor_id)
}

/// The classes of interfaces that a class in an entry means.
fn classes_of(class: Option<u8>) -> Vec<u8> {
    match class {
        None => Vec::new(),
        Some(CDC_CONTROL_CLASS) => vec![CDC_CONTROL_CLASS, CDC_DATA_CLASS],
        Some(class) => vec![class],
    }
}
