use crate::error::HostError;
use crate::link::parse_interface_name;
use std::collections::BTreeMap;
use std::sync::Arc;
use wasmtime::Engine;
use wasmtime::component::Type;
use wasmtime::component::types::{ComponentFunc, ComponentInstance, ComponentItem};

/// The resource of every device interface.
pub const RESOURCE: &str = "device";
/// The function that gives one.
pub const OPEN: &str = "open";
/// What releases the part.
pub const CLOSE: &str = "[method]device.close";

/// The parameter, always the last, that says for how long a function may wait for what the device sends.
const TIMEOUT: &str = "timeout-ms";
const METHOD: &str = "[method]device.";
/// The errors that the host itself answers with, each with a sentence.
const OWN_ERRORS: [&str; 4] = ["not-found", "access-denied", "timeout", "disconnected"];

/// What the host can answer where a driver does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// An error of busbar:device/errors.
    Error,
    /// What it said before: it takes nothing, and is as long the same as the device is open.
    Property,
    /// Nothing, for it answers nothing.
    Nothing,
}

/// A function of a device's resource.
#[derive(Debug, Clone)]
pub struct Method {
    pub answer: Answer,
    /// Whether it waits for what the device sends, for as long as it is told, and gives none, an empty list or a record of such and of what
    /// is not so where nothing came.
    pub waits: bool,
    pub function: ComponentFunc,
}

/// A device interface as a component imports it, as far as the host has to know it to forward calls.
#[derive(Debug, Clone)]
pub struct DeviceShape {
    /// The interface's name as the app has it.
    pub interface: Arc<str>,
    pub open: Option<ComponentFunc>,
    /// By their names in the component model: "[method]device.read".
    pub methods: BTreeMap<String, Method>,
}

impl DeviceShape {
    /// Of an import.
    ///
    /// # Errors
    ///
    /// [`HostError`] with code "component" where it has a function that cannot be forwarded.
    pub fn of(
        app: &str,
        label: &str,
        interface: &str,
        imported: &ComponentInstance,
        engine: &Engine,
    ) -> Result<Self, HostError> {
        let mut shape = Self { interface: interface.into(), open: None, methods: BTreeMap::new() };
        for (name, item) in imported.exports(engine) {
            let is_known = match item.ty {
                ComponentItem::ComponentFunc(function) => shape.add(name, function),
                ComponentItem::Resource(_) => name == RESOURCE,
                ComponentItem::Type(_) => true,
                _ => false,
            };
            if !is_known {
                return Err(HostError::component(format!(
                    "{app}: {label} imports {name} of {interface} in a form that this host does not have; build it for the \
                     busbar:device that it names."
                )));
            }
        }
        Ok(shape)
    }

    /// Whether it is busbar:device/sensor.
    pub fn is_sensor(&self) -> bool {
        parse_interface_name(&self.interface).path == "busbar:device/sensor"
    }

    /// Whether an interface of a driver has the same functions.
    ///
    /// # Errors
    ///
    /// The name of the first that it has not, or has otherwise.
    pub fn require_in(&self, exported: &ComponentInstance, engine: &Engine) -> Result<(), String> {
        let functions = self.open.iter().map(|function| (OPEN, function));
        let methods = self.methods.iter().map(|(name, method)| (name.as_str(), &method.function));
        for (name, function) in functions.chain(methods) {
            let other = exported.get_export(engine, name).map(|item| item.ty);
            let is_same = match other {
                Some(ComponentItem::ComponentFunc(other)) => is_same_function(function, &other),
                _ => false,
            };
            if !is_same {
                return Err(name.to_owned());
            }
        }
        Ok(())
    }

