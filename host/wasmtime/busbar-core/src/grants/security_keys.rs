//! What tells a security key or a smart-card reader, which a driver must not touch unless the operator says so: whoever
//! speaks to one can have it sign. Browsers keep the same devices from web pages.

/// The interface class of smart-card readers: CCID.
pub const SMART_CARD_CLASS: u8 = 0x0b;

/// The interface class of HID.
pub const HID_CLASS: u8 = 0x03;

/// The usage page of FIDO: HID Usage Tables 1.3, chapter 28.
const FIDO_USAGE_PAGE: u32 = 0xf1d0;

/// Yubico makes nothing but security keys, so all of its products are meant, later ones too.
const YUBICO: u16 = 0x1050;

/// Vendor and product: the list of WICG/webusb, blocklist.txt.
const PRODUCTS: [(u16, u16); 22] = [
    (0x096e, 0x0850),
    (0x096e, 0x0852),
    (0x096e, 0x0853),
    (0x096e, 0x0854),
    (0x096e, 0x0856),
    (0x096e, 0x0858),
    (0x096e, 0x085a),
    (0x096e, 0x085b),
    (0x096e, 0x0880),
    (0x09c3, 0x0023),
    (0x10c4, 0x8acf),
    (0x18d1, 0x5026),
    (0x1a44, 0x00bb),
    (0x1d50, 0x60fc),
    (0x1e0d, 0xf1ae),
    (0x1e0d, 0xf1d0),
    (0x1ea8, 0xf025),
    (0x20a0, 0x4287),
    (0x24dc, 0x0101),
    (0x2581, 0xf1d0),
    (0x2abe, 0x1002),
    (0x2ccf, 0x0880),
];

/// Whether these ids belong to a known security key.
pub fn is_security_key(vendor_id: u16, product_id: u16) -> bool {
    vendor_id == YUBICO || PRODUCTS.contains(&(vendor_id, product_id))
}

/// Item prefixes of a report descriptor: HID 1.11 section 6.2.2.2.
const LONG_ITEM: u8 = 0xfe;
const TAG_AND_TYPE: u8 = 0xfc;
const USAGE_PAGE_TAG: u8 = 0x04;
const USAGE_TAG: u8 = 0x08;
const USAGE_MINIMUM_TAG: u8 = 0x18;

/// Whether a report descriptor has anything on the FIDO usage page. Reads no further than the bytes go.
pub fn uses_fido(report_descriptor: &[u8]) -> bool {
    let mut rest = report_descriptor;
    while let Some((&prefix, after)) = rest.split_first() {
        if prefix == LONG_ITEM {
            let data = after.first().copied().unwrap_or(0);
            rest = after.get(2 + usize::from(data)..).unwrap_or_default();
            continue;
        }
        let size = match prefix & 0x03 {
            3 => 4,
            size => usize::from(size),
        };
        let data = after.get(..size).unwrap_or(after);
        let value = little_endian(data);
        let tag = prefix & TAG_AND_TYPE;
        if tag == USAGE_PAGE_TAG && value == FIDO_USAGE_PAGE {
            return true;
        }
        // A usage of four bytes brings its own page: HID 1.11 section 6.2.2.8.
        let is_usage = tag == USAGE_TAG || tag == USAGE_MINIMUM_TAG;
        if is_usage && size == 4 && value >> 16 == FIDO_USAGE_PAGE {
            return true;
        }
        rest = after.get(size..).unwrap_or_default();
    }
    false
}

/// The number in at most four bytes.
fn little_endian(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte))
}
