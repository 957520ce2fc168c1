//! component:usb@0.2.1 as a component gets it, also as wasi:usb@0.2.1, which is the same, and in the shapes that components of before
//! declare it in (wit/shapes). What waits for the device is waited for in the guest's thread.

mod convert;

use super::HoldsHandles;
use crate::abi::{IntoValue, Value, list, take};
use crate::component::{Answered, HostFunction, Parameters};
use crate::trap::Trap;
use busbar_core::bus::usb::guest::{DeviceHandle, TransferCall, UsbChange, UsbDeviceHandle};
use busbar_core::bus::usb::{ConfigurationDescriptor, UsbError, UsbSession};
use convert::{
    config_value, configuration_value, device_value, error_value, event_value, info_value, location_value,
    transfer_kind, transfer_options, transfer_result, transfer_setup,
};
use std::sync::Arc;

/// What a component sees of USB, and where its handles are: a driver its one device, an app those that it drives itself.
pub trait SeesUsb: HoldsHandles {
    /// The devices that are plugged in.
    fn usb_sessions(&self) -> Vec<Arc<UsbSession>>;

    /// `enable-hotplug`.
    fn enable_hotplug(&mut self);

    /// What arrived and left since this was asked last, which is nothing before it was enabled; the first answer has the
    /// arrival of what was there before.
    fn take_usb_changes(&mut self) -> Vec<UsbChange>;
}

/// How a component declares component:usb/transfers, of which three forms have had the same name and version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferShape {
    /// The proposal's: `await-transfer: func(xfer: transfer) -> result<list<u8>, libusb-error>`.
    Proposal,
    /// wit/shapes/transfer-result: with the packets of isochronous transfers.
    TransferResult,
    /// wit/shapes/borrowed-transfer: likewise, and the transfer is only lent.
    BorrowedTransfer,
}

/// The interfaces of a package.
struct Package {
    device: &'static str,
    transfers: &'static str,
    hotplug: &'static str,
}

const PACKAGES: [Package; 2] = [
    Package {
        device: "component:usb/device",
        transfers: "component:usb/transfers",
        hotplug: "component:usb/usb-hotplug",
    },
    Package { device: "wasi:usb/device", transfers: "wasi:usb/transfers", hotplug: "wasi:usb/hotplug" },
];

/// The functions of all interfaces, with `transfers` as the proposal has it.
pub fn functions<S: SeesUsb>() -> Vec<HostFunction<S>> {
    let mut functions = await_transfer(TransferShape::Proposal);
    for Package { device, transfers, hotplug } in PACKAGES {
        functions.extend(device_functions(device));
        functions.extend(handle_functions(device));
        functions.extend(waiting_functions(device));
        functions.extend([
            HostFunction::new(transfers, "[method]transfer.submit-transfer", submit::<S>),
            HostFunction::new(transfers, "[method]transfer.cancel-transfer", |state: &mut S, parameters| {
                let transfer: Arc<TransferCall> = resource(state, parameters)?;
                done(transfer.cancel())
            }),
            HostFunction::new(transfers, "[resource-drop]transfer", drop_resource::<S, Arc<TransferCall>>),
            HostFunction::new(hotplug, "enable-hotplug", |state: &mut S, _| {
                state.enable_hotplug();
                done(Ok(()))
            }),
            HostFunction::new(hotplug, "poll-events", poll_events::<S>),
        ]);
    }
    functions
}

/// `await-transfer`, in a shape.
pub fn await_transfer<S: SeesUsb>(shape: TransferShape) -> Vec<HostFunction<S>> {
    let wait = move |state: &mut S, parameters: &mut Parameters| {
        // A handle that is only lent has been awaited all the same; the guest drops it later.
        let transfer: Arc<TransferCall> = match shape {
            TransferShape::BorrowedTransfer => resource(state, parameters)?,
            _ => state.table().remove(take(parameters)?)?,
        };
        let outcome = state.pace().wait(transfer.wait())?;
        answer(outcome.map(|result| match shape {
            TransferShape::Proposal => result.data.into_value(),
            _ => transfer_result(result),
        }))
    };
    PACKAGES.iter().map(|package| HostFunction::new(package.transfers, "await-transfer", wait)).collect()
}

