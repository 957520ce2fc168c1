//! Reads values of the component model whose types are known: nothing comes of one that has another.

use crate::device::short_name;
use wasmtime::component::Val;

/// The fields of a record.
#[derive(Clone, Copy)]
pub struct Fields<'a>(&'a [(String, Val)]);

impl<'a> Fields<'a> {
    pub fn of(value: &'a Val) -> Option<Self> {
        match value {
            Val::Record(fields) => Some(Self(fields)),
            _ => None,
        }
    }

    pub fn get(self, name: &str) -> Option<&'a Val> {
        self.0.iter().find(|(each, _)| each == name).map(|(_, value)| value)
    }

    /// Of an unsigned integer.
    pub fn whole(self, name: &str) -> Option<u64> {
        whole(self.get(name)?)
    }

    /// Of an unsigned integer of 32 bits or fewer.
    pub fn small(self, name: &str) -> Option<u32> {
        u32::try_from(self.whole(name)?).ok()
    }

    pub fn double(self, name: &str) -> Option<f64> {
        double(self.get(name)?)
    }

    pub fn text(self, name: &str) -> Option<&'a str> {
        match self.get(name)? {
            Val::String(text) => Some(text),
            _ => None,
        }
    }

    /// The name of an enum's case.
    pub fn case(self, name: &str) -> Option<&'a str> {
        match self.get(name)? {
            Val::Enum(case) => Some(case),
            _ => None,
        }
    }
}

pub fn whole(value: &Val) -> Option<u64> {
    match *value {
        Val::U8(number) => Some(number.into()),
        Val::U16(number) => Some(number.into()),
        Val::U32(number) => Some(number.into()),
        Val::U64(number) => Some(number),
        _ => None,
    }
}

pub fn double(value: &Val) -> Option<f64> {
    match *value {
        Val::Float64(number) => Some(number),
        _ => None,
    }
}

pub fn list(value: &Val) -> Option<&[Val]> {
    match value {
        Val::List(items) => Some(items),
        _ => None,
    }
}

/// What an option has, read by `read`.
pub fn option<T>(value: &Val, read: impl FnOnce(&Val) -> Option<T>) -> Option<Option<T>> {
    match value {
        Val::Option(None) => Some(None),
        Val::Option(Some(value)) => read(value).map(Some),
        _ => None,
    }
}

/// What a function gave that did not fail.
pub fn given(answer: &Val) -> Option<&Val> {
    match answer {
        Val::Result(Ok(Some(value))) => Some(value),
        _ => None,
    }
}

/// Cuts the texts of a record where they are longer than any name is.
pub fn shorten_texts(value: &mut Val) {
    let Val::Record(fields) = value else { return };
    for (_, field) in fields {
        if let Val::String(text) = field {
            *text = short_name(text);
        }
    }
}
