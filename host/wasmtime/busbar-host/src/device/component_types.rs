//! Wasmtime's types and values of the component model, for what is the same of all engines.

use crate::interfaces::component_usb::{DeviceHandle, TransferHandle, UsbDeviceHandle};
use crate::interfaces::wasi_gpio::{EdgesHandle, InOutPin, InPin, OutPin};
use crate::interfaces::wasi_i2c::{DelayHandle, I2cHandle};
use crate::interfaces::wasi_spi::SpiHandle;
use busbar_core::app::Pollable;
use busbar_core::callable::{HandleKind, Integer, Parts, Shape, Typed};
use wasmtime::component::types::Type;
use wasmtime::component::{ResourceType, Val};

/// A type of a component's function.
pub struct HostType(pub Type);

impl Typed for HostType {
    type Value = Val;

    fn shape(&self) -> Shape<Self> {
        let named = |(name, ty): (&str, Type)| (name.to_owned(), Self(ty));
        let owned = |name: &str| name.to_owned();
        match &self.0 {
            Type::Bool => Shape::Bool,
            Type::S8 => Shape::Integer(Integer::S8),
            Type::U8 => Shape::Integer(Integer::U8),
            Type::S16 => Shape::Integer(Integer::S16),
            Type::U16 => Shape::Integer(Integer::U16),
            Type::S32 => Shape::Integer(Integer::S32),
            Type::U32 => Shape::Integer(Integer::U32),
            Type::S64 => Shape::Integer(Integer::S64),
            Type::U64 => Shape::Integer(Integer::U64),
            Type::Float32 => Shape::Float32,
            Type::Float64 => Shape::Float64,
            Type::Char => Shape::Char,
            Type::String => Shape::String,
            Type::List(list) => Shape::List(Self(list.ty())),
            Type::Tuple(tuple) => Shape::Tuple(tuple.types().map(Self).collect()),
            Type::Record(record) => Shape::Record(record.fields().map(|each| named((each.name, each.ty))).collect()),
            Type::Variant(variant) => {
                Shape::Variant(variant.cases().map(|case| (case.name.to_owned(), case.ty.map(Self))).collect())
            }
            Type::Enum(names) => Shape::Enum(names.names().map(owned).collect()),
            Type::Option(option) => Shape::Option(Self(option.ty())),
            Type::Result(result) => Shape::Result { ok: result.ok().map(Self), error: result.err().map(Self) },
            Type::Flags(flags) => Shape::Flags(flags.names().map(owned).collect()),
            Type::Own(resource) => Shape::Handle { kind: kind_of(resource), is_lent: false },
            Type::Borrow(resource) => Shape::Handle { kind: kind_of(resource), is_lent: true },
            Type::Map(_) => Shape::Other("map"),
            Type::Future(_) => Shape::Other("future"),
            Type::Stream(_) => Shape::Other("stream"),
            Type::ErrorContext => Shape::Other("error-context"),
            Type::FixedLengthList(_) => Shape::Other("list"),
        }
    }

    fn make(&self, parts: Parts<Val>) -> Option<Val> {
        Some(match (&self.0, parts) {
            (Type::Bool, Parts::Bool(value)) => Val::Bool(value),
            (Type::S8, Parts::Integer(number)) => Val::S8(number.try_into().ok()?),
            (Type::U8, Parts::Integer(number)) => Val::U8(number.try_into().ok()?),
            (Type::S16, Parts::Integer(number)) => Val::S16(number.try_into().ok()?),
            (Type::U16, Parts::Integer(number)) => Val::U16(number.try_into().ok()?),
            (Type::S32, Parts::Integer(number)) => Val::S32(number.try_into().ok()?),
            (Type::U32, Parts::Integer(number)) => Val::U32(number.try_into().ok()?),
            (Type::S64, Parts::Integer(number)) => Val::S64(number.try_into().ok()?),
            (Type::U64, Parts::Integer(number)) => Val::U64(number.try_into().ok()?),
            (Type::Float32, Parts::Float(number)) => Val::Float32(number as f32),
            (Type::Float64, Parts::Float(number)) => Val::Float64(number),
            (Type::Char, Parts::Char(value)) => Val::Char(value),
            (Type::String, Parts::String(text)) => Val::String(text),
            (Type::List(_), Parts::List(items)) => Val::List(items),
            (Type::Tuple(_), Parts::Fields(items)) => Val::Tuple(items),
            (Type::Record(record), Parts::Fields(values)) => {
                Val::Record(record.fields().map(|field| field.name.to_owned()).zip(values).collect())
            }
            (Type::Variant(variant), Parts::Case(number, payload)) => {
                Val::Variant(variant.cases().nth(number)?.name.to_owned(), payload.map(Box::new))
            }
            (Type::Enum(names), Parts::Case(number, None)) => Val::Enum(names.names().nth(number)?.to_owned()),
            (Type::Option(_), Parts::Case(_, payload)) => Val::Option(payload.map(Box::new)),
            (Type::Result(_), Parts::Case(0, payload)) => Val::Result(Ok(payload.map(Box::new))),
            (Type::Result(_), Parts::Case(_, payload)) => Val::Result(Err(payload.map(Box::new))),
            (Type::Flags(flags), Parts::Flags(set)) => {
                let set = flags.names().zip(set).filter(|(_, is_set)| *is_set);
                Val::Flags(set.map(|(name, _)| name.to_owned()).collect())
            }
            _ => return None,
        })
    }

