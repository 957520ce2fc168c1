//! Wasmtime's types and values of the component model, for what is the same of all engines.

use crate::interfaces::component_usb::{DeviceHandle, TransferHandle, UsbDeviceHandle};
use crate::interfaces::wasi_i2c::{DelayHandle, I2cHandle};
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
        (ResourceType::host::<UsbDeviceHandle>(), HandleKind::Host("usb-device")),
        (ResourceType::host::<DeviceHandle>(), HandleKind::Host("device-handle")),
        (ResourceType::host::<TransferHandle>(), HandleKind::Host("transfer")),
    ];
    known.iter().find(|(each, _)| each == resource).map_or(HandleKind::Other, |(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::HostType;
    use crate::engine::{Addresses, config};
    use busbar_core::callable::{json_of, value_of};
    use serde_json::{Value, json};
    use wasmtime::Engine;
    use wasmtime::component::Component;
    use wasmtime::component::types::ComponentItem;
    use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
    use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

    /// A type by its text in WIT, read off a component that imports a function of it.
    fn type_of(text: &str) -> HostType {
        let wit = format!(
            "package test:types;
            interface types {{
                record point {{ left-edge: u8, note: option<string> }}
                variant shape {{ dot, circle(u32) }}
                enum colour {{ red, dark-green }}
                flags rights {{ may-read, may-write }}
                resource thing;
                take: func(value: {text});
            }}
            world types-only {{ import types; }}"
        );
        let mut resolve = Resolve::default();
        let package = resolve.push_str("types.wit", &wit).expect("it is right");
        let world = resolve.select_world(&[package], None).expect("there is one");
        let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("it fits");
        let mut encoder = ComponentEncoder::default().module(&module).expect("it fits");
        let bytes = encoder.encode().expect("it is a component");
        let engine = Engine::new(&config(Addresses::Plenty)).expect("it runs here");
        let component = Component::new(&engine, bytes).expect("it compiles").component_type();
        for (_, item) in component.imports(&engine) {
            let ComponentItem::ComponentInstance(instance) = item.ty else { continue };
            for (_, item) in instance.exports(&engine) {
                if let ComponentItem::ComponentFunc(function) = item.ty
                    && let Some((_, ty)) = function.params().next()
                {
                    return HostType(ty);
                }
            }
        }
        panic!("it imports no function")
    }

    /// What comes back of a value that went in.
    fn round_trip(text: &str, json: &Value) -> Result<Value, String> {
        let ty = type_of(text);
        value_of(json, &ty).map(|value| json_of(&value, &ty))
    }

    #[test]
    fn values_of_every_type_come_back_as_they_went_in() {
        let cases = [
            ("bool", json!(true)),
            ("s8", json!(-128)),
            ("u8", json!(255)),
            ("s16", json!(-32_768)),
            ("u16", json!(65_535)),
            ("s32", json!(i32::MIN)),
            ("u32", json!(u32::MAX)),
            ("s64", json!(-9_007_199_254_740_991_i64)),
            ("u64", json!(9_007_199_254_740_991_u64)),
            ("f32", json!(0.5)),
            ("f64", json!(0.1)),
            ("char", json!("é")),
            ("string", json!("text")),
            ("list<u8>", json!([1, 2])),
            ("tuple<u8, string>", json!([1, "a"])),
            ("point", json!({ "leftEdge": 1, "note": "n" })),
            ("shape", json!({ "tag": "dot" })),
            ("shape", json!({ "tag": "circle", "val": 3 })),
            ("colour", json!("dark-green")),
            ("rights", json!({ "mayRead": false, "mayWrite": true })),
            ("option<u8>", json!(null)),
            ("option<u8>", json!(1)),
            ("option<option<u8>>", json!({ "tag": "none" })),
            ("option<option<u8>>", json!({ "tag": "some", "val": 1 })),
            ("result<u8, string>", json!({ "tag": "ok", "val": 1 })),
            ("result<u8, string>", json!({ "tag": "err", "val": "e" })),
            ("result", json!({ "tag": "err" })),
        ];
        for (text, json) in cases {
            assert_eq!(round_trip(text, &json), Ok(json), "{text}");
        }
    }

    #[test]
    fn what_json_says_in_another_way_is_the_same() {
        assert_eq!(round_trip("u8", &json!(2.0)), Ok(json!(2)));
        assert_eq!(round_trip("u64", &json!(u64::MAX)), Ok(json!(u64::MAX.to_string())), "too large to count to");
        assert_eq!(round_trip("s64", &json!(i64::MIN)), Ok(json!(i64::MIN.to_string())));
        assert_eq!(round_trip("point", &json!({ "leftEdge": 1 })), Ok(json!({ "leftEdge": 1 })));
        assert_eq!(round_trip("rights", &json!({})), Ok(json!({ "mayRead": false, "mayWrite": false })));
        assert_eq!(
            round_trip("option<option<u8>>", &json!({ "tag": "some" })),
            Ok(json!({ "tag": "some" })),
            "a none in a some"
        );
    }

    #[test]
    fn what_is_no_value_of_the_type_is_refused() {
        let cases = [
            ("u8", json!(256), "a value of type u8 is expected, and not number"),
            ("u8", json!(-1), "a value of type u8 is expected, and not number"),
            ("u8", json!(1.5), "a value of type u8 is expected, and not number"),
            ("s64", json!(1e300), "a value of type s64 is expected, and not number"),
            ("char", json!("ab"), "a value of type char is expected, and not string"),
            ("char", json!(""), "a value of type char is expected, and not string"),
            ("bool", json!(null), "a value of type bool is expected, and not null"),
            ("list<u8>", json!({}), "a value of type list<u8> is expected, and not object"),
            ("list<u16>", json!({}), "a value of type list is expected, and not object"),
            ("tuple<u8, u8>", json!([1]), "a value of type tuple is expected, and not object"),
            ("point", json!({ "left-edge": 1 }), "a value of type u8 is expected, and not null"),
            ("shape", json!({ "tag": "circle" }), "a value of type u32 is expected, and not null"),
            ("shape", json!({ "tag": "square" }), "a value of type variant is expected, and not object"),
            ("colour", json!("blue"), "a value of type enum is expected, and not string"),
            ("rights", json!(true), "a value of type flags is expected, and not boolean"),
            ("result", json!({ "tag": "maybe" }), "a value of type result is expected, and not object"),
            (
                "borrow<thing>",
                json!(0),
                "a parameter has to be another handle; this host has \"i2c\" and \"delay\" of this component to give",
            ),
        ];
        for (text, json, expected) in cases {
            assert_eq!(round_trip(text, &json), Err(expected.to_owned()), "{text}");
        }
    }
}
