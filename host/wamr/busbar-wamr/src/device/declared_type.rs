//! The types that a flattened component declares, and this host's values, for what is the same of all engines.

use crate::abi::{FromValue, Value};
use crate::flattened::{DefinedType, Interface, Resource, ValueType};
use busbar_core::callable::{HandleKind, Integer, Parts, Shape, Typed};
use busbar_core::link::parse_interface_name;

/// The resources of component:usb, by their names in WIT.
const USB: [&str; 3] = ["usb-device", "device-handle", "transfer"];

/// Those of wasi:gpio, and of what waits for lines.
const LINES: [&str; 5] = ["digital-in-pin", "digital-out-pin", "digital-in-out-pin", "edges", "pollable"];

/// A type of a component's function.
#[derive(Clone, Copy)]
pub struct DeclaredType<'a> {
    pub interface: &'a Interface,
    pub declared: ValueType,
}

impl<'a> DeclaredType<'a> {
    fn part(self, declared: ValueType) -> Self {
        Self { declared, ..self }
    }

    fn defined(self) -> Option<&'a DefinedType> {
        if let ValueType::Defined(index) = self.declared { self.interface.types.get(index) } else { None }
    }

    fn is_list_of_bytes(self) -> bool {
        matches!(self.defined(), Some(DefinedType::List(ValueType::U8)))
    }

    fn defined_shape(self, defined: &DefinedType) -> Shape<Self> {
        let part = |declared: &ValueType| self.part(*declared);
        let optional = |declared: &Option<ValueType>| declared.as_ref().map(part);
        match defined {
            DefinedType::Record(fields) => {
                Shape::Record(fields.iter().map(|(name, ty)| (name.clone(), part(ty))).collect())
            }
            DefinedType::Variant(cases) => {
                Shape::Variant(cases.iter().map(|(name, ty)| (name.clone(), optional(ty))).collect())
            }
            DefinedType::List(item) => Shape::List(part(item)),
            DefinedType::Tuple(types) => Shape::Tuple(types.iter().map(part).collect()),
            DefinedType::Flags(names) => Shape::Flags(names.clone()),
            DefinedType::Enum(names) => Shape::Enum(names.clone()),
            DefinedType::Option(inner) => Shape::Option(part(inner)),
            DefinedType::Result { ok, error } => Shape::Result { ok: optional(ok), error: optional(error) },
            DefinedType::Own(resource) => Shape::Handle { kind: self.kind_of(*resource), is_lent: false },
            DefinedType::Borrow(resource) => Shape::Handle { kind: self.kind_of(*resource), is_lent: true },
        }
    }

    /// Whose a handle is.
    fn kind_of(self, resource: usize) -> HandleKind {
        let Some(Resource::Host(place)) = self.interface.resources.get(resource) else { return HandleKind::Other };
        let path = parse_interface_name(&place.interface).path;
        match (path, place.name.as_str()) {
            ("wasi:i2c/i2c", "i2c") => HandleKind::I2c,
            ("wasi:i2c/delay", "delay") => HandleKind::Delay,
            (path, name) if path.starts_with("component:usb/") || path.starts_with("wasi:usb/") => {
                USB.iter().find(|each| **each == name).map_or(HandleKind::Other, |name| HandleKind::Host(name))
            }
            ("wasi:gpio/digital" | "busbar:board/gpio" | "wasi:io/poll", name) => {
                LINES.iter().find(|each| **each == name).map_or(HandleKind::Other, |name| HandleKind::Host(name))
            }
            _ => HandleKind::Other,
        }
    }
}

impl Typed for DeclaredType<'_> {
    type Value = Value;

    fn shape(&self) -> Shape<Self> {
        match self.declared {
            ValueType::Bool => Shape::Bool,
            ValueType::S8 => Shape::Integer(Integer::S8),
            ValueType::U8 => Shape::Integer(Integer::U8),
            ValueType::S16 => Shape::Integer(Integer::S16),
            ValueType::U16 => Shape::Integer(Integer::U16),
            ValueType::S32 => Shape::Integer(Integer::S32),
            ValueType::U32 => Shape::Integer(Integer::U32),
            ValueType::S64 => Shape::Integer(Integer::S64),
            ValueType::U64 => Shape::Integer(Integer::U64),
            ValueType::F32 => Shape::Float32,
            ValueType::F64 => Shape::Float64,
            ValueType::Char => Shape::Char,
            ValueType::String => Shape::String,
            // There is each that is referred to: it was read so.
            ValueType::Defined(_) => self.defined().map_or(Shape::Other("none"), |each| self.defined_shape(each)),
        }
    }

    fn make(&self, parts: Parts<Value>) -> Option<Value> {
        Some(match parts {
            Parts::Bool(value) => Value::Bool(value),
            Parts::Integer(number) => match self.declared {
                ValueType::S8 | ValueType::S16 | ValueType::S32 | ValueType::S64 => {
                    Value::Signed(number.try_into().ok()?)
                }
                _ => Value::Unsigned(number.try_into().ok()?),
            },
            Parts::Float(number) if self.declared == ValueType::F32 => Value::Float((number as f32).into()),
            Parts::Float(number) => Value::Float(number),
            Parts::Char(value) => Value::Char(value),
            Parts::String(text) => Value::String(text),
            Parts::Bytes(bytes) => Value::Bytes(bytes),
            Parts::List(items) if self.is_list_of_bytes() => {
                Value::Bytes(items.into_iter().map(u8::from_value).collect::<Option<_>>()?)
            }
            Parts::List(items) => Value::List(items),
            Parts::Fields(values) => Value::Record(values),
            Parts::Case(number, payload) => Value::Variant(number.try_into().ok()?, payload.map(Box::new)),
            Parts::Flags(set) => {
                let bits = (0..).zip(set).filter(|(_, is_set)| *is_set).map(|(place, _)| 1 << place);
                Value::Flags(bits.sum())
            }
        })
    }

    fn parts<'v>(&self, value: &'v Value) -> Option<Parts<&'v Value>> {
        Some(match value {
            Value::Bool(value) => Parts::Bool(*value),
            Value::Unsigned(number) => Parts::Integer((*number).into()),
            Value::Signed(number) => Parts::Integer((*number).into()),
            Value::Float(number) => Parts::Float(*number),
            Value::Char(value) => Parts::Char(*value),
            Value::String(text) => Parts::String(text.clone()),
            Value::Bytes(bytes) => Parts::Bytes(bytes.clone()),
            Value::List(items) => Parts::List(items.iter().collect()),
            Value::Record(values) => Parts::Fields(values.iter().collect()),
            Value::Variant(number, payload) => Parts::Case(usize::try_from(*number).ok()?, payload.as_deref()),
            Value::Flags(bits) => Parts::Flags((0..u32::BITS).map(|place| bits >> place & 1 == 1).collect()),
            Value::Resource(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests;
