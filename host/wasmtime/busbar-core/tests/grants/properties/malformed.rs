use crate::support::Random;
use busbar_core::grants::{DeviceUse, least_entry, parse_usb_fits, parse_uses, uses_fido};
use serde_json::{Map, Value, json};

const KEYS: [&str; 14] = [
    "busbar",
    "devices",
    "transactionsPerSecond",
    "i2c",
    "usb",
    "reads",
    "writes",
    "maximumLength",
    "interfaces",
    "unused",
    "allow",
    "maximumTransfers",
    "vendorId",
    "class",
];

/// JSON of the words that records and manifests are made of, in any order.
fn any_json(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => json!(random.once_in(2)),
        2 => json!(random.next()),
        3 => json!(random.pick(&[-1.0, 0.5, 3.0, 255.0, 256.0, 1e300])),
        4 => json!(random.pick(&["uses", "reset", "0x03", "0x", "0x10000", ""])),
        5 => json!(random.below(300)),
        6 => Value::Array(random.list(3, |random| any_json(random, depth - 1))),
        _ => {
            let fields = random.list(5, |random| (random.pick(&KEYS).to_owned(), any_json(random, depth - 1)));
            Value::Object(fields.into_iter().collect())
        }
    }
}

/// A record with one value in it replaced by any other.
fn damaged(random: &mut Random) -> Value {
    let made = json!({
        "transactionsPerSecond": 4,
        "i2c": { "reads": true, "writes": false, "maximumLength": 8 },
        "usb": { "interfaces": [0], "unused": [1], "allow": ["reset"], "maximumLength": 8, "maximumTransfers": 2 },
    });
    let mut record = json!({ "busbar": "uses", "devices": { "indoor": made } });
    damage(random, &mut record);
    record
}

fn damage(random: &mut Random, place: &mut Value) {
    match place {
        Value::Object(fields) if !random.once_in(6) => {
            let at = random.below(fields.len());
            damage(random, fields.values_mut().nth(at).expect("below the length"));
        }
        place => *place = any_json(random, 2),
    }
}

#[test]
fn a_record_is_read_back_as_it_was_written_or_refused() {
    let mut random = Random::new(0x4ec04d);
    let mut read = 0;
    for _ in 0..20_000 {
        let record = damaged(&mut random);
        let Ok(uses) = parse_uses(&record, "uses.json") else {
            continue;
        };
        read += 1;
        for (name, made) in uses {
            assert_eq!(DeviceUse::from_json(&made.to_json()).as_ref(), Some(&made));
            assert!(record["devices"].get(&name).is_some());
        }
    }
    assert!(read > 100, "{read} read: the records say nothing");
}

#[test]
fn whatever_is_no_record_or_manifest_is_refused_and_no_more() {
    let mut random = Random::new(0xa17);
    for _ in 0..20_000 {
        let json = any_json(&mut random, 3);
        assert!(parse_uses(&json, "uses.json").is_err());
        for fit in parse_usb_fits(&json).unwrap_or_default() {
            assert!(fit.vendor_id.is_some() || fit.class.is_some());
        }
    }
}

#[test]
fn the_least_entry_of_a_least_entry_is_itself() {
    let mut random = Random::new(0x1ea57);
    for _ in 0..20_000 {
        let Some(made) = damaged(&mut random).pointer("/devices/indoor").and_then(DeviceUse::from_json) else {
            continue;
        };
        let entry = any_entry(&mut random);
        let least = least_entry(&entry, &made);
        assert_eq!(least_entry(&least, &made), least);
        assert!(!least.contains_key("enforce"));
    }
}

fn any_entry(random: &mut Random) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("enforce".into(), json!(false));
    for key in ["i2c", "usb", "limits"] {
        entry.insert(key.into(), any_json(random, 2));
    }
    entry
}

#[test]
fn a_report_descriptor_is_read_no_further_than_its_bytes_go() {
    let mut random = Random::new(0xf1d0);
    let mut fido = 0;
    for _ in 0..30_000 {
        let bytes = random.list(24, |random| {
            let any = random.next().to_le_bytes()[7];
            random.pick(&[0x06, 0x07, 0x0b, 0xd0, 0xf1, 0xfe, 0x00, any])
        });
        fido += usize::from(uses_fido(&bytes));
        // One that says FIDO does so whatever comes behind it, unless that belongs to an item that was cut off.
        let more = [&bytes[..], &[0x05, 0x01]].concat();
        assert!(!uses_fido(&bytes) || uses_fido(&more) || ends_in_cut_item(&bytes), "{bytes:02x?}");
    }
    assert!(fido > 100, "{fido} keys: the descriptors say nothing");
}

/// Whether the last item has fewer bytes than it says: what follows belongs to it.
fn ends_in_cut_item(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        at += match bytes[at] {
            0xfe => 3 + usize::from(bytes.get(at + 1).copied().unwrap_or(0)),
            prefix if prefix & 3 == 3 => 5,
            prefix => 1 + usize::from(prefix & 3),
        };
    }
    at > bytes.len()
}
