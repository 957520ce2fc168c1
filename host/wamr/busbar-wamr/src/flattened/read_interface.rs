//! Reads the custom section `busbar:interface` (docs/flattened.md). What is in it was written by whoever made the component:
//! everything is checked, and nothing is reserved for what is only announced.

use super::types::{DefinedType, FunctionType, Interface, Place, Resource, ValueType};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use busbar_core::leb128::{NoNumber, read_u32};
use busbar_core::link::{ComponentInterface, Extern, ExternKind};

/// The version of the format.
const VERSION: u8 = 0x01;
/// How deeply types may stand within each other: who reads and writes values goes as deep, on the stack of a thread.
const DEEPEST: usize = 32;
/// The functions of a component, imported or exported, and its resources: each is looked for among all others.
const MOST_FUNCTIONS: usize = 4_096;
const MOST_RESOURCES: usize = 1_024;
/// Binary.md of the component model has no more either.
const MOST_FLAGS: usize = 32;

/// Reads an interface. The error says what is wrong, as what comes after "its interface": "ends too early".
pub fn read_interface(bytes: &[u8]) -> Result<Interface, String> {
    let mut reader = Reader { bytes, types: Vec::new(), depths: Vec::new(), resources: 0 };
    let version = reader.byte()?;
    if version != VERSION {
        return Err(format!("has the format {version}, and this host reads {VERSION}"));
    }
    let imports = reader.vector(Reader::item)?;
    let exports = reader.vector(Reader::item)?;
    let resources = reader.vector(Reader::resource)?;
    if resources.len() > MOST_RESOURCES {
        return Err(format!("has {} resources, and {MOST_RESOURCES} is the most", resources.len()));
    }
    reader.resources = resources.len();
    for _ in 0..reader.count()? {
        let defined = reader.defined_type()?;
        reader.types.push(defined);
    }
    let imported = reader.vector(Reader::function)?;
    let exported = reader.vector(Reader::function)?;
    let functions = imported.len().saturating_add(exported.len());
    if functions > MOST_FUNCTIONS {
        return Err(format!("has {functions} functions, and {MOST_FUNCTIONS} is the most"));
    }
    if !reader.bytes.is_empty() {
        return Err("goes on after its end".to_owned());
    }
    let names = ComponentInterface { imports, exports };
    Ok(Interface { names, resources, types: reader.types, imported, exported })
}

