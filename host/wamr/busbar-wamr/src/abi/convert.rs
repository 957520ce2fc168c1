//! Between values of the component model and the host's own types. Their types were compared when the component was linked.

use super::value::Value;
use crate::trap::Trap;
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

unsigned!(u16, u32, u64);

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

/// A list of anything but bytes.
impl FromValue for Vec<Value> {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::List(values) = value { Some(values) } else { None }
    }
}

impl FromValue for Value {
    fn from_value(value: Value) -> Option<Self> {
        Some(value)
    }
}