fn device_functions<S: SeesUsb>(path: &'static str) -> [HostFunction<S>; 7] {
    [
        HostFunction::new(path, "init", |_: &mut S, _| done(Ok(()))),
        HostFunction::new(path, "list-devices", list_devices::<S>),
        HostFunction::new(path, "[resource-drop]usb-device", drop_resource::<S, Arc<UsbDeviceHandle>>),
        HostFunction::new(path, "[method]usb-device.open", |state: &mut S, parameters| {
            let device: Arc<UsbDeviceHandle> = resource(state, parameters)?;
            answer(device.open().map(|handle| state.table().push(handle)))
        }),
        HostFunction::new(path, "[method]usb-device.get-configuration-descriptor", |state: &mut S, parameters| {
            let device: Arc<UsbDeviceHandle> = resource(state, parameters)?;
            configuration(device.configuration(take(parameters)?))
        }),
        HostFunction::new(
            path,
            "[method]usb-device.get-configuration-descriptor-by-value",
            |state: &mut S, parameters| {
                let device: Arc<UsbDeviceHandle> = resource(state, parameters)?;
                configuration(device.configuration_by_value(take(parameters)?))
            },
        ),
        HostFunction::new(
            path,
            "[method]usb-device.get-active-configuration-descriptor",
            |state: &mut S, parameters| {
                let device: Arc<UsbDeviceHandle> = resource(state, parameters)?;
                configuration(device.active_configuration())
            },
        ),
    ]
}

/// What answers at once.
fn handle_functions<S: SeesUsb>(path: &'static str) -> [HostFunction<S>; 9] {
    [
        method(path, "[method]device-handle.get-configuration", |_, handle, _| {
            answer(handle.configuration().map(IntoValue::into_value))
        }),
        method(path, "[method]device-handle.claim-interface", |_, handle, parameters| {
            done(handle.claim(take(parameters)?))
        }),
        method(path, "[method]device-handle.alloc-streams", |_, handle, parameters| {
            let (count, endpoints): (u32, Vec<u8>) = (take(parameters)?, take(parameters)?);
            done(handle.alloc_streams(count, &endpoints))
        }),
        method(path, "[method]device-handle.free-streams", |_, handle, parameters| {
            let endpoints: Vec<u8> = take(parameters)?;
            done(handle.free_streams(&endpoints))
        }),
        method(path, "[method]device-handle.kernel-driver-active", |_, handle, parameters| {
            answer(handle.kernel_driver_active(take(parameters)?).map(IntoValue::into_value))
        }),
        method(path, "[method]device-handle.detach-kernel-driver", |_, handle, parameters| {
            done(handle.detach_kernel_driver(take(parameters)?))
        }),
        method(path, "[method]device-handle.attach-kernel-driver", |_, handle, parameters| {
            done(handle.attach_kernel_driver(take(parameters)?))
        }),
        method(path, "[method]device-handle.new-transfer", |state: &mut S, handle, parameters| {
            let kind = transfer_kind(take(parameters)?)?;
            let setup = transfer_setup(take(parameters)?)?;
            let length = take(parameters)?;
            let options = transfer_options(take(parameters)?)?;
            let transfer = handle.transfer(kind, setup, length, options);
            answer(transfer.map(|transfer| state.table().push(Arc::new(transfer))))
        }),
        HostFunction::new(path, "[resource-drop]device-handle", |state: &mut S, parameters| {
            let handle: DeviceHandle = state.table().remove(take(parameters)?)?;
            // The guest dropped it, perhaps without closing it: what is left ends in the background.
            state.pace().runtime().spawn(async move { handle.close().await });
            Ok(None)
        }),
    ]
}

