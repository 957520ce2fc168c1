//! From the host to a guest: CanonicalABI.md, "Storing" and "Lowering".

use super::handles::Handles;
use super::layout::{Layouts, aligned, discriminant_size, flags_size};
use super::lift::{case_count, payload_of};
use super::memory::{Memory, checked};
use super::value::Value;
use crate::flattened::{DefinedType, Interface, Resource, ValueType};
use crate::trap::Trap;
use alloc::vec::Vec;

/// Writes values for a guest.
pub struct Lower<'a, M: Memory + ?Sized> {
    pub interface: &'a Interface,
    pub layouts: &'a Layouts,
    pub memory: &'a mut M,
    pub handles: &'a mut Handles,
    /// The handles that are only lent for the call: a resource and its handle each.
    pub lent: &'a mut Vec<(usize, u32)>,
}

impl<M: Memory + ?Sized> Lower<'_, M> {
    /// Puts a value into the memory.
    ///
    /// # Errors
    ///
    /// When the guest traps in its `cabi_realloc`, or gives a place that is none, and when it holds too many handles.
    pub fn store(&mut self, value_type: ValueType, value: &Value, place: u32) -> Result<(), Trap> {
        let layout = self.layouts.get(value_type);
        checked(self.memory.bytes(), place, layout.size.into(), layout.alignment)?;
        match (value_type, value) {
            (ValueType::String, Value::String(text)) => self.store_bytes(place, text.as_bytes()),
            (ValueType::Defined(index), value) => self.store_defined(index, value, place),
            (_, value) => {
                let bits = primitive(value_type, value)?;
                self.write(place, bits, layout.size);
                Ok(())
            }
        }
    }

    /// Adds a value to the parameters or the result of a core function.
    ///
    /// # Errors
    ///
    /// As [`Self::store`].
    pub fn lower(&mut self, value_type: ValueType, value: &Value, flat: &mut Vec<u64>) -> Result<(), Trap> {
        match (value_type, value) {
            (ValueType::String, Value::String(text)) => self.lower_bytes(text.as_bytes(), flat),
            (ValueType::Defined(index), value) => self.lower_defined(index, value, flat),
            (_, value) => {
                flat.push(primitive(value_type, value)?);
                Ok(())
            }
        }
    }

    /// Puts values into a new place of the memory, one after the other, as a tuple: parameters that are too many to be passed by
    /// themselves. Gives the place.
    ///
    /// # Errors
    ///
    /// As [`Self::store`].
    pub fn store_all(&mut self, value_types: &[ValueType], values: &[Value]) -> Result<u32, Trap> {
        let layout = self.layouts.of_tuple(value_types).ok_or_else(too_long)?;
        let place = self.allocate(layout.alignment, layout.size)?;
        self.store_fields(value_types.iter().copied(), values, place)?;
        Ok(place)
    }

    fn store_defined(&mut self, index: usize, value: &Value, place: u32) -> Result<(), Trap> {
        match (&self.interface.types[index], value) {
            (DefinedType::Record(fields), Value::Record(values)) => {
                self.store_fields(fields.iter().map(|(_, field)| *field), values, place)
            }
            (DefinedType::Tuple(fields), Value::Record(values)) => {
                self.store_fields(fields.iter().copied(), values, place)
            }
            (DefinedType::List(ValueType::U8), Value::Bytes(bytes)) => self.store_bytes(place, bytes),
            (DefinedType::List(element), Value::List(values)) => {
                let (pointer, length) = self.elements(*element, values)?;
                self.write(place, pointer.into(), 4);
                self.write(place + 4, length.into(), 4);
                Ok(())
            }
            (DefinedType::Flags(names), Value::Flags(bits)) => {
                self.write(place, (*bits).into(), flags_size(names.len()));
                Ok(())
            }
            (DefinedType::Own(resource), Value::Resource(representation)) => {
                let handle = self.handles.add(*resource, *representation)?;
                self.write(place, handle.into(), 4);
                Ok(())
            }
            (variant, Value::Variant(case, payload)) => {
                let payload_type = payload_of(variant, *case)?;
                self.write(place, (*case).into(), discriminant_size(case_count(variant)));
                match (payload_type, payload) {
                    (None, None) => Ok(()),
                    (Some(payload_type), Some(payload)) => {
                        let offset = self.layouts.get(ValueType::Defined(index)).alignment;
                        self.store(payload_type, payload, place + offset)
                    }
                    _ => Err(Trap::another_type()),
                }
            }
            _ => Err(Trap::another_type()),
        }
    }

    fn store_fields(
        &mut self,
        fields: impl ExactSizeIterator<Item = ValueType>,
        values: &[Value],
        place: u32,
    ) -> Result<(), Trap> {
        if fields.len() != values.len() {
            return Err(Trap::another_type());
        }
        let mut next = place;
        for (field, value) in fields.zip(values) {
            let layout = self.layouts.get(field);
            // It lies within the record, whose place was checked.
            next = aligned(next, layout.alignment).unwrap_or(u32::MAX);
            self.store(field, value, next)?;
            next = next.saturating_add(layout.size);
        }
        Ok(())
    }

    fn lower_defined(&mut self, index: usize, value: &Value, flat: &mut Vec<u64>) -> Result<(), Trap> {
        match (&self.interface.types[index], value) {
            (DefinedType::Record(fields), Value::Record(values)) if fields.len() == values.len() => {
                fields.iter().zip(values).try_for_each(|((_, field), value)| self.lower(*field, value, flat))
            }
            (DefinedType::Tuple(fields), Value::Record(values)) if fields.len() == values.len() => {
                fields.iter().zip(values).try_for_each(|(field, value)| self.lower(*field, value, flat))
            }
            (DefinedType::List(ValueType::U8), Value::Bytes(bytes)) => self.lower_bytes(bytes, flat),
            (DefinedType::List(element), Value::List(values)) => {
                let (pointer, length) = self.elements(*element, values)?;
                flat.extend([u64::from(pointer), u64::from(length)]);
                Ok(())
            }
            (DefinedType::Flags(_), Value::Flags(bits)) => {
                flat.push((*bits).into());
                Ok(())
            }
            (DefinedType::Own(resource), Value::Resource(representation)) => {
                flat.push(self.handles.add(*resource, *representation)?.into());
                Ok(())
            }
            // CanonicalABI.md, lower_borrow: who defines a resource gets what it knows it by.
            (DefinedType::Borrow(resource), Value::Resource(representation)) => {
                flat.push(
                    match self.interface.resources[*resource] {
                        Resource::Own(_) => *representation,
                        Resource::Host(_) => self.lend(*resource, *representation)?,
                    }
                    .into(),
                );
                Ok(())
            }
            (variant, Value::Variant(case, payload)) => {
                let payload_type = payload_of(variant, *case)?;
                let all = self.layouts.get(ValueType::Defined(index)).flat.unwrap_or_default();
                let begin = flat.len();
                flat.push((*case).into());
                match (payload_type, payload) {
                    (None, None) => {}
                    (Some(payload_type), Some(payload)) => self.lower(payload_type, payload, flat)?,
                    _ => return Err(Trap::another_type()),
                }
                // What the case does not use.
                flat.resize(begin + all.len(), 0);
                Ok(())
            }
            _ => Err(Trap::another_type()),
        }
    }

    fn lend(&mut self, resource: usize, representation: u32) -> Result<u32, Trap> {
        let handle = self.handles.add(resource, representation)?;
        self.lent.push((resource, handle));
        Ok(handle)
    }

    fn store_bytes(&mut self, place: u32, bytes: &[u8]) -> Result<(), Trap> {
        let (pointer, length) = self.copy(bytes)?;
        self.write(place, pointer.into(), 4);
        self.write(place + 4, length.into(), 4);
        Ok(())
    }

    fn lower_bytes(&mut self, bytes: &[u8], flat: &mut Vec<u64>) -> Result<(), Trap> {
        let (pointer, length) = self.copy(bytes)?;
        flat.extend([u64::from(pointer), u64::from(length)]);
        Ok(())
    }

    /// Puts bytes somewhere in the memory.
    fn copy(&mut self, bytes: &[u8]) -> Result<(u32, u32), Trap> {
        let length = u32::try_from(bytes.len()).map_err(|_| too_long())?;
        let place = self.allocate(1, length)?;
        self.memory.bytes_mut()[place as usize..][..bytes.len()].copy_from_slice(bytes);
        Ok((place, length))
    }

    fn elements(&mut self, element: ValueType, values: &[Value]) -> Result<(u32, u32), Trap> {
        let layout = self.layouts.get(element);
        let length = u32::try_from(values.len()).map_err(|_| too_long())?;
        let size = length.checked_mul(layout.size).ok_or_else(too_long)?;
        let place = self.allocate(layout.alignment, size)?;
        for (index, value) in (0..length).zip(values) {
            self.store(element, value, place + index * layout.size)?;
        }
        Ok((place, length))
    }

    /// A place that the guest gives: it is looked at, for the guest may give what it likes.
    fn allocate(&mut self, alignment: u32, size: u32) -> Result<u32, Trap> {
        let place = self.memory.allocate(alignment, size)?;
        checked(self.memory.bytes(), place, size.into(), alignment)?;
        Ok(place)
    }

    /// Writes the lowest bytes of a number to a place that was checked.
    fn write(&mut self, place: u32, bits: u64, size: u32) {
        let bytes = bits.to_le_bytes();
        self.memory.bytes_mut()[place as usize..][..size as usize].copy_from_slice(&bytes[..size as usize]);
    }
}

/// The bits of a number, a char or a bool. A negative one of less than 32 bits is extended to those: CanonicalABI.md,
/// lower_flat_signed.
fn primitive(value_type: ValueType, value: &Value) -> Result<u64, Trap> {
    match (value_type, value) {
        (ValueType::Bool, Value::Bool(bool)) => Ok((*bool).into()),
        (ValueType::U8 | ValueType::U16 | ValueType::U32 | ValueType::U64, Value::Unsigned(number)) => Ok(*number),
        (ValueType::S8 | ValueType::S16 | ValueType::S32, Value::Signed(number)) => Ok((*number as u32).into()),
        (ValueType::S64, Value::Signed(number)) => Ok(*number as u64),
        (ValueType::F32, Value::Float(number)) => Ok((*number as f32).to_bits().into()),
        (ValueType::F64, Value::Float(number)) => Ok(number.to_bits()),
        (ValueType::Char, Value::Char(character)) => Ok(u32::from(*character).into()),
        _ => Err(Trap::another_type()),
    }
}

fn too_long() -> Trap {
    Trap::failed("a list is longer than its memory can be")
}
