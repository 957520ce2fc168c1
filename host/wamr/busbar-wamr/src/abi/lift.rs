//! From a guest to the host: CanonicalABI.md, "Loading" and "Lifting".

use super::flat::FlatValues;
use super::handles::Handles;
use super::layout::{Layouts, aligned, discriminant_size, flags_size};
use super::memory::checked;
use super::value::Value;
use crate::engine::Limits;
use crate::flattened::{DefinedType, Interface, ValueType};
use crate::trap::Trap;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

/// Reads values of a guest.
pub struct Lift<'a> {
    pub interface: &'a Interface,
    pub layouts: &'a Layouts,
    pub memory: &'a [u8],
    pub handles: &'a mut Handles,
    /// How many bytes of the host's memory the values of this call may still take.
    pub budget: &'a mut usize,
    /// With what it began: what is said when it is used up.
    pub limits: Limits,
}

impl Lift<'_> {
    /// A value that stands in the memory.
    ///
    /// # Errors
    ///
    /// What a guest may not do: pointers out of its memory, texts that are none, too much.
    pub fn load(&mut self, value_type: ValueType, place: u32) -> Result<Value, Trap> {
        let layout = self.layouts.get(value_type);
        let range = checked(self.memory, place, layout.size.into(), layout.alignment)?;
        let bytes = &self.memory[range];
        Ok(match value_type {
            ValueType::Bool => Value::Bool(bytes[0] != 0),
            ValueType::U8 | ValueType::U16 | ValueType::U32 | ValueType::U64 => Value::Unsigned(unsigned(bytes)),
            ValueType::S8 | ValueType::S16 | ValueType::S32 | ValueType::S64 => Value::Signed(signed(bytes)),
            ValueType::F32 => Value::Float(f32::from_bits(unsigned(bytes) as u32).into()),
            ValueType::F64 => Value::Float(f64::from_bits(unsigned(bytes))),
            ValueType::Char => character(unsigned(bytes) as u32)?,
            ValueType::String => self.string(word(bytes, 0), word(bytes, 4))?,
            ValueType::Defined(index) => return self.load_defined(index, place),
        })
    }

    /// A value of the parameters or the result of a core function.
    ///
    /// # Errors
    ///
    /// As [`Self::load`].
    pub fn lift(&mut self, value_type: ValueType, flat: &mut FlatValues<'_>) -> Result<Value, Trap> {
        Ok(match value_type {
            ValueType::Bool => Value::Bool(flat.next_u32()? != 0),
            // CanonicalABI.md, lift_flat_unsigned: bits that the type does not have are left out.
            ValueType::U8 => Value::Unsigned(u64::from(flat.next_u32()? as u8)),
            ValueType::U16 => Value::Unsigned(u64::from(flat.next_u32()? as u16)),
            ValueType::U32 => Value::Unsigned(flat.next_u32()?.into()),
            ValueType::U64 => Value::Unsigned(flat.next_u64()?),
            ValueType::S8 => Value::Signed(i64::from(flat.next_u32()? as i8)),
            ValueType::S16 => Value::Signed(i64::from(flat.next_u32()? as i16)),
            ValueType::S32 => Value::Signed(i64::from(flat.next_u32()? as i32)),
            ValueType::S64 => Value::Signed(flat.next_u64()? as i64),
            ValueType::F32 => Value::Float(f32::from_bits(flat.next_u32()?).into()),
            ValueType::F64 => Value::Float(f64::from_bits(flat.next_u64()?)),
            ValueType::Char => character(flat.next_u32()?)?,
            ValueType::String => {
                let (place, length) = (flat.next_u32()?, flat.next_u32()?);
                self.string(place, length)?
            }
            ValueType::Defined(index) => return self.lift_defined(index, flat),
        })
    }

    /// Values that stand in the memory one after the other, as a tuple: parameters that are too many to be passed by themselves.
    ///
    /// # Errors
    ///
    /// As [`Self::load`].
    pub fn load_all(&mut self, value_types: &[ValueType], place: u32) -> Result<Vec<Value>, Trap> {
        let layout =
            self.layouts.of_tuple(value_types).ok_or_else(|| Trap::failed("a pointer leads out of the memory"))?;
        checked(self.memory, place, layout.size.into(), layout.alignment)?;
        self.load_fields(value_types.iter().copied(), place)
    }

    fn load_defined(&mut self, index: usize, place: u32) -> Result<Value, Trap> {
        let memory = self.memory;
        // The place of the whole was checked.
        let at = |offset: usize, size: u32| unsigned(&memory[place as usize + offset..][..size as usize]) as u32;
        match &self.interface.types[index] {
            DefinedType::Record(fields) => {
                self.load_fields(fields.iter().map(|(_, field)| *field), place).map(Value::Record)
            }
            DefinedType::Tuple(fields) => self.load_fields(fields.iter().copied(), place).map(Value::Record),
            DefinedType::List(element) => self.list(*element, at(0, 4), at(4, 4)),
            DefinedType::Flags(names) => {
                let bits = at(0, flags_size(names.len()));
                Ok(Value::Flags(bits & flags_mask(names.len())))
            }
            DefinedType::Own(resource) => self.own(*resource, at(0, 4)),
            DefinedType::Borrow(resource) => self.borrow(*resource, at(0, 4)),
            variant => {
                let cases = case_count(variant);
                let case = at(0, discriminant_size(cases));
                let payload = payload_of(variant, case)?;
                // The alignment of a variant is that of its discriminant, or more, for its payloads: they begin there.
                let payload_place = place + self.layouts.get(ValueType::Defined(index)).alignment;
                self.spend(payload.map_or(0, |_| size_of::<Value>()))?;
                let payload = payload.map(|payload| self.load(payload, payload_place)).transpose()?;
                Ok(Value::Variant(case, payload.map(Box::new)))
            }
        }
    }

    fn load_fields(&mut self, fields: impl Iterator<Item = ValueType>, place: u32) -> Result<Vec<Value>, Trap> {
        let mut values = Vec::new();
        let mut next = place;
        for field in fields {
            let layout = self.layouts.get(field);
            // It lies within the record, whose place was checked.
            next = aligned(next, layout.alignment).unwrap_or(u32::MAX);
            self.spend(size_of::<Value>())?;
            values.push(self.load(field, next)?);
            next = next.saturating_add(layout.size);
        }
        Ok(values)
    }

    fn lift_defined(&mut self, index: usize, flat: &mut FlatValues<'_>) -> Result<Value, Trap> {
        match &self.interface.types[index] {
            DefinedType::Record(fields) => self.lift_fields(fields.iter().map(|(_, field)| *field), flat),
            DefinedType::Tuple(fields) => self.lift_fields(fields.iter().copied(), flat),
            DefinedType::List(element) => {
                let (element, place, length) = (*element, flat.next_u32()?, flat.next_u32()?);
                self.list(element, place, length)
            }
            DefinedType::Flags(names) => Ok(Value::Flags(flat.next_u32()? & flags_mask(names.len()))),
            DefinedType::Own(resource) => self.own(*resource, flat.next_u32()?),
            DefinedType::Borrow(resource) => self.borrow(*resource, flat.next_u32()?),
            variant => {
                let case = flat.next_u32()?;
                let payload = payload_of(variant, case)?;
                let all = self.layouts.get(ValueType::Defined(index)).flat.unwrap_or_default();
                let own = payload.and_then(|payload| self.layouts.get(payload).flat).unwrap_or_default();
                // What is of another case's type carries the bits: CanonicalABI.md, CoerceValueIter. All are read as 64 bits.
                let payload = payload.map(|payload| self.lift(payload, flat)).transpose()?;
                flat.skip(all.get(1 + own.len()..).unwrap_or_default())?;
                Ok(Value::Variant(case, payload.map(Box::new)))
            }
        }
    }

    fn lift_fields(
        &mut self,
        fields: impl Iterator<Item = ValueType>,
        flat: &mut FlatValues<'_>,
    ) -> Result<Value, Trap> {
        fields.map(|field| self.lift(field, flat)).collect::<Result<_, _>>().map(Value::Record)
    }

    fn string(&mut self, place: u32, length: u32) -> Result<Value, Trap> {
        let range = checked(self.memory, place, length.into(), 1)?;
        self.spend(length as usize)?;
        let text = core::str::from_utf8(&self.memory[range]).map_err(|_| Trap::failed("a string is not UTF-8"))?;
        Ok(Value::String(text.to_owned()))
    }

    fn list(&mut self, element: ValueType, place: u32, length: u32) -> Result<Value, Trap> {
        let layout = self.layouts.get(element);
        let range = checked(self.memory, place, u64::from(length) * u64::from(layout.size), layout.alignment)?;
        if element == ValueType::U8 {
            self.spend(length as usize)?;
            return Ok(Value::Bytes(self.memory[range].to_vec()));
        }
        self.spend((length as usize).saturating_mul(size_of::<Value>()))?;
        let mut values = Vec::with_capacity(length as usize);
        for index in 0..length {
            // Within the range, which is in the memory.
            values.push(self.load(element, place + index * layout.size)?);
        }
        Ok(Value::List(values))
    }

    fn own(&mut self, resource: usize, index: u32) -> Result<Value, Trap> {
        let name = self.interface.resource_name(resource);
        Ok(Value::Resource(self.handles.remove(resource, name, index)?))
    }

    fn borrow(&mut self, resource: usize, index: u32) -> Result<Value, Trap> {
        let name = self.interface.resource_name(resource);
        Ok(Value::Resource(self.handles.get(resource, name, index)?))
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Trap> {
        match self.budget.checked_sub(bytes) {
            Some(left) => {
                *self.budget = left;
                Ok(())
            }
            None => Err(Trap::failed(self.limits.values_too_large())),
        }
    }
}

