//! Values of the component model as JSON, in the form that its bindings for JavaScript have: what a person types for a
//! function's parameter, and sees of its result.

use crate::interfaces::component_usb::{DeviceHandle, TransferHandle, UsbDeviceHandle};
use crate::interfaces::wasi_i2c::{DelayHandle, I2cHandle};
use crate::text::camel_case;
use serde_json::{Map, Number, Value};
use wasmtime::component::types::{Case, Type};
use wasmtime::component::{ResourceType, Val};

/// The largest whole number that JavaScript, and so many a reader of JSON, can count to. Larger ones are texts.
const LARGEST: u64 = (1 << 53) - 1;

/// A value of this type, out of JSON.
///
/// # Errors
///
/// What is expected instead, as the middle of a sentence; a handle can never be written.
pub fn value_of(json: &Value, ty: &Type) -> Result<Val, String> {
    let wrong = || wrong_type(ty, type_name(json));
    Ok(match ty {
        Type::Bool => Val::Bool(json.as_bool().ok_or_else(wrong)?),
        Type::S8 => Val::S8(whole(json).ok_or_else(wrong)?),
        Type::U8 => Val::U8(whole(json).ok_or_else(wrong)?),
        Type::S16 => Val::S16(whole(json).ok_or_else(wrong)?),
        Type::U16 => Val::U16(whole(json).ok_or_else(wrong)?),
        Type::S32 => Val::S32(whole(json).ok_or_else(wrong)?),
        Type::U32 => Val::U32(whole(json).ok_or_else(wrong)?),
        Type::S64 => Val::S64(whole(json).ok_or_else(wrong)?),
        Type::U64 => Val::U64(whole(json).ok_or_else(wrong)?),
        Type::Float32 => Val::Float32(json.as_f64().ok_or_else(wrong)? as f32),
        Type::Float64 => Val::Float64(json.as_f64().ok_or_else(wrong)?),
        Type::Char => {
            let mut characters = json.as_str().ok_or_else(wrong)?.chars();
            match (characters.next(), characters.next()) {
                (Some(only), None) => Val::Char(only),
                _ => return Err(wrong()),
            }
        }
        Type::String => Val::String(json.as_str().ok_or_else(wrong)?.to_owned()),
        Type::List(list) => {
            let item = list.ty();
            Val::List(
                json.as_array()
                    .ok_or_else(wrong)?
                    .iter()
                    .map(|each| value_of(each, &item))
                    .collect::<Result<_, _>>()?,
            )
        }
        Type::Tuple(tuple) => {
            let items = json.as_array().filter(|items| items.len() == tuple.types().len()).ok_or_else(wrong)?;
            Val::Tuple(items.iter().zip(tuple.types()).map(|(each, ty)| value_of(each, &ty)).collect::<Result<_, _>>()?)
        }
        Type::Record(record) => {
            let object = json.as_object().ok_or_else(wrong)?;
            let field = |name: &str, ty: &Type| {
                let value = object.get(&camel_case(name)).unwrap_or(&Value::Null);
                value_of(value, ty).map(|value| (name.to_owned(), value))
            };
            Val::Record(record.fields().map(|each| field(each.name, &each.ty)).collect::<Result<_, _>>()?)
        }
        Type::Variant(variant) => {
            let (tag, payload) = tagged(json).ok_or_else(wrong)?;
            let Case { ty, .. } = variant.cases().find(|case| case.name == tag).ok_or_else(wrong)?;
            let payload = ty.map(|ty| value_of(payload, &ty)).transpose()?;
            Val::Variant(tag.to_owned(), payload.map(Box::new))
        }
        Type::Enum(names) => {
            let name = json.as_str().filter(|name| names.names().any(|each| each == *name)).ok_or_else(wrong)?;
            Val::Enum(name.to_owned())
        }
        Type::Option(option) => {
            let inner = option.ty();
            let some = |json: &Value| value_of(json, &inner).map(|value| Val::Option(Some(Box::new(value))));
            match (&inner, json) {
                // An option in an option, where null could be either.
                (Type::Option(_), _) => match tagged(json) {
                    Some(("some", payload)) => some(payload)?,
                    Some(("none", _)) => Val::Option(None),
                    _ => return Err(wrong()),
                },
                (_, Value::Null) => Val::Option(None),
                _ => some(json)?,
            }
        }
        Type::Result(result) => {
            let (tag, payload) = tagged(json).ok_or_else(wrong)?;
            let value = |ty: Option<Type>| ty.map(|ty| value_of(payload, &ty).map(Box::new)).transpose();
            match tag {
                "ok" => Val::Result(Ok(value(result.ok())?)),
                "err" => Val::Result(Err(value(result.err())?)),
                _ => return Err(wrong()),
            }
        }
        Type::Flags(flags) => {
            let object = json.as_object().ok_or_else(wrong)?;
            let is_set = |name: &&str| object.get(&camel_case(name)).and_then(Value::as_bool) == Some(true);
            Val::Flags(flags.names().filter(is_set).map(str::to_owned).collect())
        }
        Type::Own(_) | Type::Borrow(_) => return Err(handle_expected(ty)),
        Type::Map(_) | Type::Future(_) | Type::Stream(_) | Type::ErrorContext | Type::FixedLengthList(_) => {
            return Err(format!("this host has no values of type {}", name_of(ty)));
        }
    })
}

