use crate::bus::SimulatedBus;
use crate::clock::{Limit, elapsed};
use crate::context::Context;
use crate::image::Device;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use busbar_core::bus::OpenedBuses;
use busbar_core::clock::Clock;
use busbar_core::failure::BoardFailure;
use busbar_core::grants::DeviceQuota;
use busbar_core::guest_end::start_failure;
use busbar_core::locked::Mutex;
use busbar_core::trace::Trace;
use busbar_wamr::component::{ComponentInstance, Linked, Offered};
use busbar_wamr::device::LocalSensor;
use busbar_wamr::engine::Limits;
use busbar_wamr::interfaces::{describe, driver_functions};

/// What the values of one call may take, in bytes: a list of numbers for a display is longer than any that a sensor has.
const VALUES: usize = 8 << 10;
const PAGE_BYTES: u64 = 64 << 10;

/// The sensor of a device, opened.
///
/// # Errors
///
/// What the driver answers, and why it does not start.
pub fn open(device: &'static Device, trace: &Trace) -> Result<LocalSensor<Context, Limit>, BoardFailure> {
    let failed = |reason: String| BoardFailure::from(start_failure(device.name, device.driver, &reason));
    let flattened = device.flattened().map_err(failed)?;
    // It gets what it begins with, and no more: a machine has as little.
    let pages = u32::try_from(device.memory_bytes / PAGE_BYTES).unwrap_or(u32::MAX);
    let described = describe();
    let offered = [Offered { functions: driver_functions(), described: &described }];
    // SAFETY: the build of the firmware has made the code, of the module that `flattened` was read from, for this processor.
    let linked = unsafe { Linked::in_place(flattened, device.code, &offered) };
    let linked = Arc::new(linked.map_err(failed)?);
    let entry = device.entry();
    let context = Context {
        device: device.name,
        quota: Mutex::new(DeviceQuota::new(&entry)),
        entry,
        clock: Clock::counting(elapsed),
        trace: trace.clone(),
        buses: OpenedBuses { i2c: Some(Box::new(SimulatedBus::new(device.chips))), spi: None },
    };
    let component = ComponentInstance::new(&linked, Limits::of_machine(pages, VALUES), context).map_err(failed)?;
    let limit = Limit(device.call_ms);
    LocalSensor::open(device.name, device.driver, component, device.export_name, limit)
}
