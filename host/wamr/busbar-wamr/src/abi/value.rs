use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// A value of the component model, of whatever type. What type it is of says whoever gave it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Bool(bool),
    /// u8 to u64.
    Unsigned(u64),
    /// s8 to s64.
    Signed(i64),
    /// f32, f64.
    Float(f64),
    Char(char),
    String(String),
    /// list<u8>.
    Bytes(Vec<u8>),
    /// Any other list.
    List(Vec<Value>),
    /// A record or a tuple: its fields in their order.
    Record(Vec<Value>),
    /// A variant, an enum, an option or a result: the number of its case, and what it carries.
    Variant(u32, Option<Box<Value>>),
    /// The first one in the lowest bit.
    Flags(u32),
    /// A resource, owned or borrowed: what its definer knows it by.
    Resource(u32),
}

impl Value {
    /// A case that carries nothing.
    pub fn case(number: u32) -> Self {
        Self::Variant(number, None)
    }

    /// The first case of a result.
    pub fn ok(payload: Option<Self>) -> Self {
        Self::Variant(0, payload.map(Box::new))
    }

    /// The second case of a result.
    pub fn error(payload: Option<Self>) -> Self {
        Self::Variant(1, payload.map(Box::new))
    }
}
