//! Whether a component declares a function with the type that the host has for it.

use crate::flattened::{DefinedType, FunctionType, Interface, Place, Resource, ValueType};
use alloc::format;
use alloc::string::String;
use busbar_core::link::parse_interface_name;

/// Whether two functions of two interfaces have the same type: the same names of fields and cases, too, as wit/ says.
pub fn same_function(one: (&Interface, &FunctionType), other: (&Interface, &FunctionType)) -> bool {
    let types = SameTypes { one: one.0, other: other.0 };
    let (one, other) = (one.1, other.1);
    // The names of parameters are nothing that a caller sees.
    one.parameters.len() == other.parameters.len()
        && one.parameters.iter().zip(&other.parameters).all(|((_, one), (_, other))| types.same(*one, *other))
        && types.same_option(one.result, other.result)
}

/// The interface of a path, without version, among what a component exports, by the name that it has there: programs call it by
/// the types of `described`, and what comes back has to be of those.
///
/// # Errors
///
/// What is missing, or another, as what comes after "cannot be linked:".
pub fn require_exports(interface: &Interface, path: &str, described: &Interface) -> Result<String, String> {
    let is_it = |name: &str| parse_interface_name(name).path == path;
    let exported = interface.names.exports.iter().find(|item| is_it(&item.name));
    let name = exported.map(|item| item.name.clone()).ok_or_else(|| format!("it does not export {path}"))?;
    for offered in described.exported.iter().filter(|each| is_it(&each.place.interface)) {
        let function = &offered.place.name;
        let Some(exported) = interface.exported(&name, function) else {
            return Err(format!("it exports {name} without its function {function}"));
        };
        if !same_function((interface, exported), (described, offered)) {
            return Err(format!("it exports the function {function} of {name} with another type than this host's"));
        }
    }
    Ok(name)
}

struct SameTypes<'a> {
    one: &'a Interface,
    other: &'a Interface,
}

impl SameTypes<'_> {
    fn same(&self, one: ValueType, other: ValueType) -> bool {
        match (one, other) {
            (ValueType::Defined(one), ValueType::Defined(other)) => {
                self.same_defined(&self.one.types[one], &self.other.types[other])
            }
            (one, other) => one == other,
        }
    }

    fn same_option(&self, one: Option<ValueType>, other: Option<ValueType>) -> bool {
        match (one, other) {
            (Some(one), Some(other)) => self.same(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }

    fn same_defined(&self, one: &DefinedType, other: &DefinedType) -> bool {
        use DefinedType::{Borrow, Enum, Flags, List, Own, Record, Result, Tuple, Variant};
        match (one, other) {
            (Record(one), Record(other)) => all(one, other, |(one_name, one), (other_name, other)| {
                one_name == other_name && self.same(*one, *other)
            }),
            (Variant(one), Variant(other)) => all(one, other, |(one_name, one), (other_name, other)| {
                one_name == other_name && self.same_option(*one, *other)
            }),
            (Tuple(one), Tuple(other)) => all(one, other, |one, other| self.same(*one, *other)),
            (List(one), List(other)) | (DefinedType::Option(one), DefinedType::Option(other)) => {
                self.same(*one, *other)
            }
            (Flags(one), Flags(other)) | (Enum(one), Enum(other)) => one == other,
            (Result { ok, error }, Result { ok: other_ok, error: other_error }) => {
                self.same_option(*ok, *other_ok) && self.same_option(*error, *other_error)
            }
            (Own(one), Own(other)) | (Borrow(one), Borrow(other)) => {
                same_resource(&self.one.resources[*one], &self.other.resources[*other])
            }
            _ => false,
        }
    }
}

fn same_resource(one: &Resource, other: &Resource) -> bool {
    match (one, other) {
        (Resource::Host(one), Resource::Host(other)) => same_place(one, other),
        (Resource::Own(one), Resource::Own(other)) => {
            one.iter().any(|one| other.iter().any(|other| same_place(one, other)))
        }
        _ => false,
    }
}

/// Versions were compared by who granted the interface.
fn same_place(one: &Place, other: &Place) -> bool {
    one.name == other.name && parse_interface_name(&one.interface).path == parse_interface_name(&other.interface).path
}

fn all<T>(one: &[T], other: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
}