/// What waits for the device.
fn waiting_functions<S: SeesUsb>(path: &'static str) -> [HostFunction<S>; 6] {
    [
        method(path, "[method]device-handle.set-configuration", |state: &mut S, handle, parameters| {
            let value = config_value(take(parameters)?)?;
            done(state.pace().wait(handle.set_configuration(value))?)
        }),
        method(path, "[method]device-handle.release-interface", |state: &mut S, handle, parameters| {
            let number = take(parameters)?;
            done(state.pace().wait(handle.release(number))?)
        }),
        method(path, "[method]device-handle.set-interface-altsetting", |state: &mut S, handle, parameters| {
            let (number, setting) = (take(parameters)?, take(parameters)?);
            done(state.pace().wait(handle.set_alternate_setting(number, setting))?)
        }),
        method(path, "[method]device-handle.clear-halt", |state: &mut S, handle, parameters| {
            let endpoint = take(parameters)?;
            done(state.pace().wait(handle.clear_halt(endpoint))?)
        }),
        method(path, "[method]device-handle.reset-device", |state: &mut S, handle, _| {
            done(state.pace().wait(handle.reset())?)
        }),
        method(path, "[method]device-handle.close", |state: &mut S, handle, _| {
            state.pace().wait(handle.close())?;
            Ok(None)
        }),
    ]
}

/// A method of a device's handle.
fn method<S: SeesUsb>(
    path: &'static str,
    name: &'static str,
    method: impl Fn(&mut S, DeviceHandle, &mut Parameters) -> Answered + Send + Sync + 'static,
) -> HostFunction<S> {
    HostFunction::new(path, name, move |state: &mut S, parameters: &mut Parameters| {
        let handle: DeviceHandle = resource(state, parameters)?;
        method(state, handle, parameters)
    })
}

fn list_devices<S: SeesUsb>(state: &mut S, _: &mut Parameters) -> Answered {
    let listed = state.usb_sessions().into_iter().map(|session| {
        let (descriptor, location) =
            (device_value(session.device().descriptor()), location_value(session.device().place()));
        let device = state.table().push(Arc::new(UsbDeviceHandle(session)));
        Value::Record(vec![device, descriptor, location])
    });
    let listed: Vec<Value> = listed.collect();
    answer(Ok(list(listed)))
}

fn submit<S: SeesUsb>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let transfer: Arc<TransferCall> = resource(state, parameters)?;
    let data: Vec<u8> = take(parameters)?;
    done(transfer.submit(&data))
}

fn poll_events<S: SeesUsb>(state: &mut S, _: &mut Parameters) -> Answered {
    let events = state.take_usb_changes().into_iter().map(|change| {
        let event = event_value(&change);
        let (UsbChange::Arrived(session) | UsbChange::Left(session)) = change;
        let info = info_value(&session);
        Value::Record(vec![event, info, state.table().push(Arc::new(UsbDeviceHandle(session)))])
    });
    let events: Vec<Value> = events.collect();
    Ok(Some(list(events)))
}

fn configuration(found: Result<&ConfigurationDescriptor, UsbError>) -> Answered {
    answer(found.map(configuration_value))
}

fn resource<S: SeesUsb, T: Clone + 'static>(state: &mut S, parameters: &mut Parameters) -> Result<T, Trap> {
    state.table().get(take(parameters)?).cloned()
}

fn drop_resource<S: SeesUsb, T: Send + 'static>(state: &mut S, parameters: &mut Parameters) -> Answered {
    state.table().remove::<T>(take(parameters)?)?;
    Ok(None)
}

fn done(done: Result<(), UsbError>) -> Answered {
    Ok(Some(done.map_or_else(|error| Value::error(Some(error_value(&error))), |()| Value::ok(None))))
}

fn answer(answer: Result<Value, UsbError>) -> Answered {
    Ok(Some(answer.map_or_else(|error| Value::error(Some(error_value(&error))), |value| Value::ok(Some(value)))))
}
