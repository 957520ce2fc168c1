//! Values of the component model as JSON, in the form that its bindings for JavaScript have.

use super::typed::{HandleKind, Integer, Parts, Shape, Typed};
use crate::text::camel_case;
use serde_json::{Map, Number, Value};

/// The largest whole number that JavaScript, and so many a reader of JSON, can count to. Larger ones are texts.
const LARGEST: i128 = (1 << 53) - 1;

/// The numbers of the cases that options and results have.
const NONE: usize = 0;
const SOME: usize = 1;
const OK: usize = 0;
const ERROR: usize = 1;

/// A value of this type, out of JSON.
///
/// # Errors
///
/// What is expected instead, as the middle of a sentence; a handle can never be written.
pub fn value_of<T: Typed>(json: &Value, ty: &T) -> Result<T::Value, String> {
    let shape = ty.shape();
    let wrong = || wrong_type(&shape, type_name(json));
    let parts = match &shape {
        Shape::Bool => Parts::Bool(json.as_bool().ok_or_else(wrong)?),
        Shape::Integer(integer) => {
            Parts::Integer(whole(json).filter(|number| integer.range().contains(number)).ok_or_else(wrong)?)
        }
        Shape::Float32 | Shape::Float64 => Parts::Float(json.as_f64().ok_or_else(wrong)?),
        Shape::Char => {
            let mut characters = json.as_str().ok_or_else(wrong)?.chars();
            match (characters.next(), characters.next()) {
                (Some(only), None) => Parts::Char(only),
                _ => return Err(wrong()),
            }
        }
        Shape::String => Parts::String(json.as_str().ok_or_else(wrong)?.to_owned()),
        Shape::List(item) => {
            let items = json.as_array().ok_or_else(wrong)?;
            Parts::List(items.iter().map(|each| value_of(each, item)).collect::<Result<_, _>>()?)
        }
        Shape::Tuple(types) => {
            let items = json.as_array().filter(|items| items.len() == types.len()).ok_or_else(wrong)?;
            Parts::Fields(items.iter().zip(types).map(|(each, ty)| value_of(each, ty)).collect::<Result<_, _>>()?)
        }
        Shape::Record(fields) => {
            let object = json.as_object().ok_or_else(wrong)?;
            let field = |(name, ty): &(String, T)| value_of(object.get(&camel_case(name)).unwrap_or(&Value::Null), ty);
            Parts::Fields(fields.iter().map(field).collect::<Result<_, _>>()?)
        }
        Shape::Variant(cases) => {
            let (tag, payload) = tagged(json).ok_or_else(wrong)?;
            let number = cases.iter().position(|(name, _)| name == tag).ok_or_else(wrong)?;
            Parts::Case(number, carried(payload, cases[number].1.as_ref())?)
        }
        Shape::Enum(names) => {
            let name = json.as_str().ok_or_else(wrong)?;
            Parts::Case(names.iter().position(|each| each == name).ok_or_else(wrong)?, None)
        }
        Shape::Option(inner) => {
            let some = |json: &Value| value_of(json, inner).map(|value| Parts::Case(SOME, Some(value)));
            match (inner.shape(), json) {
                // An option in an option, where null could be either.
                (Shape::Option(_), _) => match tagged(json) {
                    Some(("some", payload)) => some(payload)?,
                    Some(("none", _)) => Parts::Case(NONE, None),
                    _ => return Err(wrong()),
                },
                (_, Value::Null) => Parts::Case(NONE, None),
                _ => some(json)?,
            }
        }
        Shape::Result { ok, error } => match tagged(json).ok_or_else(wrong)? {
            ("ok", payload) => Parts::Case(OK, carried(payload, ok.as_ref())?),
            ("err", payload) => Parts::Case(ERROR, carried(payload, error.as_ref())?),
            _ => return Err(wrong()),
        },
        Shape::Flags(names) => {
            let object = json.as_object().ok_or_else(wrong)?;
            let is_set = |name: &String| object.get(&camel_case(name)).and_then(Value::as_bool) == Some(true);
            Parts::Flags(names.iter().map(is_set).collect())
        }
        Shape::Handle { .. } => return Err(handle_expected(&shape)),
        Shape::Other(name) => return Err(format!("this host has no values of type {name}")),
    };
    ty.make(parts).ok_or_else(wrong)
}

fn carried<T: Typed>(payload: &Value, ty: Option<&T>) -> Result<Option<T::Value>, String> {
    ty.map(|ty| value_of(payload, ty)).transpose()
}

