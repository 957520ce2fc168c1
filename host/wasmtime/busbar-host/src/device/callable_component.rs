use super::component_json::{handle_expected, json_of, value_of, wrong_type};
use super::{DeviceError, DeviceErrorCode};
use crate::error::HostError;
use crate::instance::{DriverInstance, Guest};
use crate::interfaces::wasi_i2c::{DelayHandle, I2cHandle};
use busbar_core::failure::{CallFailure, ReturnedError};
use serde_json::Value;
use std::sync::Arc;
use wasmtime::component::types::{ComponentFunc, Type};
use wasmtime::component::{Func, Resource, ResourceAny, ResourceType, Val};

/// A function that a component exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallableFunction {
    /// The interface, as the component spells it; none for a function of the world itself.
    pub interface: Option<String>,
    /// Its name there.
    pub function: String,
}

impl CallableFunction {
    /// "thermometer/get-temperature"; without the interface for a function of the world.
    pub fn name(&self) -> String {
        let Self { interface, function } = self;
        match interface {
            None => function.clone(),
            Some(whole) => {
                let last = whole.rsplit('/').next().unwrap_or(whole);
                format!("{}/{function}", last.split('@').next().unwrap_or(last))
            }
        }
    }
}

/// What a function is called with.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// A value, in the form that the bindings for JavaScript have it: a record is an object with its fields in camelCase, a
    /// variant `{ "tag", "val" }`, an option the value or null, a list an array.
    Json(Value),
    /// A handle of the wired bus: `borrow<i2c>` lends it for the call, `i2c` gives it away.
    I2c,
    /// A handle of wasi:i2c's delay; its waits count as the call's time.
    Delay,
    /// The address of the wired target.
    Address,
}

/// One life of a component of somebody else's, which knows nothing of busbar: its functions take their handles as
/// parameters, as the drivers do that were published with wasi:i2c. What it is given is held to its entry of the board, as
/// all drivers are.
pub struct CallableComponent {
    name: String,
    functions: Vec<CallableFunction>,
    instance: Arc<DriverInstance>,
}

impl CallableComponent {
    /// The component of a running instance, whose functions are these.
    pub fn new(name: &str, functions: Vec<CallableFunction>, instance: Arc<DriverInstance>) -> Self {
        Self { name: name.to_owned(), functions, instance }
    }

    /// Its functions, in the order of their names.
    pub fn functions(&self) -> &[CallableFunction] {
        &self.functions
    }

    /// Calls a function, after all calls before, and gives its value in the form of [`Argument::Json`]; none where it has
    /// none.
    ///
    /// # Errors
    ///
    /// The error that the function returned; `invalid-argument` for arguments that it does not take, after which the
    /// component goes on; code "board" for a handle of what its entry does not have; and what ends every call.
    pub async fn call(
        &self,
        function: &CallableFunction,
        arguments: &[Argument],
    ) -> Result<Option<Value>, CallFailure> {
        let called = self.instance.call(async |guest| Ok(Ok(self.call_in(guest, function, arguments).await?)));
        called.await?
    }

    /// The outer error is a trap.
    async fn call_in(
        &self,
        guest: &mut Guest,
        function: &CallableFunction,
        arguments: &[Argument],
    ) -> wasmtime::Result<Result<Option<Value>, CallFailure>> {
        let Some(func) = find(guest, function) else {
            return Ok(Err(self.invalid(format!("the component has no function {}", function.name()))));
        };
        let ty = func.ty(&guest.store);
        let lowered = match self.lower(guest, &ty, arguments)? {
            Ok(lowered) => lowered,
            Err(failure) => return Ok(Err(failure)),
        };
        let mut results = vec![Val::Bool(false); ty.results().len()];
        func.call_async(&mut guest.store, &lowered.values, &mut results).await?;
        // What was only lent is ours again.
        for lent in lowered.lent {
            lent.resource_drop_async(&mut guest.store).await?;
        }
        Ok(self.answer(results.first().zip(ty.results().next())))
    }