/// How many cases a variant, enum, option or result has.
pub(super) fn case_count(variant: &DefinedType) -> usize {
    match variant {
        DefinedType::Variant(cases) => cases.len(),
        DefinedType::Enum(cases) => cases.len(),
        _ => 2,
    }
}

/// What a case of such a type carries.
///
/// # Errors
///
/// When it has no such case.
pub(super) fn payload_of(variant: &DefinedType, case: u32) -> Result<Option<ValueType>, Trap> {
    let payload = match variant {
        DefinedType::Variant(cases) => cases.get(case as usize).map(|(_, payload)| *payload),
        DefinedType::Enum(cases) => cases.get(case as usize).map(|_| None),
        DefinedType::Option(some) => [None, Some(*some)].get(case as usize).copied(),
        DefinedType::Result { ok, error } => [*ok, *error].get(case as usize).copied(),
        _ => None,
    };
    payload.ok_or_else(|| Trap::failed(format!("a discriminant is out of the range of {} cases", case_count(variant))))
}

fn flags_mask(count: usize) -> u32 {
    if count >= 32 { u32::MAX } else { (1 << count) - 1 }
}

fn character(bits: u32) -> Result<Value, Trap> {
    char::from_u32(bits).map(Value::Char).ok_or_else(|| Trap::failed("a char is no Unicode scalar value"))
}

/// Little-endian, as WebAssembly is: 1, 2, 4 or 8 bytes.
fn unsigned(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn signed(bytes: &[u8]) -> i64 {
    let unused = 64 - 8 * bytes.len() as u32;
    (unsigned(bytes) << unused) as i64 >> unused
}

fn word(bytes: &[u8], offset: usize) -> u32 {
    unsigned(&bytes[offset..offset + 4]) as u32
}
