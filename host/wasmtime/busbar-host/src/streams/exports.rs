use super::bindings::exports::busbar::device::sensor_stream::{Guest, GuestIndices};
use crate::instance::DriverState;
use crate::link::{parse_interface_name, serves};
use wasmtime::component::{Component, Instance, InstancePre};
use wasmtime::{Result, Store};

/// The interface of a sensor that sends readings by itself, which a driver has beside busbar:device/sensor.
pub const STREAM_INTERFACE: &str = "busbar:device/sensor-stream@0.1.0";

/// Whether a driver exports it.
pub fn exports_streams(component: &Component) -> bool {
    let known = parse_interface_name(STREAM_INTERFACE);
    component.component_type().exports(component.engine()).any(|(name, _)| {
        let exported = parse_interface_name(name);
        exported.path == known.path && serves(known.version, exported.version)
    })
}

/// Whether a driver that exports it has all of its functions. Nothing of it runs.
///
/// # Errors
///
/// When one is missing.
pub fn check_streams(ready: &InstancePre<DriverState>) -> Result<()> {
    if exports_streams(ready.component()) { GuestIndices::new(ready).map(drop) } else { Ok(()) }
}

/// Looks its functions up in an instance; none where the driver does not export it.
///
/// # Errors
///
/// When one is missing, or has another type.
pub fn streams_of(
    ready: &InstancePre<DriverState>,
    store: &mut Store<DriverState>,
    instance: &Instance,
) -> Result<Option<Guest>> {
    if !exports_streams(ready.component()) {
        return Ok(None);
    }
    GuestIndices::new(ready)?.load(store, instance).map(Some)
}