    /// False where it cannot be forwarded.
    fn add(&mut self, name: &str, function: ComponentFunc) -> bool {
        let parameters: Vec<Type> = function.params().map(|(_, parameter)| parameter).collect();
        let results: Vec<Type> = function.results().collect();
        if function.async_() {
            return false;
        }
        if name == OPEN {
            let gives_device = matches!(results.as_slice(), [Type::Result(result)]
                if matches!(result.ok(), Some(Type::Own(_))) && has_own_errors(result.err()));
            self.open = Some(function);
            return gives_device && matches!(parameters.as_slice(), [Type::String]);
        }
        let Some((Type::Borrow(_), rest)) = parameters.split_first() else { return false };
        // A handle in a value would be one of another store.
        let is_plain = rest.iter().all(is_without_handles);
        let answer = match results.as_slice() {
            [] => Some(Answer::Nothing),
            [Type::Result(result)] => {
                let is_plain = result.ok().as_ref().is_none_or(is_without_handles);
                (is_plain && has_own_errors(result.err())).then_some(Answer::Error)
            }
            [result] => (rest.is_empty() && is_without_handles(result)).then_some(Answer::Property),
            _ => None,
        };
        let Some(answer) = answer.filter(|_| is_plain && name.starts_with(METHOD)) else { return false };
        let waits = function.params().last().is_some_and(|last| matches!(last, (TIMEOUT, Type::U32)))
            && matches!(results.as_slice(), [Type::Result(result)]
                if result.ok().as_ref().is_some_and(can_be_nothing));
        self.methods.insert(name.to_owned(), Method { answer, waits, function });
        true
    }
}

/// Whether a value of this type says that nothing came.
fn can_be_nothing(value: &Type) -> bool {
    let is_list = |value: &Type| matches!(value, Type::Option(_) | Type::List(_));
    match value {
        Type::Record(record) => {
            record.fields().all(|field| is_list(&field.ty) || field.ty == Type::Bool)
                && record.fields().any(|field| is_list(&field.ty))
        }
        value => is_list(value),
    }
}

/// Whether it is busbar:device/errors `error`, or has at least what the host says of it.
fn has_own_errors(error: Option<Type>) -> bool {
    let Some(Type::Variant(error)) = error else { return false };
    OWN_ERRORS.iter().all(|own| error.cases().any(|case| case.name == *own && matches!(case.ty, Some(Type::String))))
}

fn is_without_handles(value: &Type) -> bool {
    match value {
        Type::Own(_) | Type::Borrow(_) | Type::Future(_) | Type::Stream(_) | Type::ErrorContext => false,
        Type::List(list) => is_without_handles(&list.ty()),
        Type::FixedLengthList(list) => is_without_handles(&list.ty()),
        Type::Map(map) => is_without_handles(&map.key()) && is_without_handles(&map.value()),
        Type::Record(record) => record.fields().all(|field| is_without_handles(&field.ty)),
        Type::Tuple(tuple) => tuple.types().all(|each| is_without_handles(&each)),
        Type::Variant(variant) => variant.cases().all(|case| case.ty.as_ref().is_none_or(is_without_handles)),
        Type::Option(option) => is_without_handles(&option.ty()),
        Type::Result(result) => {
            result.ok().as_ref().is_none_or(is_without_handles) && result.err().as_ref().is_none_or(is_without_handles)
        }
        _ => true,
    }
}

/// Handles are the same as each other: each side has a resource of its own.
fn is_same_function(one: &ComponentFunc, other: &ComponentFunc) -> bool {
    let same = |mut one: Vec<Type>, mut other: Vec<Type>| {
        one.len() == other.len() && one.drain(..).zip(other.drain(..)).all(|(one, other)| is_same_type(&one, &other))
    };
    let parameters = |function: &ComponentFunc| function.params().map(|(_, parameter)| parameter).collect();
    one.async_() == other.async_()
        && same(parameters(one), parameters(other))
        && same(one.results().collect(), other.results().collect())
}

fn is_same_type(one: &Type, other: &Type) -> bool {
    match (one, other) {
        (Type::Own(_), Type::Own(_)) | (Type::Borrow(_), Type::Borrow(_)) => true,
        // Only here can be a handle: `open` gives one.
        (Type::Result(one), Type::Result(other)) => {
            is_same_option(one.ok(), other.ok()) && is_same_option(one.err(), other.err())
        }
        _ => one == other,
    }
}

fn is_same_option(one: Option<Type>, other: Option<Type>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => is_same_type(&one, &other),
        _ => false,
    }
}
