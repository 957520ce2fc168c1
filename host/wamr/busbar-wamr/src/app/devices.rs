//! Devices for apps, by one forwarder that knows no interface: what an app calls of busbar:device goes, as values, to the driver
//! that the board wires to the name that was opened. Both declare it with the types of wit/, which was compared before.

use super::context::AppState;
use crate::abi::{Representation, Value, take};
use crate::component::{Answered, HostFunction, Parameters};
use crate::device::{
    Answer, CLOSE, DeviceFunction, OPEN, OpenFailure, OpenedDevice, device_error, device_functions, error_value,
};
use crate::trap::Trap;
use busbar_core::app::{ClosesDevice, require_use};
use busbar_core::device::DeviceError;
use busbar_core::failure::BoardFailure;
use busbar_core::link::{DeviceInterface, DeviceKind, app_offers, device_interfaces};

/// The functions of all device interfaces that apps can be given.
pub fn functions() -> Vec<HostFunction<AppState>> {
    let mut functions = Vec::new();
    let is_offered = |each: &&DeviceInterface| app_offers().iter().any(|offer| offer.path == each.path);
    for DeviceInterface { kind, path, .. } in device_interfaces().iter().filter(is_offered) {
        functions.push(HostFunction::new(path, "[resource-drop]device", drop_device));
        for function in device_functions(path) {
            functions.push(match function.name {
                OPEN => HostFunction::new(path, OPEN, move |state: &mut AppState, parameters: &mut Parameters| {
                    open(state, *kind, parameters)
                }),
                name => HostFunction::new(path, name, move |state: &mut AppState, parameters: &mut Parameters| {
                    call(state, function, parameters)
                }),
            });
        }
    }
    functions
}

fn open(state: &mut AppState, kind: DeviceKind, parameters: &mut Parameters) -> Answered {
    let name: String = take(parameters)?;
    if let Err(error) = require_use(&state.app, &state.entry, &state.trace, &name) {
        return Ok(Some(Value::error(Some(error_value(&error)))));
    }
    let opened = opened(state, kind, &name)?;
    if let (Err(failure), DeviceKind::Sensor) = (&opened, kind) {
        let failure = match failure {
            OpenFailure::Answered(error) => device_error(&name, error.clone()),
            OpenFailure::Host(error) => Some(error.clone()),
        };
        if let Some(failure) = failure {
            state.drivers.readings.note(&name, Err(failure.into()));
        }
    }
    Ok(Some(match opened {
        Ok(number) => Value::ok(Some(Value::Resource(number.ok_or(Trap::Ended)?))),
        Err(OpenFailure::Answered(error)) => Value::error(Some(error)),
        Err(OpenFailure::Host(error)) => Value::error(Some(error_value(&error))),
    }))
}

/// Opens a device that the app may use, and gives its number; none where the app's run is over. What is wrong with the board or its
/// bus is `not-found` for the app: it can do nothing about it, but must be able to go on without.
fn opened(state: &AppState, kind: DeviceKind, name: &str) -> Result<Result<Option<u32>, OpenFailure>, Trap> {
    let running = async { state.drivers.find(name, kind)?.instance().await };
    // Given up with the app: what is not plugged in is waited for.
    let instance = match state.pace.wait(running)? {
        Ok(instance) => instance,
        Err(BoardFailure::Host(error)) => return Ok(Err(DeviceError::not_found(name, error.message).into())),
        Err(BoardFailure::Device(error)) => return Ok(Err(error.into())),
    };
    let (name, drivers) = (name.to_owned(), state.drivers.clone());
    let opening = async move { OpenedDevice::open(&name, kind, instance, &drivers.readings).await };
    to_its_end(state, state.devices.clone().open(opening))
}

fn call(state: &mut AppState, function: DeviceFunction, parameters: &mut Parameters) -> Answered {
    let Representation(number) = take(parameters)?;
    let device = state.devices.get(number).ok_or_else(|| unexpected(function))?;
    let arguments: Vec<Value> = parameters.collect();
    let answer = function.answer();
    if answer == Answer::Property {
        return device.property(function.name).cloned().map(Some).ok_or_else(|| unexpected(function));
    }
    let answered = to_its_end(state, async move {
        match function.name {
            CLOSE => device.close().await,
            name => device.call(name, &arguments).await,
        }
    })?;
    Ok(match (answered, answer) {
        // A function without an error must not fail: it would end the app.
        (_, Answer::Nothing) => None,
        (Ok(Some(value)), _) => Some(value),
        // Closed before, or its driver has ended: there is nothing left to close.
        (Ok(None), _) => Some(Value::ok(None)),
        (Err(error), _) => Some(Value::error(Some(error_value(&error)))),
    })
}

fn drop_device(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    let Representation(number) = take(parameters)?;
    if let Some(device) = state.devices.take(number) {
        // Its driver closes it in its own time.
        state.pace.runtime().spawn(async move { device.close_quietly().await });
    }
    Ok(None)
}

/// Calls a driver to its end, whatever becomes of the app meanwhile: a call that is dropped in its middle would end the driver,
/// which others use too.
fn to_its_end<T: Send + 'static>(state: &AppState, work: impl Future<Output = T> + Send + 'static) -> Result<T, Trap> {
    let done = state.pace.runtime().spawn(work);
    // What panicked has told it already.
    state.pace.wait(done)?.map_err(|_| Trap::failed("a call of a driver did not come to its end"))
}

fn unexpected(function: DeviceFunction) -> Trap {
    Trap::failed(format!("{} was called otherwise than its type says", function.name))
}
