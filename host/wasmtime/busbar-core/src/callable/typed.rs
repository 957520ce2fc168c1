use std::ops::RangeInclusive;

/// A type of the component model, as an engine has it, and the values of it there.
pub trait Typed: Sized {
    type Value;

    /// What kind of type it is, and what it is made of.
    fn shape(&self) -> Shape<Self>;

    /// The value of this type with these parts; none where a value of it has others.
    fn make(&self, parts: Parts<Self::Value>) -> Option<Self::Value>;

    /// The parts of a value of this type; none of a handle, and of what is a value of another.
    fn parts<'v>(&self, value: &'v Self::Value) -> Option<Parts<&'v Self::Value>>;
}

/// A type of the component model.
pub enum Shape<T> {
    Bool,
    Integer(Integer),
    Float32,
    Float64,
    Char,
    String,
    List(T),
    Tuple(Vec<T>),
    Record(Vec<(String, T)>),
    Variant(Vec<(String, Option<T>)>),
    Enum(Vec<String>),
    Option(T),
    Result {
        ok: Option<T>,
        error: Option<T>,
    },
    Flags(Vec<String>),
    Handle {
        kind: HandleKind,
        /// `borrow`: it is lent for a call.
        is_lent: bool,
    },
    /// Of what the hosts have no values, by its name.
    Other(&'static str),
}

/// What a value is made of.
pub enum Parts<V> {
    Bool(bool),
    /// In the range of its type.
    Integer(i128),
    Float(f64),
    Char(char),
    String(String),
    /// The items of a list.
    List(Vec<V>),
    /// The same of bytes, where an engine keeps them so.
    Bytes(Vec<u8>),
    /// The fields of a record or a tuple, in their order.
    Fields(Vec<V>),
    /// The case of a variant, an enum, an option (none, some) or a result (ok, err) by its number, and what it carries.
    Case(usize, Option<V>),
    /// Whether each of the flags is set, in their order.
    Flags(Vec<bool>),
}

/// A type of whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integer {
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
}

impl Integer {
    /// As WIT has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::S8 => "s8",
            Self::U8 => "u8",
            Self::S16 => "s16",
            Self::U16 => "u16",
            Self::S32 => "s32",
            Self::U32 => "u32",
            Self::S64 => "s64",
            Self::U64 => "u64",
        }
    }

    /// The numbers that it has.
    pub fn range(self) -> RangeInclusive<i128> {
        match self {
            Self::S8 => i8::MIN.into()..=i8::MAX.into(),
            Self::U8 => 0..=u8::MAX.into(),
            Self::S16 => i16::MIN.into()..=i16::MAX.into(),
            Self::U16 => 0..=u16::MAX.into(),
            Self::S32 => i32::MIN.into()..=i32::MAX.into(),
            Self::U32 => 0..=u32::MAX.into(),
            Self::S64 => i64::MIN.into()..=i64::MAX.into(),
            Self::U64 => 0..=u64::MAX.into(),
        }
    }
}

/// Whose a handle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandleKind {
    /// wasi:i2c/i2c `i2c`.
    I2c,
    /// wasi:i2c/delay `delay`.
    Delay,
    /// Another of the host's, by its name in WIT.
    Host(&'static str),
    /// None of the host's.
    Other,
}
