use super::device::LibusbDevice;
use super::recover::recover_kernel_drivers;
use super::remedies::no_libusb;
use super::sys::{Context, DeviceRef, HotplugEvent, watch_events};
use crate::bus::usb::{HotplugListener, UsbBackend, UsbDevice, UsbHotplugEvent};
use crate::error::HostError;
use crate::locked::locked;
use crate::locks::LockUse;
use std::sync::{Arc, Mutex, MutexGuard};

/// The USB devices of this machine. Nothing of libusb starts before the devices are asked for.
pub struct Libusb {
    shared: Arc<Shared>,
}

struct Shared {
    usage: LockUse,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    context: Option<Arc<Context>>,
    has_recovered: bool,
    devices: Vec<Arc<LibusbDevice>>,
    listeners: Vec<HotplugListener>,
}

impl Libusb {
    /// `board` is the path of the board file, for whoever finds a device in use.
    pub fn new(board: Option<String>) -> Self {
        let usage = LockUse { device: None, board };
        Self { shared: Arc::new(Shared { usage, state: Mutex::default() }) }
    }

    /// Starts libusb where it has not started, and serves it in this runtime.
    fn context(&self) -> Result<Arc<Context>, HostError> {
        let mut state = self.shared.state();
        if let Some(context) = &state.context {
            return Ok(context.clone());
        }
        let (context, events) = Context::new().map_err(no_libusb)?;
        state.context = Some(context.clone());
        let shared = Arc::downgrade(&self.shared);
        let on_hotplug = move |event| {
            if let Some(shared) = shared.upgrade() {
                shared.changed(event);
            }
        };
        // It fails only where the runtime is at its end.
        tokio::spawn(watch_events(events, Box::new(on_hotplug)));
        Ok(context)
    }
}

impl Shared {
    fn changed(&self, HotplugEvent { arrived, device }: HotplugEvent) {
        let key = (device.bus_number(), device.address());
        let mut state = self.state();
        let event = if arrived {
            match self.find(&mut state, device) {
                Some(device) => UsbHotplugEvent::Arrived(device),
                None => return,
            }
        } else {
            let Some(index) = state.devices.iter().position(|each| each.key() == key) else { return };
            UsbHotplugEvent::Left(state.devices.remove(index))
        };
        for listener in &state.listeners {
            listener(event.clone());
        }
    }

    fn find(&self, state: &mut State, native: DeviceRef) -> Option<Arc<LibusbDevice>> {
        let key = (native.bus_number(), native.address());
        if let Some(known) = state.devices.iter().find(|each| each.key() == key) {
            return Some(known.clone());
        }
        let device = LibusbDevice::new(native, self.usage.clone())?;
        state.devices.push(device.clone());
        Some(device)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

impl UsbBackend for Libusb {
    fn devices(&self) -> Result<Vec<Arc<dyn UsbDevice>>, HostError> {
        let listed = self.context()?.devices().map_err(no_libusb)?;
        let present: Vec<_> = listed.iter().map(|native| (native.bus_number(), native.address())).collect();
        let mut state = self.shared.state();
        state.devices.retain(|device| present.contains(&device.key()));
        let known: Vec<_> = listed.into_iter().filter_map(|native| self.shared.find(&mut state, native)).collect();
        if !std::mem::replace(&mut state.has_recovered, true) {
            recover_kernel_drivers(&known);
        }
        Ok(known.into_iter().map(|device| device as Arc<dyn UsbDevice>).collect())
    }

    fn watch(&self, listener: HotplugListener) -> Result<(), HostError> {
        self.context()?;
        self.shared.state().listeners.push(listener);
        Ok(())
    }
}