    fn parts<'v>(&self, value: &'v Val) -> Option<Parts<&'v Val>> {
        Some(match (&self.0, value) {
            (_, Val::Bool(value)) => Parts::Bool(*value),
            (_, Val::S8(number)) => Parts::Integer((*number).into()),
            (_, Val::U8(number)) => Parts::Integer((*number).into()),
            (_, Val::S16(number)) => Parts::Integer((*number).into()),
            (_, Val::U16(number)) => Parts::Integer((*number).into()),
            (_, Val::S32(number)) => Parts::Integer((*number).into()),
            (_, Val::U32(number)) => Parts::Integer((*number).into()),
            (_, Val::S64(number)) => Parts::Integer((*number).into()),
            (_, Val::U64(number)) => Parts::Integer((*number).into()),
            (_, Val::Float32(number)) => Parts::Float((*number).into()),
            (_, Val::Float64(number)) => Parts::Float(*number),
            (_, Val::Char(value)) => Parts::Char(*value),
            (_, Val::String(text)) => Parts::String(text.clone()),
            (_, Val::List(items)) => Parts::List(items.iter().collect()),
            (_, Val::Tuple(items)) => Parts::Fields(items.iter().collect()),
            (_, Val::Record(fields)) => Parts::Fields(fields.iter().map(|(_, value)| value).collect()),
            (Type::Variant(variant), Val::Variant(tag, payload)) => {
                Parts::Case(variant.cases().position(|case| case.name == tag)?, payload.as_deref())
            }
            (Type::Enum(names), Val::Enum(name)) => Parts::Case(names.names().position(|each| each == name)?, None),
            (_, Val::Option(payload)) => Parts::Case(usize::from(payload.is_some()), payload.as_deref()),
            (_, Val::Result(Ok(payload))) => Parts::Case(0, payload.as_deref()),
            (_, Val::Result(Err(payload))) => Parts::Case(1, payload.as_deref()),
            (Type::Flags(flags), Val::Flags(set)) => {
                Parts::Flags(flags.names().map(|name| set.iter().any(|each| each == name)).collect())
            }
            _ => return None,
        })
    }
}

/// Whose a handle is.
fn kind_of(resource: &ResourceType) -> HandleKind {
    let known = [
        (ResourceType::host::<I2cHandle>(), HandleKind::I2c),
        (ResourceType::host::<DelayHandle>(), HandleKind::Delay),
        (ResourceType::host::<SpiHandle>(), HandleKind::Host("spi-device")),
        (ResourceType::host::<InPin>(), HandleKind::Host("digital-in-pin")),
        (ResourceType::host::<OutPin>(), HandleKind::Host("digital-out-pin")),
        (ResourceType::host::<InOutPin>(), HandleKind::Host("digital-in-out-pin")),
        (ResourceType::host::<EdgesHandle>(), HandleKind::Host("edges")),
        (ResourceType::host::<Pollable>(), HandleKind::Host("pollable")),
        (ResourceType::host::<UsbDeviceHandle>(), HandleKind::Host("usb-device")),
        (ResourceType::host::<DeviceHandle>(), HandleKind::Host("device-handle")),
        (ResourceType::host::<TransferHandle>(), HandleKind::Host("transfer")),
    ];
    known.iter().find(|(each, _)| each == resource).map_or(HandleKind::Other, |(_, kind)| *kind)
}

#[cfg(test)]
mod tests;
