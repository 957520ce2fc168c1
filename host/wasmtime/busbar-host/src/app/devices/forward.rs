use super::errors::{error_of, error_value};
use super::find::find_driver;
use super::opened::{OpenFailure, OpenedDevice};
use super::shape::{Answer, CLOSE, DeviceShape, OPEN, RESOURCE};
use crate::app::context::AppState;
use crate::device::{DeviceError, DeviceErrorCode};
use crate::instance::{BoardFailure, Drivers};
use busbar_core::app::{ClosesDevice, OpenDevices, require_use};
use std::sync::Arc;
use wasmtime::component::{Linker, ResourceDynamic, ResourceType, Val};
use wasmtime::{AsContextMut, Error, Result, StoreContextMut};

/// Gives an app the functions of a device interface. `tag` tells the handles of its interfaces apart.
///
/// # Errors
///
/// Where the linker has one of them already.
pub fn link_devices(linker: &mut Linker<AppState>, shape: DeviceShape, tag: u32) -> Result<()> {
    let shape = Arc::new(shape);
    let mut instance = linker.instance(&shape.interface)?;
    instance.resource(RESOURCE, ResourceType::host_dynamic(tag), |store, number| {
        if let Some(device) = store.data().devices.take(number) {
            // Its driver closes it in its own time.
            tokio::spawn(async move { device.close_quietly().await });
        }
        Ok(())
    })?;
    if shape.open.is_some() {
        let shape = shape.clone();
        instance.func_new_async(OPEN, move |store, _, parameters, results| {
            let shape = shape.clone();
            Box::new(async move { open(store, &shape, tag, parameters, results).await })
        })?;
    }
    for (name, method) in &shape.methods {
        let (method_name, answer, waits): (Arc<str>, _, _) = (name.as_str().into(), method.answer, method.waits);
        instance.func_new_async(name, move |store, _, parameters, results| {
            let name = method_name.clone();
            Box::new(async move { call(store, &name, answer, waits, parameters, results).await })
        })?;
    }
    Ok(())
}

async fn open(
    mut store: StoreContextMut<'_, AppState>,
    shape: &Arc<DeviceShape>,
    tag: u32,
    parameters: &[Val],
    results: &mut [Val],
) -> Result<()> {
    let ([Val::String(name)], [result]) = (parameters, results) else { return Err(unexpected(OPEN)) };
    let AppState { app, entry, trace, drivers, devices, .. } = store.data();
    let (may_use, drivers, devices) = (require_use(app, entry, trace, name), drivers.clone(), devices.clone());
    let opened = match may_use {
        Ok(()) => opened(&drivers, &devices, shape, name).await,
        Err(error) => Err(error.into()),
    };
    *result = match opened {
        Ok(number) => {
            let number = number.ok_or_else(|| Error::msg("the run of the app is over"))?;
            let handle = ResourceDynamic::new_own(number, tag).try_into_resource_any(&mut store)?;
            Val::Result(Ok(Some(Box::new(Val::Resource(handle)))))
        }
        Err(OpenFailure::Answered(error)) => failed(error),
        Err(OpenFailure::Host(error)) => failed(error_value(&error)),
        Err(OpenFailure::Trap(error)) => return Err(error),
    };
    Ok(())
}

/// Opens a device that the app may use, and gives its number; none where the app's run is over. What is wrong with the board or its
/// bus is `not-found` for the app: it can do nothing about it, but must be able to go on without.
async fn opened(
    drivers: &Drivers,
    devices: &Arc<OpenDevices<OpenedDevice>>,
    shape: &Arc<DeviceShape>,
    name: &str,
) -> std::result::Result<Option<u32>, OpenFailure> {
    let opened = open_driven(drivers, devices, shape, name).await;
    if let (Err(failure), true) = (&opened, shape.is_sensor()) {
        let failure = match failure {
            OpenFailure::Answered(error) => error_of(name, error).map(BoardFailure::from),
            OpenFailure::Host(error) => Some(error.clone().into()),
            OpenFailure::Trap(_) => None,
        };
        if let Some(failure) = failure {
            drivers.readings.note(name, Err(failure));
        }
    }
    opened
}

async fn open_driven(
    drivers: &Drivers,
    devices: &Arc<OpenDevices<OpenedDevice>>,
    shape: &Arc<DeviceShape>,
    name: &str,
) -> std::result::Result<Option<u32>, OpenFailure> {
    // Given up with the app: what is not plugged in is waited for.
    let found = find_driver(drivers, name, shape).await;
    let (instance, interface) = found.map_err(|failure| match failure {
        BoardFailure::Host(error) => DeviceError::new(name, DeviceErrorCode::NotFound, error.message),
        BoardFailure::Device(error) => error,
    })?;
    let (name, shape, readings) = (name.to_owned(), shape.clone(), drivers.readings.clone());
    let opening = async move { OpenedDevice::open(&name, instance, interface, &shape, &readings).await };
    // To its end, whatever becomes of the app meanwhile.
    let opened = tokio::spawn(devices.clone().open(opening)).await;
    opened.unwrap_or_else(|_| Err(OpenFailure::Trap(Error::msg("a driver's open did not come to its end"))))
}

async fn call(
    mut store: StoreContextMut<'_, AppState>,
    name: &str,
    answer: Answer,
    waits: bool,
    parameters: &[Val],
    results: &mut [Val],
) -> Result<()> {
    let Some((Val::Resource(handle), arguments)) = parameters.split_first() else { return Err(unexpected(name)) };
    let number = ResourceDynamic::try_from_resource_any(*handle, store.as_context_mut())?.rep();
    let device = store.data().devices.get(number).ok_or_else(|| unexpected(name))?;
    let answered = match (answer, name) {
        (Answer::Property, _) => Ok(device.property(name).cloned().map(|value| vec![value])),
        (_, CLOSE) => device.close().await,
        _ if waits => device.wait(name, arguments, results.len()).await.map(Some),
        _ => device.call(name, arguments, results.len()).await.map(Some),
    };
    match (answered, answer) {
        (Ok(Some(values)), _) if values.len() == results.len() => {
            // Moved: a block of a disk is a value for each of its bytes.
            results.iter_mut().zip(values).for_each(|(result, value)| *result = value);
        }
        // Closed before, or its driver has ended: there is nothing left to close.
        (Ok(None), Answer::Error) => set(results, Val::Result(Ok(None))),
        (Err(error), Answer::Error) => set(results, failed(error_value(&error))),
        // A function without an error must not fail: it would end the app.
        (_, Answer::Nothing) => {}
        _ => return Err(unexpected(name)),
    }
    Ok(())
}

fn set(results: &mut [Val], value: Val) {
    if let Some(result) = results.first_mut() {
        *result = value;
    }
}

fn failed(error: Val) -> Val {
    Val::Result(Err(Some(Box::new(error))))
}

fn unexpected(name: &str) -> Error {
    Error::msg(format!("{name} was called otherwise than its type says"))
}
