use super::component_types::HostType;
use super::{DeviceError, DeviceErrorCode};
use crate::instance::{DriverInstance, Guest};
use crate::interfaces::wasi_i2c::{DelayHandle, I2cHandle};
use busbar_core::callable::{Argument, CallableFunction, CallsFunctions, Planned, answer, plan};
use busbar_core::failure::CallFailure;
use serde_json::Value;
use std::sync::Arc;
use wasmtime::component::{Func, Resource, ResourceAny, Val};

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

    /// The outer error is a trap.
    async fn call_in(
        &self,
        guest: &mut Guest,
        function: &CallableFunction,
        arguments: &[Argument],
    ) -> wasmtime::Result<Result<Option<Value>, CallFailure>> {
        let Some(func) = find(guest, function) else {
            let message = format!("the component has no function {}", function.name());
            return Ok(Err(DeviceError::new(&self.name, DeviceErrorCode::InvalidArgument, message).into()));
        };
        let ty = func.ty(&guest.store);
        let types: Vec<_> = ty.params().map(|(_, ty)| HostType(ty)).collect();
        let planned = match plan(&self.name, guest.store.data().entry.i2c.as_ref(), &types, arguments) {
            Ok(planned) => planned,
            Err(failure) => return Ok(Err(failure)),
        };
        let lowered = lower(guest, planned)?;
        let mut results = vec![Val::Bool(false); ty.results().len()];
        func.call_async(&mut guest.store, &lowered.values, &mut results).await?;
        // What was only lent is ours again.
        for lent in lowered.lent {
            lent.resource_drop_async(&mut guest.store).await?;
        }
        let result = ty.results().next().map(HostType);
        Ok(answer(&self.name, results.first().zip(result.as_ref())))
    }
}

impl CallsFunctions for CallableComponent {
    fn functions(&self) -> &[CallableFunction] {
        &self.functions
    }

    async fn call(&self, function: &CallableFunction, arguments: &[Argument]) -> Result<Option<Value>, CallFailure> {
        let called = self.instance.call(async |guest| Ok(Ok(self.call_in(guest, function, arguments).await?)));
        called.await?
    }
}

struct Lowered {
    values: Vec<Val>,
    /// To be dropped after the call.
    lent: Vec<ResourceAny>,
}

/// The arguments as Wasmtime takes them.
fn lower(guest: &mut Guest, planned: Vec<Planned<Val>>) -> wasmtime::Result<Lowered> {
    let mut lowered = Lowered { values: Vec::with_capacity(planned.len()), lent: Vec::new() };
    for plan in planned {
        let (handle, is_lent) = match plan {
            Planned::Value(value) => {
                lowered.values.push(value);
                continue;
            }
            Planned::I2c { is_lent } => (i2c_handle(guest)?, is_lent),
            Planned::Delay { is_lent } => (delay_handle(guest)?, is_lent),
        };
        lowered.values.push(Val::Resource(handle));
        if is_lent {
            lowered.lent.push(handle);
        }
    }
    Ok(lowered)
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