/// A value of this type, as JSON. What JSON has not is null: a number that is none, a handle.
pub fn json_of<T: Typed>(value: &T::Value, ty: &T) -> Value {
    let Some(parts) = ty.parts(value) else { return Value::Null };
    match (parts, ty.shape()) {
        (Parts::Bool(value), _) => Value::Bool(value),
        (Parts::Integer(number), _) => match i64::try_from(number) {
            Ok(small) if (-LARGEST..=LARGEST).contains(&number) => Value::from(small),
            _ => Value::String(number.to_string()),
        },
        (Parts::Float(number), _) => Number::from_f64(number).map_or(Value::Null, Value::Number),
        (Parts::Char(value), _) => Value::String(value.to_string()),
        (Parts::String(text), _) => Value::String(text),
        (Parts::Bytes(bytes), _) => Value::Array(bytes.into_iter().map(Value::from).collect()),
        (Parts::List(items), Shape::List(item)) => {
            Value::Array(items.into_iter().map(|each| json_of(each, &item)).collect())
        }
        (Parts::Fields(items), Shape::Tuple(types)) => {
            Value::Array(items.into_iter().zip(&types).map(|(each, ty)| json_of(each, ty)).collect())
        }
        (Parts::Fields(values), Shape::Record(fields)) => {
            // A field without a value is left out.
            let fields = values.into_iter().zip(&fields).filter(|(value, (_, ty))| !is_undefined(*value, ty));
            Value::Object(fields.map(|(value, (name, ty))| (camel_case(name), json_of(value, ty))).collect())
        }
        (Parts::Case(number, payload), Shape::Variant(cases)) => match cases.get(number) {
            Some((tag, ty)) => tag_json(tag, payload, ty.as_ref()),
            None => Value::Null,
        },
        (Parts::Case(number, _), Shape::Enum(names)) => names.get(number).cloned().map_or(Value::Null, Value::String),
        (Parts::Case(_, payload), Shape::Option(inner)) => match (payload, inner.shape()) {
            (None, Shape::Option(_)) => tag_json::<T>("none", None, None),
            (None, _) => Value::Null,
            (Some(value), Shape::Option(_)) => tag_json("some", Some(value), Some(&inner)),
            (Some(value), _) => json_of(value, &inner),
        },
        (Parts::Case(OK, payload), Shape::Result { ok, .. }) => tag_json("ok", payload, ok.as_ref()),
        (Parts::Case(_, payload), Shape::Result { error, .. }) => tag_json("err", payload, error.as_ref()),
        (Parts::Flags(set), Shape::Flags(names)) => {
            Value::Object(names.iter().zip(set).map(|(name, is_set)| (camel_case(name), Value::Bool(is_set))).collect())
        }
        _ => Value::Null,
    }
}

/// Whether it is what JavaScript has no value for.
fn is_undefined<T: Typed>(value: &T::Value, ty: &T) -> bool {
    let Shape::Option(inner) = ty.shape() else { return false };
    !matches!(inner.shape(), Shape::Option(_)) && matches!(ty.parts(value), Some(Parts::Case(NONE, _)))
}

fn tag_json<T: Typed>(tag: &str, payload: Option<&T::Value>, ty: Option<&T>) -> Value {
    let mut object = Map::new();
    object.insert("tag".to_owned(), Value::String(tag.to_owned()));
    if let (Some(payload), Some(ty)) = (payload, ty)
        && !is_undefined(payload, ty)
    {
        object.insert("val".to_owned(), json_of(payload, ty));
    }
    Value::Object(object)
}

/// The tag and the payload of a variant.
fn tagged(json: &Value) -> Option<(&str, &Value)> {
    let object = json.as_object()?;
    Some((object.get("tag")?.as_str()?, object.get("val").unwrap_or(&Value::Null)))
}

/// A whole number. As in JavaScript, 2.0 is one.
fn whole(json: &Value) -> Option<i128> {
    let number = json.as_number()?;
    let exact = number.as_u64().map(i128::from).or_else(|| number.as_i64().map(i128::from));
    exact.or_else(|| {
        let number = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() <= LARGEST as f64)?;
        Some(number as i128)
    })
}

/// What is said where something else than a handle is given for one, or a handle of another kind.
pub(super) fn handle_expected<T>(shape: &Shape<T>) -> String {
    let what = match shape {
        Shape::Handle { kind: HandleKind::I2c, .. } => "a handle \"i2c\"".to_owned(),
        Shape::Handle { kind: HandleKind::Delay, .. } => "a handle \"delay\"".to_owned(),
        Shape::Handle { kind: HandleKind::Host(name), .. } => format!("a handle \"{name}\""),
        Shape::Handle { kind: HandleKind::Other, .. } => "another handle".to_owned(),
        _ => "no handle".to_owned(),
    };
    format!("a parameter has to be {what}; this host has \"i2c\" and \"delay\" of this component to give")
}

/// What is said where a value of another type is given: `given` is what JavaScript calls that.
pub(super) fn wrong_type<T: Typed>(shape: &Shape<T>, given: &str) -> String {
    format!("a value of type {} is expected, and not {given}", name_of(shape))
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

fn name_of<T: Typed>(shape: &Shape<T>) -> &'static str {
    match shape {
        Shape::Bool => "bool",
        Shape::Integer(integer) => integer.name(),
        Shape::Float32 => "f32",
        Shape::Float64 => "f64",
        Shape::Char => "char",
        Shape::String => "string",
        Shape::List(item) if matches!(item.shape(), Shape::Integer(Integer::U8)) => "list<u8>",
        Shape::List(_) => "list",
        Shape::Record(_) => "record",
        Shape::Tuple(_) => "tuple",
        Shape::Variant(_) => "variant",
        Shape::Enum(_) => "enum",
        Shape::Option(_) => "option",
        Shape::Result { .. } => "result",
        Shape::Flags(_) => "flags",
        Shape::Handle { .. } => "handle",
        Shape::Other(name) => name,
    }
}
