//! Puts the interfaces into a linker by hand: under two names of the package, and `transfers` in three shapes, which
//! bindings made by a macro would have six times.

use super::convert::TransferResult;
use super::shape::TransferShape;
use super::{DeviceHandle, SeesUsb, TransferHandle, UsbChange, UsbDeviceHandle};
use crate::bindings::component::usb::configuration::ConfigValue;
use crate::bindings::component::usb::descriptors::{ConfigurationDescriptor, DeviceDescriptor};
use crate::bindings::component::usb::device::DeviceLocation;
use crate::bindings::component::usb::errors::LibusbError;
use crate::bindings::component::usb::transfers::{TransferOptions, TransferSetup, TransferType};
use crate::bindings::component::usb::usb_hotplug::{Event, Info};
use crate::bus::usb::UsbError;
use crate::link::Offer;
use std::sync::Arc;
use wasmtime::component::{Linker, LinkerInstance, Resource, ResourceType, WasmList};
use wasmtime::{Result, StoreContextMut};

type Store<'a, State> = StoreContextMut<'a, State>;
type Answer<T> = Result<(core::result::Result<T, LibusbError>,)>;
type Listed = Vec<(Resource<UsbDeviceHandle>, DeviceDescriptor, DeviceLocation)>;
type Events = Vec<(Event, Info, Resource<UsbDeviceHandle>)>;

/// Puts the interface of an offer into a linker, by the name of the package that the offer has: "component:usb" or "wasi:usb".
/// Those that have types only need nothing there. `shape` says how the component declares `transfers`.
pub fn add_usb<State: SeesUsb, Entry>(
    linker: &mut Linker<State>,
    Offer { path, version, .. }: &Offer<Entry>,
    shape: impl FnOnce() -> TransferShape,
) -> Result<()> {
    let name = format!("{path}@{version}");
    match *path {
        "component:usb/device" | "wasi:usb/device" => add_usb_device(linker, &name),
        "component:usb/transfers" | "wasi:usb/transfers" => add_usb_transfers(linker, &name, shape()),
        "component:usb/usb-hotplug" | "wasi:usb/hotplug" => add_usb_hotplug(linker, &name),
        _ => Ok(()),
    }
}

/// `device`.
fn add_usb_device<State: SeesUsb>(linker: &mut Linker<State>, name: &str) -> Result<()> {
    let mut instance = linker.instance(name)?;
    instance.func_wrap("init", |_: Store<'_, State>, (): ()| answer(Ok(())))?;
    instance.func_wrap("list-devices", |mut store: Store<'_, State>, (): ()| -> Answer<Listed> {
        let state = store.data_mut();
        let mut listed = Vec::new();
        for session in state.usb_sessions() {
            let (descriptor, location) = (session.device().descriptor().into(), session.device().place().into());
            listed.push((state.table_mut().push(UsbDeviceHandle(session))?, descriptor, location));
        }
        Ok((Ok(listed),))
    })?;
    add_usb_device_resource(&mut instance)?;
    add_device_handle_resource(&mut instance)?;
    add_waiting_methods(&mut instance)
}

fn add_usb_device_resource<State: SeesUsb>(instance: &mut LinkerInstance<'_, State>) -> Result<()> {
    instance.resource("usb-device", ResourceType::host::<UsbDeviceHandle>(), |mut store, rep| {
        store.data_mut().table_mut().delete(Resource::<UsbDeviceHandle>::new_own(rep))?;
        Ok(())
    })?;
    type This = (Resource<UsbDeviceHandle>,);
    type ThisAndByte = (Resource<UsbDeviceHandle>, u8);
    instance.func_wrap(
        "[method]usb-device.open",
        |mut store: Store<'_, State>, (device,): This| -> Answer<Resource<DeviceHandle>> {
            let state = store.data_mut();
            match state.table().get(&device)?.open() {
                Ok(handle) => Ok((Ok(state.table_mut().push(handle)?),)),
                Err(error) => Ok((Err(error.into()),)),
            }
        },
    )?;
    instance.func_wrap(
        "[method]usb-device.get-configuration-descriptor",
        |store: Store<'_, State>, (device, index): ThisAndByte| -> Answer<ConfigurationDescriptor> {
            answer(store.data().table().get(&device)?.configuration(index).map(Into::into))
        },
    )?;
    instance.func_wrap(
        "[method]usb-device.get-configuration-descriptor-by-value",
        |store: Store<'_, State>, (device, value): ThisAndByte| -> Answer<ConfigurationDescriptor> {
            answer(store.data().table().get(&device)?.configuration_by_value(value).map(Into::into))
        },
    )?;
    instance.func_wrap(
        "[method]usb-device.get-active-configuration-descriptor",
        |store: Store<'_, State>, (device,): This| -> Answer<ConfigurationDescriptor> {
            answer(store.data().table().get(&device)?.active_configuration().map(Into::into))
        },
    )
}