struct Reader<'a> {
    bytes: &'a [u8],
    types: Vec<DefinedType>,
    /// Of each type.
    depths: Vec<usize>,
    resources: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, String> {
        let (first, rest) = self.bytes.split_first().ok_or("ends too early")?;
        self.bytes = rest;
        Ok(*first)
    }

    /// An unsigned LEB128 number of 32 bits.
    fn number(&mut self) -> Result<u32, String> {
        let (number, rest) = read_u32(self.bytes).map_err(|none| match none {
            NoNumber::EndsTooEarly => "ends too early",
            NoNumber::TooLarge => "has a number of more than 32 bits",
        })?;
        self.bytes = rest;
        Ok(number)
    }

    /// Of the elements that follow: no more than there are bytes, for each has one at least.
    fn count(&mut self) -> Result<usize, String> {
        let count = self.number()? as usize;
        if count > self.bytes.len() { Err("ends too early".to_owned()) } else { Ok(count) }
    }

    fn vector<T>(&mut self, read: impl Fn(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        let count = self.count()?;
        (0..count).map(|_| read(self)).collect()
    }

    fn option<T>(&mut self, read: impl Fn(&mut Self) -> Result<T, String>) -> Result<Option<T>, String> {
        match self.byte()? {
            0 => Ok(None),
            1 => read(self).map(Some),
            other => Err(format!("has 0x{other:02x} where something is there or not")),
        }
    }

    fn name(&mut self) -> Result<String, String> {
        let length = self.count()?;
        let (name, rest) = self.bytes.split_at(length);
        self.bytes = rest;
        let name = core::str::from_utf8(name).map_err(|_| "has a name that is not UTF-8")?;
        Ok(name.to_owned())
    }

    fn place(&mut self) -> Result<Place, String> {
        Ok(Place { interface: self.name()?, name: self.name()? })
    }

    fn item(&mut self) -> Result<Extern, String> {
        let kind = match self.byte()? {
            0x01 => ExternKind::Function,
            0x03 => ExternKind::Type,
            0x04 => ExternKind::Component,
            0x05 => ExternKind::Instance,
            other => return Err(format!("has the kind 0x{other:02x}, which is none")),
        };
        Ok(Extern { name: self.name()?, kind })
    }

    fn resource(&mut self) -> Result<Resource, String> {
        match self.byte()? {
            0x00 => Ok(Resource::Host(self.place()?)),
            0x01 => {
                let places = self.vector(Self::place)?;
                if places.is_empty() {
                    Err("has a resource without a place".to_owned())
                } else {
                    Ok(Resource::Own(places))
                }
            }
            other => Err(format!("has a resource 0x{other:02x}, which is none")),
        }
    }

    fn function(&mut self) -> Result<FunctionType, String> {
        let place = self.place()?;
        let parameters = self.vector(|reader| Ok((reader.name()?, reader.value_type()?)))?;
        let result = self.option(Self::value_type)?;
        Ok(FunctionType { place, parameters, result })
    }

    fn value_type(&mut self) -> Result<ValueType, String> {
        Ok(match self.byte()? {
            0x7f => ValueType::Bool,
            0x7e => ValueType::S8,
            0x7d => ValueType::U8,
            0x7c => ValueType::S16,
            0x7b => ValueType::U16,
            0x7a => ValueType::S32,
            0x79 => ValueType::U32,
            0x78 => ValueType::S64,
            0x77 => ValueType::U64,
            0x76 => ValueType::F32,
            0x75 => ValueType::F64,
            0x74 => ValueType::Char,
            0x73 => ValueType::String,
            0x00 => {
                let index = self.number()? as usize;
                if index >= self.types.len() {
                    return Err(format!("has a type that refers to type {index}, which does not come before it"));
                }
                ValueType::Defined(index)
            }
            other => return Err(format!("has a type 0x{other:02x}, which is none")),
        })
    }

    fn defined_type(&mut self) -> Result<DefinedType, String> {
        let defined = match self.byte()? {
            0x72 => DefinedType::Record(self.filled(|reader| Ok((reader.name()?, reader.value_type()?)))?),
            0x71 => DefinedType::Variant(self.filled(|reader| Ok((reader.name()?, reader.option(Self::value_type)?)))?),
            0x70 => DefinedType::List(self.value_type()?),
            0x6f => DefinedType::Tuple(self.filled(Self::value_type)?),
            0x6e => {
                let names = self.filled(Self::name)?;
                if names.len() > MOST_FLAGS {
                    return Err(format!("has {} flags in one type, and {MOST_FLAGS} is the most", names.len()));
                }
                DefinedType::Flags(names)
            }
            0x6d => DefinedType::Enum(self.filled(Self::name)?),
            0x6b => DefinedType::Option(self.value_type()?),
            0x6a => DefinedType::Result { ok: self.option(Self::value_type)?, error: self.option(Self::value_type)? },
            0x69 => DefinedType::Own(self.resource_index()?),
            0x68 => DefinedType::Borrow(self.resource_index()?),
            other => return Err(format!("has a type 0x{other:02x}, which is none")),
        };
        let depth = 1 + parts(&defined).map(|part| self.depth(part)).max().unwrap_or(0);
        if depth > DEEPEST {
            return Err(format!("has types that stand in each other more than {DEEPEST} deep"));
        }
        self.depths.push(depth);
        Ok(defined)
    }

    fn depth(&self, part: ValueType) -> usize {
        if let ValueType::Defined(index) = part { self.depths[index] } else { 0 }
    }

    /// A vector that has something in it.
    fn filled<T>(&mut self, read: impl Fn(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        let elements = self.vector(read)?;
        if elements.is_empty() { Err("has a type of nothing".to_owned()) } else { Ok(elements) }
    }

    fn resource_index(&mut self) -> Result<usize, String> {
        let index = self.number()? as usize;
        if index >= self.resources {
            return Err(format!("refers to resource {index} of {}", self.resources));
        }
        Ok(index)
    }
}

/// The types that a type is made of.
fn parts(defined: &DefinedType) -> Box<dyn Iterator<Item = ValueType> + '_> {
    match defined {
        DefinedType::Record(fields) => Box::new(fields.iter().map(|(_, field)| *field)),
        DefinedType::Variant(cases) => Box::new(cases.iter().filter_map(|(_, payload)| *payload)),
        DefinedType::Tuple(parts) => Box::new(parts.iter().copied()),
        DefinedType::List(part) | DefinedType::Option(part) => Box::new(core::iter::once(*part)),
        DefinedType::Result { ok, error } => Box::new(ok.iter().chain(error).copied()),
        DefinedType::Flags(_) | DefinedType::Enum(_) | DefinedType::Own(_) | DefinedType::Borrow(_) => {
            Box::new(core::iter::empty())
        }
    }
}
