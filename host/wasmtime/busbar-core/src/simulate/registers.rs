use super::i2c::{Direction, Target};
use super::parameters::{Complaint, check_known, hex_byte, hex_bytes, list, missing, text, unexpected, wrong};
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

const COUNT: usize = 256;

/// 256 registers that keep what is written to them, and no behaviour: the first byte of a write message chooses a register,
/// reads and writes begin there and go on to the next register after each byte, from 0xFF to 0x00.
pub(super) struct Registers {
    contents: [u8; COUNT],
    /// Registers whose writes are acknowledged and ignored.
    read_only: [bool; COUNT],
    pointer: u8,
    /// Whether the next byte of this write message does.
    chooses_register: bool,
}

impl Registers {
    /// The model "registers" of the board file, from its parameters.
    pub(super) fn from_parameters(parameters: &Map<String, Value>) -> Result<Self, Complaint> {
        let contents = contents(parameters.get("registers"))?;
        let mut read_only = [false; COUNT];
        for (index, value) in list(parameters, "readOnly")?.iter().enumerate() {
            for register in range(value, &format!("readOnly.{index}"))? {
                read_only[usize::from(register)] = true;
            }
        }
        check_known(parameters, &["registers", "readOnly"], "")?;
        Ok(Self { contents, read_only, pointer: 0, chooses_register: true })
    }
}

impl Target for Registers {
    fn start(&mut self, direction: Direction) -> bool {
        if direction == Direction::Write {
            self.chooses_register = true;
        }
        true
    }

    fn write(&mut self, byte: u8) -> bool {
        if self.chooses_register {
            self.chooses_register = false;
            self.pointer = byte;
            return true;
        }
        let register = usize::from(self.pointer);
        if !self.read_only[register] {
            self.contents[register] = byte;
        }
        self.pointer = self.pointer.wrapping_add(1);
        true
    }

    fn read(&mut self) -> u8 {
        let value = self.contents[usize::from(self.pointer)];
        self.pointer = self.pointer.wrapping_add(1);
        value
    }

    fn stop(&mut self) {}
}

/// The highest register that the parameters give bytes for; none where they give none. They are right.
pub(super) fn highest_given(parameters: &Map<String, Value>) -> Option<usize> {
    let entries = parameters.get("registers")?.as_object()?.iter();
    let last = |(key, value): (&String, &Value)| {
        let bytes = hex_bytes(value, "registers").ok()?;
        Some(usize::from(register(key)?) + bytes.len() - 1)
    };
    entries.filter_map(last).max()
}

/// The contents by register: `{ "0x88": "706b 4367" }`. Those that are not there are 0.
fn contents(value: Option<&Value>) -> Result<[u8; COUNT], Complaint> {
    const PATH: &str = "registers";
    let value = value.ok_or_else(|| missing(PATH))?;
    let entries = value.as_object().ok_or_else(|| unexpected(PATH, "Object", value))?;
    // Every entry by itself first, as in the host for Node; then how they lie together.
    let blocks = entries.iter().map(|(key, value)| {
        let path = format!("{PATH}.{key}");
        let first = register(key).ok_or_else(|| wrong(&path, "expected a register such as \"0x88\""))?;
        Ok((key, first, hex_bytes(value, &path)?))
    });
    let mut contents = [None; COUNT];
    for (key, first, bytes) in blocks.collect::<Result<Vec<_>, Complaint>>()? {
        for (register, byte) in (u16::from(first)..).zip(bytes) {
            let Some(place) = contents.get_mut(usize::from(register)) else {
                return Err(wrong(PATH, &format!("the bytes at {key} go past register 0xFF")));
            };
            if place.replace(byte).is_some() {
                return Err(wrong(PATH, &format!("register {} is given twice", hex_byte(register))));
            }
        }
    }
    Ok(contents.map(Option::unwrap_or_default))
}

/// "0xD0", or "0x88-0xA1".
fn range(value: &Value, path: &str) -> Result<RangeInclusive<u8>, Complaint> {
    let written = text(value, path)?;
    let (first, last) = written.split_once('-').unwrap_or((written, written));
    match (register(first), register(last)) {
        (Some(first), Some(last)) if first <= last => Ok(first..=last),
        (Some(_), Some(_)) => Err(wrong(path, "expected the lower register first")),
        _ => Err(wrong(path, "expected registers such as \"0xD0\" or \"0x88-0xA1\"")),
    }
}

/// "0x88": one or two digits.
fn register(written: &str) -> Option<u8> {
    let digits = written.strip_prefix("0x").or_else(|| written.strip_prefix("0X"))?;
    let is_register = (1..=2).contains(&digits.len()) && digits.bytes().all(|each| each.is_ascii_hexdigit());
    if is_register { u8::from_str_radix(digits, 16).ok() } else { None }
}