type Handle = Resource<DeviceHandle>;

/// What answers at once.
fn add_device_handle_resource<State: SeesUsb>(instance: &mut LinkerInstance<'_, State>) -> Result<()> {
    instance.resource("device-handle", ResourceType::host::<DeviceHandle>(), |mut store, rep| {
        let handle = store.data_mut().table_mut().delete(Handle::new_own(rep))?;
        // The guest dropped it, perhaps without closing it: what is left ends in the background.
        tokio::spawn(async move { handle.close().await });
        Ok(())
    })?;
    instance
        .func_wrap("[method]device-handle.get-configuration", |store: Store<'_, State>, (handle,): (Handle,)| {
            answer(store.data().table().get(&handle)?.configuration())
        })?;
    instance.func_wrap(
        "[method]device-handle.claim-interface",
        |store: Store<'_, State>, (handle, number): (Handle, u8)| {
            answer(store.data().table().get(&handle)?.claim(number))
        },
    )?;
    instance.func_wrap(
        "[method]device-handle.alloc-streams",
        |store: Store<'_, State>, (handle, count, endpoints): (Handle, u32, Vec<u8>)| {
            answer(store.data().table().get(&handle)?.alloc_streams(count, &endpoints))
        },
    )?;
    instance.func_wrap(
        "[method]device-handle.free-streams",
        |store: Store<'_, State>, (handle, endpoints): (Handle, Vec<u8>)| {
            answer(store.data().table().get(&handle)?.free_streams(&endpoints))
        },
    )?;
    instance.func_wrap(
        "[method]device-handle.kernel-driver-active",
        |store: Store<'_, State>, (handle, number): (Handle, u8)| {
            answer(store.data().table().get(&handle)?.kernel_driver_active(number))
        },
    )?;
    instance.func_wrap(
        "[method]device-handle.detach-kernel-driver",
        |store: Store<'_, State>, (handle, number): (Handle, u8)| {
            answer(store.data().table().get(&handle)?.detach_kernel_driver(number))
        },
    )?;
    instance.func_wrap(
        "[method]device-handle.attach-kernel-driver",
        |store: Store<'_, State>, (handle, number): (Handle, u8)| {
            answer(store.data().table().get(&handle)?.attach_kernel_driver(number))
        },
    )?;
    type New = (Handle, TransferType, TransferSetup, u32, TransferOptions);
    instance.func_wrap(
        "[method]device-handle.new-transfer",
        |mut store: Store<'_, State>,
         (handle, kind, setup, length, options): New|
         -> Answer<Resource<TransferHandle>> {
            let state = store.data_mut();
            match state.table().get(&handle)?.transfer(kind.into(), setup.into(), length, options.into()) {
                Ok(transfer) => Ok((Ok(state.table_mut().push(TransferHandle(Arc::new(transfer)))?),)),
                Err(error) => Ok((Err(error.into()),)),
            }
        },
    )
}

/// What waits for the device, and lets others run meanwhile.
fn add_waiting_methods<State: SeesUsb>(instance: &mut LinkerInstance<'_, State>) -> Result<()> {
    instance.func_wrap_async(
        "[method]device-handle.set-configuration",
        |store: Store<'_, State>, (handle, value): (Handle, ConfigValue)| {
            let value = match value {
                ConfigValue::Unconfigured => None,
                ConfigValue::Value(value) => Some(value),
            };
            later(store, handle, move |handle| async move { handle.set_configuration(value).await })
        },
    )?;
    instance.func_wrap_async(
        "[method]device-handle.release-interface",
        |store: Store<'_, State>, (handle, number): (Handle, u8)| {
            later(store, handle, move |handle| async move { handle.release(number).await })
        },
    )?;
    instance.func_wrap_async(
        "[method]device-handle.set-interface-altsetting",
        |store: Store<'_, State>, (handle, number, setting): (Handle, u8, u8)| {
            later(store, handle, move |handle| async move { handle.set_alternate_setting(number, setting).await })
        },
    )?;
    instance.func_wrap_async(
        "[method]device-handle.clear-halt",
        |store: Store<'_, State>, (handle, endpoint): (Handle, u8)| {
            later(store, handle, move |handle| async move { handle.clear_halt(endpoint).await })
        },
    )?;
    instance.func_wrap_async(
        "[method]device-handle.reset-device",
        |store: Store<'_, State>, (handle,): (Handle,)| {
            later(store, handle, move |handle| async move { handle.reset().await })
        },
    )?;
    instance.func_wrap_async("[method]device-handle.close", |store: Store<'_, State>, (handle,): (Handle,)| {
        let found = store.data().table().get(&handle).cloned();
        Box::new(async move {
            found?.close().await;
            Ok(())
        })
    })
}