    /// The arguments as the function takes them.
    fn lower(
        &self,
        guest: &mut Guest,
        ty: &ComponentFunc,
        arguments: &[Argument],
    ) -> wasmtime::Result<Result<Lowered, CallFailure>> {
        let count = ty.params().len();
        if arguments.len() != count {
            let message = format!("{count} parameters are expected, and not {}", arguments.len());
            return Ok(Err(self.invalid(message)));
        }
        // Everything is looked at before a handle is made, so that none is left over.
        let mut planned = Vec::with_capacity(count);
        for ((_, ty), argument) in ty.params().zip(arguments) {
            match self.plan(guest, &ty, argument) {
                Ok(plan) => planned.push(plan),
                Err(failure) => return Ok(Err(failure)),
            }
        }
        let mut lowered = Lowered { values: Vec::with_capacity(count), lent: Vec::new() };
        for plan in planned {
            let (handle, is_lent) = match plan {
                Plan::Value(value) => {
                    lowered.values.push(value);
                    continue;
                }
                Plan::I2c { is_lent } => (i2c_handle(guest)?, is_lent),
                Plan::Delay { is_lent } => (delay_handle(guest)?, is_lent),
            };
            lowered.values.push(Val::Resource(handle));
            if is_lent {
                lowered.lent.push(handle);
            }
        }
        Ok(Ok(lowered))
    }

    fn plan(&self, guest: &Guest, ty: &Type, argument: &Argument) -> Result<Plan, CallFailure> {
        let i2c = &guest.store.data().entry.i2c;
        let json = match argument {
            Argument::Json(value) => value.clone(),
            Argument::Address => match i2c.as_ref().and_then(|grant| grant.addresses.first()) {
                Some(address) => Value::from(*address),
                None => return Err(self.not_wired()),
            },
            Argument::I2c if i2c.is_none() => return Err(self.not_wired()),
            Argument::I2c | Argument::Delay => {
                let is_i2c = *argument == Argument::I2c;
                let given =
                    if is_i2c { ResourceType::host::<I2cHandle>() } else { ResourceType::host::<DelayHandle>() };
                let is_lent = match ty {
                    Type::Own(wanted) if *wanted == given => false,
                    Type::Borrow(wanted) if *wanted == given => true,
                    Type::Own(_) | Type::Borrow(_) => return Err(self.invalid(handle_expected(ty))),
                    _ => return Err(self.invalid(wrong_type(ty, "object"))),
                };
                return Ok(if is_i2c { Plan::I2c { is_lent } } else { Plan::Delay { is_lent } });
            }
        };
        value_of(&json, ty).map(Plan::Value).map_err(|message| self.invalid(message))
    }

    /// A function's own `result` is its value or its error; every other value is one.
    fn answer(&self, result: Option<(&Val, Type)>) -> Result<Option<Value>, CallFailure> {
        let json = |value: &Option<Box<Val>>, ty: Option<Type>| Some(json_of(value.as_deref()?, &ty?));
        match result {
            None => Ok(None),
            Some((Val::Result(Ok(value)), Type::Result(ty))) => Ok(json(value, ty.ok())),
            Some((Val::Result(Err(payload)), Type::Result(ty))) => {
                let error = ReturnedError { device: self.name.clone(), payload: json(payload, ty.err()) };
                Err(CallFailure::Returned(error))
            }
            Some((value, ty)) => Ok(Some(json_of(value, &ty))),
        }
    }

    fn invalid(&self, message: String) -> CallFailure {
        DeviceError::new(&self.name, DeviceErrorCode::InvalidArgument, message).into()
    }

    fn not_wired(&self) -> CallFailure {
        let name = &self.name;
        let line = r#""i2c": { "bus": 1, "address": "0x76" }"#;
        HostError::board(format!("\"{name}\" is wired to no I2C target; add {line} to \"devices.{name}\".")).into()
    }
}

/// What becomes of an argument.
enum Plan {
    Value(Val),
    I2c { is_lent: bool },
    Delay { is_lent: bool },
}

struct Lowered {
    values: Vec<Val>,
    /// To be dropped after the call.
    lent: Vec<ResourceAny>,
}

fn find(guest: &mut Guest, CallableFunction { interface, function }: &CallableFunction) -> Option<Func> {
    let Guest { store, instance, .. } = guest;
    let parent = match interface {
        Some(interface) => Some(instance.get_export_index(&mut *store, None, interface)?),
        None => None,
    };
    let index = instance.get_export_index(&mut *store, parent.as_ref(), function)?;
    instance.get_func(&mut *store, index)
}

fn i2c_handle(guest: &mut Guest) -> wasmtime::Result<ResourceAny> {
    let state = guest.store.data_mut();
    let device = state.device.clone();
    let handle: Resource<I2cHandle> = state.table.push(I2cHandle { device })?;
    handle.try_into_resource_any(&mut guest.store)
}

fn delay_handle(guest: &mut Guest) -> wasmtime::Result<ResourceAny> {
    let handle: Resource<DelayHandle> = guest.store.data_mut().table.push(DelayHandle)?;
    handle.try_into_resource_any(&mut guest.store)
}
