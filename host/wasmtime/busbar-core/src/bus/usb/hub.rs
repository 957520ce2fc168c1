use super::backend::{UsbBackend, UsbDevice, UsbHotplugEvent};
use super::facts::{describe_usb_device, facts_of_device};
use crate::board::UsbGrant;
use crate::error::HostError;
use crate::grants::{UsbFacts, granted_interfaces, matches_usb};
use crate::locked::locked;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use tokio::sync::watch;

type Device = Arc<dyn UsbDevice>;

/// Gives the USB devices that are plugged in to the entries of a board: to each entry one, and no interface twice, so that
/// two devices of the same kind are two instances. Entries that say more about their device choose first. An entry keeps
/// its device until that leaves.
pub struct UsbHub {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    devices: Vec<Device>,
    slots: Vec<SlotState>,
    /// The backends that nobody has asked yet, because every entry had its device.
    unasked: Vec<Arc<dyn UsbBackend>>,
    /// They serve what they gave as long as they live.
    asked: Vec<Arc<dyn UsbBackend>>,
    /// Why a backend could not be used.
    problem: Option<HostError>,
}

struct SlotState {
    name: String,
    grant: UsbGrant,
    device: watch::Sender<Option<Device>>,
}

impl SlotState {
    fn has(&self, device: &Device) -> bool {
        self.device.borrow().as_ref().is_some_and(|each| Arc::ptr_eq(each, device))
    }
}

impl UsbHub {
    /// The backends are asked in this order; a later one only where an entry has no device of those before.
    pub fn new(backends: Vec<Arc<dyn UsbBackend>>) -> Arc<Self> {
        let problem = backends
            .is_empty()
            .then(|| HostError::backend("there is no USB here; simulate the device, or run where there is USB."));
        Arc::new(Self { state: Mutex::new(State { unasked: backends, problem, ..State::default() }) })
    }

    /// Adds an entry. It gets its device when somebody asks for it.
    pub fn add_slot(self: &Arc<Self>, name: &str, grant: &UsbGrant) -> UsbSlot {
        let device = watch::Sender::new(None);
        let changes = device.subscribe();
        self.state().slots.push(SlotState { name: name.to_owned(), grant: grant.clone(), device });
        UsbSlot { hub: self.clone(), name: name.to_owned(), changes }
    }

    /// Looks for devices, until each entry has one or no backend is left to ask, and watches them come and go. Starting
    /// twice is legal.
    fn start(self: &Arc<Self>) {
        let mut state = self.state();
        state.share();
        while !state.unasked.is_empty() && state.slots.iter().any(|slot| slot.device.borrow().is_none()) {
            let backend = state.unasked.remove(0);
            state.asked.push(backend.clone());
            // A backend's listener may be called from another thread at once.
            drop(state);
            let hub: Weak<Self> = Arc::downgrade(self);
            // Watching first: what arrives meanwhile is seen twice rather than not at all.
            let listener = move |event| {
                if let Some(hub) = hub.upgrade() {
                    hub.changed(event);
                }
            };
            let found = backend.watch(Box::new(listener)).and_then(|()| backend.devices());
            state = self.state();
            match found {
                Ok(devices) => devices.into_iter().for_each(|device| state.add(device)),
                Err(problem) => state.problem = Some(problem),
            }
            state.share();
        }
    }

    /// Takes an entry away. Its device is free once its user has ended, and [`UsbHub::share`] was called.
    pub fn remove_slot(&self, slot: &UsbSlot) {
        self.state().slots.retain(|each| each.name != slot.name);
    }

    /// Gives the devices that are free to the entries that have none.
    pub fn share(&self) {
        self.state().share();
    }

