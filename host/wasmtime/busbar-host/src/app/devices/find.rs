use super::opened::DriverInterface;
use super::shape::{CLOSE, DeviceShape};
use crate::error::HostError;
use crate::instance::{BoardFailure, DriverInstance, Drivers, StartsLives};
use crate::link::{device_interfaces, parse_interface_name};
use std::sync::Arc;
use wasmtime::component::types::ComponentItem;

/// The running driver of a device, started first where it does not run, and its interface.
///
/// # Errors
///
/// When the board has no such device of this kind, when its driver has the interface in another form, and when it cannot be
/// started.
pub async fn find_driver(
    drivers: &Drivers,
    name: &str,
    shape: &DeviceShape,
) -> Result<(Arc<DriverInstance>, DriverInterface), BoardFailure> {
    let path = parse_interface_name(&shape.interface).path;
    let known = device_interfaces().iter().find(|each| each.path == path);
    let kind = known.ok_or_else(|| HostError::component(format!("this host has no {path}.")))?.kind;
    let supervisor = drivers.find(name, kind)?;
    let driver = supervisor.driver();
    let other_form = |what: &str| {
        HostError::component(format!(
            "\"{name}\": {} has {what} of {path} in another form than the app; build both for one version.",
            driver.label()
        ))
    };
    let (interface, exported) = driver.exported().ok_or_else(|| other_form("nothing"))?;
    let engine = driver.engine();
    shape.require_in(&exported, engine).map_err(|function| other_form(&function))?;
    let close_results = match exported.get_export(engine, CLOSE).map(|item| item.ty) {
        Some(ComponentItem::ComponentFunc(close)) => close.results().len(),
        _ => return Err(other_form(CLOSE).into()),
    };
    let instance = supervisor.instance().await?;
    Ok((instance, DriverInterface { interface, kind, close_results }))
}
