use crate::abi::Value;
use crate::flattened::{DefinedType, FunctionType, ValueType};
use crate::interfaces::device_interfaces;
use busbar_core::device::{Told, short_name};

/// What a driver gave, or was given, with the type that wit/ says: a value by itself has no names.
#[derive(Clone, Copy)]
pub struct ToldValue<'a> {
    value_type: ValueType,
    value: &'a Value,
}

impl<'a> ToldValue<'a> {
    /// What a function gave.
    pub fn result(function: &FunctionType, value: &'a Value) -> Option<Self> {
        Some(Self { value_type: function.result?, value })
    }

    /// What a method is called with, after the device itself.
    pub fn arguments(function: &FunctionType, values: &'a [Value]) -> Vec<Self> {
        let types = function.parameters.iter().skip(1).map(|(_, value_type)| *value_type);
        types.zip(values).map(|(value_type, value)| Self { value_type, value }).collect()
    }

    fn defined(self) -> Option<&'static DefinedType> {
        match self.value_type {
            ValueType::Defined(index) => device_interfaces().types.get(index),
            _ => None,
        }
    }

    /// What a case of a variant carries.
    fn payload(self, case: u32) -> Option<&'a Value> {
        match self.value {
            Value::Variant(number, payload) if *number == case => payload.as_deref(),
            _ => None,
        }
    }
}

impl<'a> Told<'a> for ToldValue<'a> {
    fn field(self, name: &str) -> Option<Self> {
        let (DefinedType::Record(fields), Value::Record(values)) = (self.defined()?, self.value) else { return None };
        let place = fields.iter().position(|(each, _)| each == name)?;
        Some(Self { value_type: fields[place].1, value: values.get(place)? })
    }

    fn whole(self) -> Option<u64> {
        match self.value {
            Value::Unsigned(number) => Some(*number),
            _ => None,
        }
    }

    fn double(self) -> Option<f64> {
        match self.value {
            Value::Float(number) => Some(*number),
            _ => None,
        }
    }

    fn truth(self) -> Option<bool> {
        match self.value {
            Value::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    fn text(self) -> Option<&'a str> {
        match self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    fn case(self) -> Option<&'a str> {
        let (DefinedType::Enum(cases), Value::Variant(case, None)) = (self.defined()?, self.value) else { return None };
        cases.get(*case as usize).map(String::as_str)
    }

    fn length(self) -> Option<usize> {
        match self.value {
            Value::Bytes(bytes) => Some(bytes.len()),
            Value::List(values) => Some(values.len()),
            _ => None,
        }
    }

    fn elements(self) -> Option<impl ExactSizeIterator<Item = Self>> {
        let (DefinedType::List(element), Value::List(values)) = (self.defined()?, self.value) else { return None };
        Some(values.iter().map(|value| Self { value_type: *element, value }))
    }

    fn option(self) -> Option<Option<Self>> {
        let DefinedType::Option(some) = self.defined()? else { return None };
        match self.value {
            Value::Variant(0, None) => Some(None),
            _ => self.payload(1).map(|value| Some(Self { value_type: *some, value })),
        }
    }

    fn given(self) -> Option<Self> {
        let DefinedType::Result { ok: Some(ok), .. } = self.defined()? else { return None };
        self.payload(0).map(|value| Self { value_type: *ok, value })
    }
}

/// Cuts the texts of a record where they are longer than any name is; also of one that a function gave that can fail.
pub fn shorten_texts(value: &mut Value) {
    match value {
        Value::Variant(0, Some(value)) => shorten_texts(value),
        Value::Record(fields) => {
            for field in fields {
                if let Value::String(text) = field {
                    *text = short_name(text);
                }
            }
        }
        _ => {}
    }
}