/// A value of this type, as JSON. What JSON has not is null: a number that is none, a handle.
pub fn json_of(value: &Val, ty: &Type) -> Value {
    match (value, ty) {
        (Val::Bool(value), _) => Value::Bool(*value),
        (Val::S8(value), _) => Value::from(*value),
        (Val::U8(value), _) => Value::from(*value),
        (Val::S16(value), _) => Value::from(*value),
        (Val::U16(value), _) => Value::from(*value),
        (Val::S32(value), _) => Value::from(*value),
        (Val::U32(value), _) => Value::from(*value),
        (Val::S64(value), _) if value.unsigned_abs() > LARGEST => Value::String(value.to_string()),
        (Val::S64(value), _) => Value::from(*value),
        (Val::U64(value), _) if *value > LARGEST => Value::String(value.to_string()),
        (Val::U64(value), _) => Value::from(*value),
        (Val::Float32(value), _) => Number::from_f64(f64::from(*value)).map_or(Value::Null, Value::Number),
        (Val::Float64(value), _) => Number::from_f64(*value).map_or(Value::Null, Value::Number),
        (Val::Char(value), _) => Value::String(value.to_string()),
        (Val::String(value) | Val::Enum(value), _) => Value::String(value.clone()),
        (Val::List(items), Type::List(list)) => {
            let item = list.ty();
            Value::Array(items.iter().map(|each| json_of(each, &item)).collect())
        }
        (Val::Tuple(items), Type::Tuple(tuple)) => {
            Value::Array(items.iter().zip(tuple.types()).map(|(each, ty)| json_of(each, &ty)).collect())
        }
        (Val::Record(fields), Type::Record(record)) => {
            // A field without a value is left out.
            let fields = fields.iter().zip(record.fields());
            let fields = fields.filter(|((_, value), field)| !is_undefined(value, &field.ty));
            Value::Object(fields.map(|((name, value), field)| (camel_case(name), json_of(value, &field.ty))).collect())
        }
        (Val::Variant(tag, payload), Type::Variant(variant)) => {
            let ty = variant.cases().find(|case| case.name == tag).and_then(|case| case.ty);
            tag_json(tag, payload.as_deref(), ty)
        }
        (Val::Option(value), Type::Option(option)) => match (value, option.ty()) {
            (None, Type::Option(_)) => tag_json("none", None, None),
            (None, _) => Value::Null,
            (Some(value), inner @ Type::Option(_)) => tag_json("some", Some(value), Some(inner)),
            (Some(value), inner) => json_of(value, &inner),
        },
        (Val::Result(Ok(payload)), Type::Result(result)) => tag_json("ok", payload.as_deref(), result.ok()),
        (Val::Result(Err(payload)), Type::Result(result)) => tag_json("err", payload.as_deref(), result.err()),
        (Val::Flags(set), Type::Flags(flags)) => {
            let is_set = |name: &str| Value::Bool(set.iter().any(|each| each == name));
            Value::Object(flags.names().map(|name| (camel_case(name), is_set(name))).collect())
        }
        _ => Value::Null,
    }
}

