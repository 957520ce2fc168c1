//! A small component in the binary format, with an import that has a resource, and an export.

/// How `await-transfer` is declared.
#[derive(Debug, Clone, Copy)]
pub struct Awaits {
    pub borrows: bool,
    pub gives_packets: bool,
}

fn name(text: &str) -> Vec<u8> {
    [&[text.len() as u8], text.as_bytes()].concat()
}

fn names(texts: &[&str]) -> Vec<u8> {
    let all = texts.iter().flat_map(|text| name(text));
    [texts.len() as u8].into_iter().chain(all).collect()
}

/// Its length has two bytes, as LEB128 allows.
fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let length = [(content.len() & 0x7f) as u8 | 0x80, (content.len() >> 7) as u8];
    [&[id], &length[..], content].concat()
}

/// A component that imports `transfers` in a form, and exports a function of its own: Component Model, Binary.md. Written
/// here, as the library for the text of components would have Wasmtime built a second time for tests.
pub fn component(package: &str, awaits: Awaits) -> Vec<u8> {
    let exported = |text: &str, description: &[u8]| [&[0x04, 0x00], &name(text)[..], description].concat();
    let errors = [
        "io",
        "invalid-param",
        "access",
        "no-device",
        "not-found",
        "busy",
        "timeout",
        "overflow",
        "pipe",
        "interrupted",
        "no-mem",
        "not-supported",
        "other",
    ];
    let statuses = ["success", "error", "timed-out", "cancelled", "stall", "no-device", "overflow"];
    // Type, resource, record: each declaration with the number of the type that it makes.
    let declarations = [
        /* 0 */ [&[0x01, 0x6d], &names(&errors)[..]].concat(),
        /* 1 */ exported("libusb-error", &[0x03, 0x00, 0]),
        /* 2 */ exported("transfer", &[0x03, 0x01]),
        /* 3 */ [&[0x01, 0x6d], &names(&statuses)[..]].concat(),
        /* 4 */ exported("iso-packet-status", &[0x03, 0x00, 3]),
        /* 5 */ [&[0x01, 0x72, 2], &name("actual-length")[..], &[0x79], &name("status")[..], &[4]].concat(),
        /* 6 */ exported("iso-packet", &[0x03, 0x00, 5]),
        /* 7 */ vec![0x01, 0x70, 0x7d],
        /* 8 */ vec![0x01, 0x70, 6],
        /* 9 */ [&[0x01, 0x72, 2], &name("data")[..], &[7], &name("packets")[..], &[8]].concat(),
        /* 10 */ exported("transfer-result", &[0x03, 0x00, 9]),
        /* 11 */ vec![0x01, if awaits.borrows { 0x68 } else { 0x69 }, 2],
        /* 12 */ vec![0x01, 0x6a, 0x01, if awaits.gives_packets { 10 } else { 7 }, 0x01, 1],
        /* 13 */ [&[0x01, 0x40, 1], &name("xfer")[..], &[11, 0x00, 12]].concat(),
        exported("await-transfer", &[0x01, 13]),
    ];
    let instance_type = [&[1, 0x42, declarations.len() as u8], &declarations.concat()[..]].concat();
    let import = [&[1, 0x00], &name(&format!("{package}/transfers@0.2.1"))[..], &[0x05, 0]].concat();
    let module = [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[1, 0x60, 0, 0]),
        section(3, &[1, 0]),
        section(7, &[&[1], &name("run")[..], &[0, 0]].concat()),
        section(10, &[1, 2, 0, 0x0b]),
    ];
    [
        b"\0asm\x0d\0\x01\0".to_vec(),
        section(7, &instance_type),
        section(10, &import),
        section(1, &module.concat()),
        section(2, &[1, 0, 0, 0]),
        section(7, &[1, 0x40, 0, 1, 0]),
        section(6, &[&[1, 0, 0, 1, 0], &name("run")[..]].concat()),
        section(8, &[1, 0, 0, 0, 0, 1]),
        section(11, &[&[1, 0], &name("run")[..], &[1, 0, 0]].concat()),
    ]
    .concat()
}
