//! The types of the component model, as a flattened component describes them (docs/flattened.md).

use alloc::string::String;
use alloc::vec::Vec;

/// A type, or where one stands among [`Interface::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    F32,
    F64,
    Char,
    String,
    /// An index into [`Interface::types`].
    Defined(usize),
}

/// A type that is made of others; it refers to those before it only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefinedType {
    Record(Vec<(String, ValueType)>),
    Variant(Vec<(String, Option<ValueType>)>),
    List(ValueType),
    Tuple(Vec<ValueType>),
    /// 1 to 32 of them.
    Flags(Vec<String>),
    Enum(Vec<String>),
    Option(ValueType),
    Result {
        ok: Option<ValueType>,
        error: Option<ValueType>,
    },
    /// An index into [`Interface::resources`].
    Own(usize),
    /// Likewise.
    Borrow(usize),
}

/// Where a resource or a function is: the name of its interface with its version, which is empty where it has none, and its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub interface: String,
    pub name: String,
}

/// A kind of resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// One of the host's.
    Host(Place),
    /// One of the component's own, and where it is exported: at least one place. The first is the one that its functions are
    /// named after.
    Own(Vec<Place>),
}

/// A function that a component imports or exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionType {
    pub place: Place,
    pub parameters: Vec<(String, ValueType)>,
    pub result: Option<ValueType>,
}

/// What a component imports and exports, with all types.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interface {
    /// The outermost imports and exports.
    pub names: busbar_core::link::ComponentInterface,
    pub resources: Vec<Resource>,
    pub types: Vec<DefinedType>,
    /// All functions that it declares of its imports, called or not.
    pub imported: Vec<FunctionType>,
    /// All functions that it exports.
    pub exported: Vec<FunctionType>,
}

impl Interface {
    /// The function that it exports at a place.
    pub fn exported(&self, interface: &str, name: &str) -> Option<&FunctionType> {
        self.exported.iter().find(|each| each.place.interface == interface && each.place.name == name)
    }

    /// What a resource is called, for people.
    pub fn resource_name(&self, resource: usize) -> &str {
        match &self.resources[resource] {
            Resource::Host(place) => &place.name,
            Resource::Own(places) => places.first().map_or("", |place| &place.name),
        }
    }
}