/// Calls a method that waits on a handle, which lives until it has answered.
fn later<'a, State: SeesUsb, Waiting>(
    store: Store<'_, State>,
    handle: Handle,
    call: impl FnOnce(DeviceHandle) -> Waiting,
) -> Box<dyn Future<Output = Answer<()>> + Send + 'a>
where
    Waiting: Future<Output = core::result::Result<(), UsbError>> + Send + 'a,
{
    match store.data().table().get(&handle).cloned().map(call) {
        Ok(waiting) => Box::new(async move { answer(waiting.await) }),
        Err(error) => Box::new(async move { Err(error.into()) }),
    }
}

/// `transfers`, in the shape that the component declares.
fn add_usb_transfers<State: SeesUsb>(linker: &mut Linker<State>, name: &str, shape: TransferShape) -> Result<()> {
    type Transfer = Resource<TransferHandle>;
    let mut instance = linker.instance(name)?;
    instance.resource("transfer", ResourceType::host::<TransferHandle>(), |mut store, rep| {
        store.data_mut().table_mut().delete(Transfer::new_own(rep))?;
        Ok(())
    })?;
    instance.func_wrap(
        "[method]transfer.submit-transfer",
        |store: Store<'_, State>, (transfer, data): (Transfer, WasmList<u8>)| {
            answer(store.data().table().get(&transfer)?.0.submit(data.as_le_slice(&store)))
        },
    )?;
    instance.func_wrap("[method]transfer.cancel-transfer", |store: Store<'_, State>, (transfer,): (Transfer,)| {
        answer(store.data().table().get(&transfer)?.0.cancel())
    })?;
    match shape {
        TransferShape::Proposal => {
            instance.func_wrap_async("await-transfer", |mut store: Store<'_, State>, (transfer,): (Transfer,)| {
                let taken = store.data_mut().table_mut().delete(transfer);
                Box::new(async move { answer(taken?.0.wait().await.map(|result| result.data)) })
            })
        }
        TransferShape::TransferResult => {
            instance.func_wrap_async("await-transfer", |mut store: Store<'_, State>, (transfer,): (Transfer,)| {
                let taken = store.data_mut().table_mut().delete(transfer);
                Box::new(async move { answer(taken?.0.wait().await.map(TransferResult::from)) })
            })
        }
        // A handle that is only lent has been awaited all the same; the guest drops it later.
        TransferShape::BorrowedTransfer => {
            instance.func_wrap_async("await-transfer", |store: Store<'_, State>, (transfer,): (Transfer,)| {
                let lent = store.data().table().get(&transfer).map(|transfer| transfer.0.clone());
                Box::new(async move { answer(lent?.wait().await.map(TransferResult::from)) })
            })
        }
    }
}

/// `usb-hotplug`, which is called `hotplug` in wasi:usb.
fn add_usb_hotplug<State: SeesUsb>(linker: &mut Linker<State>, name: &str) -> Result<()> {
    let mut instance = linker.instance(name)?;
    instance.func_wrap("enable-hotplug", |mut store: Store<'_, State>, (): ()| {
        store.data_mut().enable_hotplug();
        answer(Ok(()))
    })?;
    instance.func_wrap("poll-events", |mut store: Store<'_, State>, (): ()| -> Result<(Events,)> {
        let state = store.data_mut();
        let mut events = Vec::new();
        for change in state.take_usb_changes() {
            let (event, session) = match change {
                UsbChange::Arrived(session) => (Event::ARRIVED, session),
                UsbChange::Left(session) => (Event::LEFT, session),
            };
            let (descriptor, place) = (session.device().descriptor(), session.device().place());
            let info = Info {
                bus: place.bus_number,
                address: place.device_address,
                vendor: descriptor.vendor_id,
                product: descriptor.product_id,
            };
            events.push((event, info, state.table_mut().push(UsbDeviceHandle(session))?));
        }
        Ok((events,))
    })
}

fn answer<T>(result: core::result::Result<T, UsbError>) -> Answer<T> {
    Ok((result.map_err(LibusbError::from),))
}