    fn changed(&self, event: UsbHotplugEvent) {
        let mut state = self.state();
        match event {
            UsbHotplugEvent::Arrived(device) => state.add(device),
            UsbHotplugEvent::Left(device) => {
                state.devices.retain(|each| !Arc::ptr_eq(each, &device));
                for slot in state.slots.iter().filter(|slot| slot.has(&device)) {
                    slot.device.send_replace(None);
                }
            }
        }
        state.share();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

impl State {
    fn add(&mut self, device: Device) {
        if !self.devices.iter().any(|each| Arc::ptr_eq(each, &device)) {
            self.devices.push(device);
        }
    }

    /// Gives the devices that are free to the entries that have none.
    fn share(&mut self) {
        let mut choosing: Vec<&SlotState> = self.slots.iter().filter(|slot| slot.device.borrow().is_none()).collect();
        choosing.sort_by_key(|slot| std::cmp::Reverse(criteria(&slot.grant)));
        for slot in choosing {
            let found = self.devices.iter().find(|device| self.fits(slot, device));
            if let Some(device) = found {
                slot.device.send_replace(Some(device.clone()));
            }
        }
    }

    fn fits(&self, slot: &SlotState, device: &Device) -> bool {
        // One that leaves while it is looked at fits nobody.
        let Ok(facts) = facts_of_device(&**device, &[]) else { return false };
        if !matches_usb(&slot.grant, &facts) {
            return false;
        }
        let wanted = granted_interfaces(&slot.grant, &facts);
        !wanted.is_empty() && self.owner_of(&wanted, device, &facts).is_none()
    }

    /// The entry that has one of some interfaces.
    fn owner_of(&self, wanted: &[u8], device: &Device, facts: &UsbFacts) -> Option<&SlotState> {
        self.slots.iter().find(|other| {
            other.has(device) && granted_interfaces(&other.grant, facts).iter().any(|number| wanted.contains(number))
        })
    }

    fn absence(&self, grant: &UsbGrant) -> String {
        for device in &self.devices {
            let Ok(facts) = facts_of_device(&**device, &[]) else { continue };
            if !matches_usb(grant, &facts) {
                continue;
            }
            let wanted = granted_interfaces(grant, &facts);
            if let Some(owner) = self.owner_of(&wanted, device, &facts) {
                return format!(
                    "{} matches, but \"{}\" has interfaces of it that this entry names too; remove one of the entries",
                    describe_usb_device(&**device),
                    owner.name
                );
            }
        }
        "no USB device that is plugged in matches; plug it in, or correct the entry".to_owned()
    }
}

/// How much an entry says about its device.
fn criteria(grant: &UsbGrant) -> usize {
    let UsbGrant { vendor_id, product_id, class, serial_number, port, .. } = grant;
    [vendor_id.is_some(), product_id.is_some(), class.is_some(), serial_number.is_some(), port.is_some()]
        .into_iter()
        .filter(|is_said| *is_said)
        .count()
}

/// One entry of the board and the device that it has at the moment.
#[derive(Clone)]
pub struct UsbSlot {
    hub: Arc<UsbHub>,
    name: String,
    changes: watch::Receiver<Option<Device>>,
}

impl UsbSlot {
    /// The device that this entry has now.
    pub fn device(&self) -> Option<Device> {
        self.changes.borrow().clone()
    }

    /// What tells when the device of this entry arrives or leaves.
    pub fn changes(&self) -> watch::Receiver<Option<Device>> {
        self.changes.clone()
    }

    /// The device that is plugged in for this entry, looked for first where nobody has asked yet.
    ///
    /// # Errors
    ///
    /// When the platform has no USB.
    pub fn present(&self) -> Result<Option<Device>, HostError> {
        self.hub.start();
        match (self.device(), self.hub.state().problem.clone()) {
            (None, Some(problem)) => Err(problem),
            (device, _) => Ok(device),
        }
    }

    /// The device of this entry; where it is absent, waits until it arrives.
    ///
    /// `on_wait` is called once when there is none, with why: one sentence without its end.
    ///
    /// # Errors
    ///
    /// When the platform has no USB.
    pub async fn find(&self, on_wait: impl FnOnce(&str)) -> Result<Device, HostError> {
        if let Some(device) = self.present()? {
            return Ok(device);
        }
        on_wait(&self.absence());
        let mut changes = self.changes();
        loop {
            if let Some(device) = changes.borrow_and_update().clone() {
                return Ok(device);
            }
            if changes.changed().await.is_err() {
                return Err(HostError::backend("the board was closed."));
            }
        }
    }

    /// Why this entry has no device: one sentence without its end.
    pub fn absence(&self) -> String {
        let state = self.hub.state();
        let grant = state.slots.iter().find(|slot| slot.name == self.name).map(|slot| &slot.grant);
        grant.map(|grant| state.absence(grant)).unwrap_or_default()
    }
}
