use busbar_core::device::{Told, short_name};
use wasmtime::component::Val;

/// What a driver gave, as Wasmtime has it.
#[derive(Clone, Copy)]
pub struct ToldVal<'a>(pub &'a Val);

impl<'a> Told<'a> for ToldVal<'a> {
    fn field(self, name: &str) -> Option<Self> {
        match self.0 {
            Val::Record(fields) => fields.iter().find(|(each, _)| each == name).map(|(_, value)| Self(value)),
            _ => None,
        }
    }

    fn whole(self) -> Option<u64> {
        match *self.0 {
            Val::U8(number) => Some(number.into()),
            Val::U16(number) => Some(number.into()),
            Val::U32(number) => Some(number.into()),
            Val::U64(number) => Some(number),
            _ => None,
        }
    }

    fn double(self) -> Option<f64> {
        match *self.0 {
            Val::Float64(number) => Some(number),
            _ => None,
        }
    }

    fn truth(self) -> Option<bool> {
        match *self.0 {
            Val::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    fn text(self) -> Option<&'a str> {
        match self.0 {
            Val::String(text) => Some(text),
            _ => None,
        }
    }

    fn case(self) -> Option<&'a str> {
        match self.0 {
            Val::Enum(case) => Some(case),
            _ => None,
        }
    }

    fn length(self) -> Option<usize> {
        self.elements().map(|elements| elements.len())
    }

    fn elements(self) -> Option<impl ExactSizeIterator<Item = Self>> {
        match self.0 {
            Val::List(elements) => Some(elements.iter().map(Self)),
            _ => None,
        }
    }

    fn option(self) -> Option<Option<Self>> {
        match self.0 {
            Val::Option(value) => Some(value.as_deref().map(Self)),
            _ => None,
        }
    }

    fn given(self) -> Option<Self> {
        match self.0 {
            Val::Result(Ok(Some(value))) => Some(Self(value)),
            _ => None,
        }
    }
}

/// Cuts the texts of a record where they are longer than any name is; also of one that a function gave that can fail.
pub fn shorten_texts(value: &mut Val) {
    match value {
        Val::Result(Ok(Some(value))) => shorten_texts(value),
        Val::Record(fields) => {
            for (_, field) in fields {
                if let Val::String(text) = field {
                    *text = short_name(text);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::ToldVal;
    use crate::link::device_interfaces;
    use busbar_core::device::{Judge, descriptions};
    use wasmtime::component::Val;

    #[test]
    fn what_has_another_form_than_its_type_is_refused() {
        for interface in device_interfaces().iter().filter(|each| descriptions(each.kind).len() > 1) {
            let judged =
                Judge::of(interface.kind, "a", |_| Some(ToldVal(&Val::Bool(false)))).err().map(|error| error.message);
            let expected = "the driver answers in another form than its type says; its author has to mend that";
            assert_eq!(judged.as_deref(), Some(expected), "{}", interface.path);
        }
    }
}
