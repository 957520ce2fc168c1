//! Devices for apps, by one forwarder that knows no interface: what an app calls of busbar:device goes, as values, to the driver
//! that the board wires to the name that was opened. Both declare it with the types of wit/, which was compared before.

use super::context::AppState;
use crate::abi::{Representation, Value, take};
use crate::component::{Answered, HostFunction, Parameters};
use crate::device::{
    Answer, CLOSE, DeviceFunction, OPEN, OpenFailure, OpenedDevice, device_error, device_functions, error_value,
};
use crate::instance::Drivers;
use crate::interfaces::Slab;
use crate::trap::Trap;
use busbar_core::app::require_use;
use busbar_core::device::DeviceError;
use busbar_core::failure::BoardFailure;
use busbar_core::link::{DeviceInterface, DeviceKind, app_offers, device_interfaces};
use busbar_core::locked::locked;
use std::sync::{Arc, Mutex};

/// The devices that a run of an app has open, by what the host knows their handles by.
#[derive(Default)]
pub struct OpenDevices(Mutex<Slab<Arc<OpenedDevice>>>);

impl OpenDevices {
    /// Closes all that are left, at the end of a run: each run opens its devices anew.
    pub async fn close_all(&self) {
        let left = locked(&self.0).take_all();
        for device in left {
            device.close_quietly().await;
        }
    }
}

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
    let drivers = state.drivers.clone();
    let opened = to_its_end(state, async move { opened(&drivers, kind, &name).await })?;
    Ok(Some(match opened {
        Ok(device) => Value::ok(Some(Value::Resource(locked(&state.devices.0).add(Arc::new(device))))),
        Err(OpenFailure::Answered(error)) => Value::error(Some(error)),
        Err(OpenFailure::Host(error)) => Value::error(Some(error_value(&error))),
    }))
}

/// Opens a device that the app may use. What is wrong with the board or its bus is `not-found` for the app: it can do nothing
/// about it, but must be able to go on without.
async fn opened(drivers: &Drivers, kind: DeviceKind, name: &str) -> Result<OpenedDevice, OpenFailure> {
    let opened = open_driven(drivers, kind, name).await;
    if let (Err(failure), DeviceKind::Sensor) = (&opened, kind) {
        let failure = match failure {
            OpenFailure::Answered(error) => device_error(name, error.clone()),
            OpenFailure::Host(error) => Some(error.clone()),
        };
        if let Some(failure) = failure {
            drivers.readings.note(name, Err(failure.into()));
        }
    }
    opened
}

async fn open_driven(drivers: &Drivers, kind: DeviceKind, name: &str) -> Result<OpenedDevice, OpenFailure> {
    let running = async { drivers.find(name, kind)?.instance().await };
    let instance = running.await.map_err(|failure| match failure {
        BoardFailure::Host(error) => DeviceError::not_found(name, error.message),
        BoardFailure::Device(error) => error,
    })?;
    OpenedDevice::open(name, kind, instance, &drivers.readings).await
}

fn call(state: &mut AppState, function: DeviceFunction, parameters: &mut Parameters) -> Answered {
    let Representation(number) = take(parameters)?;
    let device = locked(&state.devices.0).get(number).cloned().ok_or_else(|| unexpected(function))?;
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
    let dropped = locked(&state.devices.0).take(number);
    if let Some(device) = dropped {
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
