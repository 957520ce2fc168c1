use super::echo_device::{EchoDevice, VENDOR_ID};
use busbar_core::board::{DeviceEntry, Limits, UsbGrant};
use busbar_core::bus::usb::{Hurry, UsbContext, UsbSession};
use busbar_core::clock::Clock;
use busbar_core::grants::DeviceQuota;
use busbar_core::locked::locked;
use busbar_core::trace::{BoardEvent, Trace};
use std::sync::{Arc, Mutex};

/// What a board told.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    /// And forgets it.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *locked(&self.0))
    }
}

/// A grant of a device's first interface.
pub fn grant() -> UsbGrant {
    UsbGrant {
        vendor_id: Some(VENDOR_ID),
        interfaces: Some(vec![0]),
        maximum_length: 65_536,
        maximum_transfers: 4,
        ..UsbGrant::default()
    }
}

/// What the calls of a driver with this grant work with.
pub fn context(grant: UsbGrant) -> (UsbContext, Told) {
    let limits = Limits { call_ms: 1000, transactions_per_second: None, memory_mib: 64 };
    context_of(grant, limits, true)
}

/// A trace, and what it tells.
pub fn trace() -> (Clock, Trace, Told) {
    let told = Told::default();
    let lines = told.clone();
    let clock = Clock::start();
    let listener = move |event: &BoardEvent| {
        let line = match event {
            BoardEvent::Audit(event) => {
                let verb = if event.enforced { "denied" } else { "would deny" };
                format!("{verb} {}: {} ({})", event.denied, event.call, event.reason)
            }
            BoardEvent::Lifecycle(event) => {
                let reason = event.reason.as_deref().unwrap_or_default();
                format!("{} {}: {reason}", event.device, event.event.name())
            }
            other => format!("{other:?}"),
        };
        locked(&lines.0).push(line);
    };
    (clock, Trace::new(clock, Arc::new(listener)), told)
}

pub fn context_of(grant: UsbGrant, limits: Limits, enforce: bool) -> (UsbContext, Told) {
    let (clock, trace, told) = trace();
    let entry = DeviceEntry {
        driver: None,
        i2c: None,
        usb: Some(grant.clone()),
        spi: None,
        gpio: None,
        uart: None,
        other_buses: Vec::new(),
        settings: Vec::new(),
        limits,
        enforce,
    };
    let quota = Arc::new(Mutex::new(DeviceQuota::new(&entry)));
    let context = UsbContext {
        device: "echo".into(),
        entry: Arc::new(entry),
        grant: Arc::new(grant),
        clock,
        trace,
        quota,
        hurry: Arc::<Hurry>::default(),
    };
    (context, told)
}

/// A device, and a session on it.
pub async fn session(grant: UsbGrant, device: &Arc<EchoDevice>) -> (Arc<UsbSession>, Told) {
    let (context, told) = context(grant);
    let session = UsbSession::start(context, device.clone()).await.expect("it can be used");
    (Arc::new(session), told)
}
