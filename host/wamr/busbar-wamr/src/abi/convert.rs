//! Between values of the component model and the host's own types. Their types were compared when the component was linked.

use super::value::Value;
use crate::trap::Trap;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// What a value becomes on the host.
pub trait FromValue: Sized {
    /// None where it is one of another type.
    fn from_value(value: Value) -> Option<Self>;
}

/// What becomes a value.
pub trait IntoValue {
    /// The value.
    fn into_value(self) -> Value;
}

/// The next parameter of a function.
///
/// # Errors
///
/// When there is none, or one of another type: never of a function whose type was compared.
pub fn take<T: FromValue>(parameters: &mut impl Iterator<Item = Value>) -> Result<T, Trap> {
    let value = parameters.next().and_then(T::from_value);
    value.ok_or_else(Trap::another_type)
}

macro_rules! unsigned {
    ($($number:ty),*) => {
        $(
            impl FromValue for $number {
                fn from_value(value: Value) -> Option<Self> {
                    if let Value::Unsigned(number) = value { number.try_into().ok() } else { None }
                }
            }

            impl IntoValue for $number {
                fn into_value(self) -> Value {
                    Value::Unsigned(self.into())
                }
            }
        )*
    };
}

unsigned!(u8, u16, u32, u64);

impl FromValue for f64 {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Float(number) = value { Some(number) } else { None }
    }
}

impl IntoValue for f64 {
    fn into_value(self) -> Value {
        Value::Float(self)
    }
}

impl FromValue for String {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::String(text) = value { Some(text) } else { None }
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        Value::String(self)
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Bytes(bytes) = value { Some(bytes) } else { None }
    }
}

impl IntoValue for Vec<u8> {
    fn into_value(self) -> Value {
        Value::Bytes(self)
    }
}

impl FromValue for Value {
    fn from_value(value: Value) -> Option<Self> {
        Some(value)
    }
}

impl FromValue for bool {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Bool(bool) = value { Some(bool) } else { None }
    }
}

impl IntoValue for bool {
    fn into_value(self) -> Value {
        Value::Bool(self)
    }
}

/// A resource, or anything that is passed on.
impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        match self {
            None => Value::case(0),
            Some(value) => Value::Variant(1, Some(Box::new(value.into_value()))),
        }
    }
}

/// The elements of a list that is none of bytes.
pub fn elements<T: FromValue>(list: Value) -> Option<Vec<T>> {
    if let Value::List(values) = list { values.into_iter().map(T::from_value).collect() } else { None }
}

/// A list that is none of bytes.
pub fn list<T: IntoValue>(elements: impl IntoIterator<Item = T>) -> Value {
    Value::List(elements.into_iter().map(IntoValue::into_value).collect())
}

/// The fields of a record or a tuple.
pub fn fields<const COUNT: usize>(record: Value) -> Option<[Value; COUNT]> {
    if let Value::Record(fields) = record { fields.try_into().ok() } else { None }
}

/// A resource, owned or borrowed, by what its definer knows it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Representation(pub u32);

impl FromValue for Representation {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Resource(representation) = value { Some(Self(representation)) } else { None }
    }
}

/// The flags that are set, the first one in the lowest bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags(pub u32);

impl Flags {
    /// Whether one is set, by its number in wit/.
    pub fn has(self, number: u32) -> bool {
        self.0 & 1 << number != 0
    }
}

impl FromValue for Flags {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Flags(bits) = value { Some(Self(bits)) } else { None }
    }
}
