use super::usb::classes_of;
use crate::board::UsbGrant;

/// Whether two entries of a board certainly mean an interface of one device both, before any device is looked at: both
/// name the same port, or the same serial number, nothing of them contradicts the other, and what they name of its
/// interfaces overlaps.
pub fn share_interfaces(left: &UsbGrant, right: &UsbGrant) -> bool {
    let is_contradiction = contradict(&left.vendor_id, &right.vendor_id)
        || contradict(&left.product_id, &right.product_id)
        || contradict(&left.serial_number, &right.serial_number)
        || contradict(&left.port, &right.port);
    if is_contradiction || !mean_one(left, right) {
        return false;
    }
    match (&left.interfaces, &right.interfaces) {
        (Some(left), Some(right)) => left.iter().any(|number| right.contains(number)),
        (None, None) => classes_of(left.class).iter().any(|each| classes_of(right.class).contains(each)),
        _ => false,
    }
}

fn contradict<Value: PartialEq>(left: &Option<Value>, right: &Option<Value>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left != right)
}

/// A serial number is one device's among those of its maker.
fn mean_one(left: &UsbGrant, right: &UsbGrant) -> bool {
    agree(&left.port, &right.port)
        || (agree(&left.serial_number, &right.serial_number) && agree(&left.vendor_id, &right.vendor_id))
}

fn agree<Value: PartialEq>(left: &Option<Value>, right: &Option<Value>) -> bool {
    left.is_some() && left == right
}