/// Whether it is what JavaScript has no value for.
fn is_undefined(value: &Val, ty: &Type) -> bool {
    let is_nested = matches!(ty, Type::Option(option) if matches!(option.ty(), Type::Option(_)));
    matches!(value, Val::Option(None)) && !is_nested
}

fn tag_json(tag: &str, payload: Option<&Val>, ty: Option<Type>) -> Value {
    let mut object = Map::new();
    object.insert("tag".to_owned(), Value::String(tag.to_owned()));
    if let (Some(payload), Some(ty)) = (payload, ty)
        && !is_undefined(payload, &ty)
    {
        object.insert("val".to_owned(), json_of(payload, &ty));
    }
    Value::Object(object)
}

/// The tag and the payload of a variant.
fn tagged(json: &Value) -> Option<(&str, &Value)> {
    let object = json.as_object()?;
    Some((object.get("tag")?.as_str()?, object.get("val").unwrap_or(&Value::Null)))
}

/// A whole number in the range of its type. As in JavaScript, 2.0 is one.
fn whole<T: TryFrom<i128>>(json: &Value) -> Option<T> {
    let number = json.as_number()?;
    let exact = number.as_u64().map(i128::from).or_else(|| number.as_i64().map(i128::from));
    let exact = exact.or_else(|| {
        let number = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() <= LARGEST as f64)?;
        Some(number as i128)
    });
    T::try_from(exact?).ok()
}

/// What is said where something else than a handle is given for one, or a handle of another kind.
pub fn handle_expected(ty: &Type) -> String {
    format!("a parameter has to be {}; this host has \"i2c\" and \"delay\" of this component to give", handle_name(ty))
}

/// A handle of the host's own, by its name in WIT.
fn handle_name(ty: &Type) -> &'static str {
    let (Type::Own(wanted) | Type::Borrow(wanted)) = ty else { return "no handle" };
    let known = [
        (ResourceType::host::<I2cHandle>(), "a handle \"i2c\""),
        (ResourceType::host::<DelayHandle>(), "a handle \"delay\""),
        (ResourceType::host::<UsbDeviceHandle>(), "a handle \"usb-device\""),
        (ResourceType::host::<DeviceHandle>(), "a handle \"device-handle\""),
        (ResourceType::host::<TransferHandle>(), "a handle \"transfer\""),
    ];
    known.iter().find(|(resource, _)| resource == wanted).map_or("another handle", |(_, name)| name)
}

/// What is said where a value of another type is given: `given` is what JavaScript calls that.
pub fn wrong_type(ty: &Type, given: &str) -> String {
    format!("a value of type {} is expected, and not {given}", name_of(ty))
}

/// What JavaScript calls the type of a value.
fn type_name(json: &Value) -> &'static str {
    match json {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) | Value::Object(_) => "object",
    }
}

fn name_of(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::S8 => "s8",
        Type::U8 => "u8",
        Type::S16 => "s16",
        Type::U16 => "u16",
        Type::S32 => "s32",
        Type::U32 => "u32",
        Type::S64 => "s64",
        Type::U64 => "u64",
        Type::Float32 => "f32",
        Type::Float64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::List(list) if list.ty() == Type::U8 => "list<u8>",
        Type::List(_) => "list",
        Type::Map(_) => "map",
        Type::Record(_) => "record",
        Type::Tuple(_) => "tuple",
        Type::Variant(_) => "variant",
        Type::Enum(_) => "enum",
        Type::Option(_) => "option",
        Type::Result(_) => "result",
        Type::Flags(_) => "flags",
        Type::Own(_) | Type::Borrow(_) => "handle",
        Type::Future(_) => "future",
        Type::Stream(_) => "stream",
        Type::ErrorContext => "error-context",
        Type::FixedLengthList(_) => "list",
    }
}

#[cfg(test)]
mod tests {
    use super::{json_of, value_of};
    use crate::engine::{Addresses, config};
    use serde_json::{Value, json};
    use wasmtime::Engine;
    use wasmtime::component::Component;
    use wasmtime::component::types::{ComponentItem, Type};
    use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
    use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

    /// A type by its text in WIT, read off a component that imports a function of it.
    fn type_of(text: &str) -> Type {
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
                    return ty;
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
