use crate::support::{check, hex_bytes, hex_number, list, text, usb_grant};
use busbar_core::grants::{
    UsbDescription, UsbSetting, fitting_interfaces, is_security_key, parse_usb_fits, share_interfaces, uses_fido,
};
use serde_json::{Value, json};

#[test]
fn security_keys_are_told_as_the_table_says() {
    check("security-keys.json", |case| match case.get("report") {
        Some(report) => (case["fido"].clone(), json!(uses_fido(&hex_bytes(text(report))))),
        None => {
            let got = is_security_key(hex_number(&case["vendorId"]), hex_number(&case["productId"]));
            (case["key"].clone(), json!(got))
        }
    });
}

#[test]
fn two_entries_share_interfaces_as_the_table_says() {
    check("usb-overlap.json", |case| {
        let (left, right) = (usb_grant(&case["left"]), usb_grant(&case["right"]));
        let got = [share_interfaces(&left, &right), share_interfaces(&right, &left)];
        (json!([case["share"], case["share"]]), json!(got))
    });
}

#[test]
fn a_manifest_fits_the_interfaces_of_the_table() {
    check("usb-fits.json", |case| {
        let device = UsbDescription {
            vendor_id: hex_number(&case["device"]["vendorId"]),
            product_id: hex_number(&case["device"]["productId"]),
            ..UsbDescription::default()
        };
        let settings: Vec<UsbSetting> = list(&case["device"]["settings"]).iter().map(setting).collect();
        let got = parse_usb_fits(&case["manifest"]).map(|fits| {
            let numbers = fits.iter().map(|fit| fitting_interfaces(fit, &device, &settings));
            numbers.collect::<Vec<_>>()
        });
        (case["interfaces"].clone(), json!(got))
    });
}

fn setting(written: &Value) -> UsbSetting {
    UsbSetting {
        number: hex_number(&written["number"]),
        class: hex_number(&written["class"]),
        subclass: hex_number(&written["subclass"]),
        protocol: hex_number(&written["protocol"]),
        endpoints: Vec::new(),
    }
}
