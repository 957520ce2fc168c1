//! Which USB devices a driver package is for, as `"usb"` of its manifest: its package.json's "busbar". It is how a person
//! finds a driver; it grants nothing.

use super::usb_facts::{UsbDescription, UsbSetting};
use super::whole_number::whole_number;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Map, Value};

/// One kind of devices: all that is set must be so. `class`, `subclass` and `protocol` are those of one interface of the
/// device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UsbFit {
    pub vendor_id: Option<u16>,
    pub product_id: Option<u16>,
    pub class: Option<u8>,
    pub subclass: Option<u8>,
    pub protocol: Option<u8>,
}

/// Reads a manifest's `"usb"`; none where it is malformed: empty, a key that means nothing, or a fit for every device.
pub fn parse_usb_fits(json: &Value) -> Option<Vec<UsbFit>> {
    let fits = json.as_array()?.iter().map(parse_fit).collect::<Option<Vec<_>>>()?;
    (!fits.is_empty()).then_some(fits)
}

/// The interfaces of a device that a fit means: those of its class, or all where it names the device only by its ids.
/// `settings` are those of one configuration. Each number is given once; none where it does not fit.
pub fn fitting_interfaces(fit: &UsbFit, device: &UsbDescription, settings: &[UsbSetting]) -> Vec<u8> {
    if !is(fit.vendor_id, device.vendor_id) || !is(fit.product_id, device.product_id) {
        return Vec::new();
    }
    let mut numbers = Vec::new();
    for setting in settings {
        let fits = is(fit.class, setting.class)
            && is(fit.subclass, setting.subclass)
            && is(fit.protocol, setting.protocol)
            && !numbers.contains(&setting.number);
        if fits {
            numbers.push(setting.number);
        }
    }
    numbers
}

fn is<Code: PartialEq>(wanted: Option<Code>, actual: Code) -> bool {
    wanted.is_none_or(|wanted| wanted == actual)
}

fn parse_fit(json: &Value) -> Option<UsbFit> {
    const KEYS: [&str; 5] = ["vendorId", "productId", "class", "subclass", "protocol"];
    let fields = json.as_object()?;
    if fields.keys().any(|key| !KEYS.contains(&key.as_str())) {
        return None;
    }
    let fit = UsbFit {
        vendor_id: number(fields, "vendorId", 4)?,
        product_id: number(fields, "productId", 4)?,
        class: number(fields, "class", 2)?,
        subclass: number(fields, "subclass", 2)?,
        protocol: number(fields, "protocol", 2)?,
    };
    let is_about_something = fit.vendor_id.is_some() || fit.class.is_some();
    let has_vendor = fit.product_id.is_none() || fit.vendor_id.is_some();
    let has_class = fit.class.is_some() || (fit.subclass.is_none() && fit.protocol.is_none());
    (is_about_something && has_vendor && has_class).then_some(fit)
}

/// A whole number as "0x2341" or 9025, or nothing where there is no such key; none where it is malformed.
fn number<Code: TryFrom<u64>>(fields: &Map<String, Value>, key: &str, most_digits: usize) -> Option<Option<Code>> {
    let Some(written) = fields.get(key) else {
        return Some(None);
    };
    let value = match written {
        Value::String(text) => {
            let digits = text.strip_prefix("0x")?;
            let is_hex =
                (1..=most_digits).contains(&digits.len()) && digits.bytes().all(|each| each.is_ascii_hexdigit());
            is_hex.then(|| u64::from_str_radix(digits, 16).ok())??
        }
        other => whole_number(other)?,
    };
    Some(Some(Code::try_from(value).ok()?))
}
