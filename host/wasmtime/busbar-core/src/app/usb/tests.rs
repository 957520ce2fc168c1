//! The USB of a run of an app, on the devices of busbar-core/tests/support/echo_device.rs: what host/core/test/app-usb.test.ts
//! asks of the host for Node.

use super::{AppUsb, DrivenUsb, SeenUsb};
use crate::app::DeviceQuotas;
use crate::board::{Board, parse_board};
use crate::bus::usb::guest::UsbChange;
use crate::bus::usb::tests::echo_device::{EchoBackend, EchoDevice};
use crate::bus::usb::tests::support::{Told, trace};
use crate::bus::usb::{UsbBackend, UsbErrorCode, UsbHub};
use crate::clock::Clock;
use crate::error::HostError;
use crate::grants::DeviceQuota;
use crate::trace::Trace;
use serde_json::json;
use std::sync::{Arc, Mutex};

/// A board with an app that uses the first two devices.
struct Fixture {
    board: Board,
    slots: DrivenUsb,
    quotas: DeviceQuotas,
    clock: Clock,
    trace: Trace,
    told: Told,
}

impl Fixture {
    fn with(backends: Vec<Arc<dyn UsbBackend>>) -> Self {
        let device = |product: u16| json!({ "usb": { "vendorId": 0x1209, "productId": product, "interfaces": [0] } });
        let file = json!({
            "devices": { "first": device(1), "second": device(2), "third": device(3) },
            "apps": {
                "lsusb": { "component": "./lsusb.wasm", "uses": ["second", "first"] },
                "other": { "component": "./lsusb.wasm", "uses": ["third"] },
            },
        });
        let board = parse_board(&file.to_string(), "board.json").expect("it is right");
        let hub = UsbHub::new(backends);
        let slots = board.devices.iter().filter_map(|(name, entry)| {
            let grant = entry.usb.as_ref()?;
            Some((name.clone(), hub.add_slot(name, grant)))
        });
        let slots = slots.collect();
        let quotas =
            board.devices.iter().map(|(name, entry)| (name.clone(), Arc::new(Mutex::new(DeviceQuota::new(entry)))));
        let quotas = quotas.collect();
        let (clock, trace, told) = trace();
        Self { board, slots, quotas, clock, trace, told }
    }

    fn on(backend: &Arc<EchoBackend>) -> Self {
        Self::with(vec![backend.clone()])
    }

    async fn start(&self) -> AppUsb {
        let entry = &self.board.apps[0].1;
        AppUsb::start(entry, &self.board, &self.slots, &self.quotas, (self.clock, &self.trace)).await
    }
}

fn ports(seen: &SeenUsb) -> Vec<String> {
    seen.sessions().iter().map(|session| session.device().place().port.clone().expect("it has one")).collect()
}

/// "arrived 1-1", "left 1-1".
fn changes(seen: &SeenUsb) -> Vec<String> {
    let named = seen.take_changes().into_iter().map(|change| {
        let (event, session) = match change {
            UsbChange::Arrived(session) => ("arrived", session),
            UsbChange::Left(session) => ("left", session),
        };
        format!("{event} {}", session.device().place().port.as_deref().unwrap_or_default())
    });
    named.collect()
}

/// Everything that is ready happens.
async fn turn() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_app_sees_the_devices_that_it_uses_in_the_order_of_the_board_and_gives_them_back() {
    let backend = Arc::<EchoBackend>::default();
    let [second, first, third] =
        [(2, "1-2"), (1, "1-1"), (3, "1-3")].map(|(id, port)| backend.plug(EchoDevice::new(id, port)));
    let fixture = Fixture::on(&backend);
    for _ in 0..2 {
        let usb = fixture.start().await;
        assert_eq!(ports(&usb.seen()), ["1-1", "1-2"]);
        for session in usb.seen().sessions() {
            session.open().expect("it is granted").claim(0).expect("it is free");
        }
        assert_eq!([first.opened(), second.opened(), third.opened()], [1, 1, 0]);
        usb.end().await;
        assert_eq!([first.opened(), second.opened()], [0, 0], "nothing is left open");
    }
    assert_eq!(fixture.told.take(), Vec::<String>::new());
}

#[tokio::test]
async fn an_app_sees_devices_come_and_go() {
    let backend = Arc::<EchoBackend>::default();
    backend.plug(EchoDevice::new(2, "1-2"));
    let fixture = Fixture::on(&backend);
    let usb = fixture.start().await;
    let seen = usb.seen();
    assert_eq!(changes(&seen), Vec::<String>::new(), "nobody asked to be told");
    seen.enable_hotplug();
    assert_eq!((ports(&seen), changes(&seen)), (vec!["1-2".to_owned()], vec!["arrived 1-2".to_owned()]));

    let first = backend.plug(EchoDevice::new(1, "1-1"));
    turn().await;
    assert_eq!((ports(&seen).len(), changes(&seen)), (2, vec!["arrived 1-1".to_owned()]));
    let session = seen.sessions()[0].clone();
    let handle = session.open().expect("it is granted");
    handle.claim(0).expect("it is free");

    backend.unplug(&first);
    turn().await;
    assert_eq!((ports(&seen), changes(&seen)), (vec!["1-2".to_owned()], vec!["left 1-1".to_owned()]));
    assert_eq!(session.open().err().map(|error| error.code), Some(UsbErrorCode::NoDevice));
    assert_eq!(handle.claim(0).err().map(|error| error.code), Some(UsbErrorCode::NoDevice));

    // Of one that came and went unseen there is nothing to tell.
    let unseen = backend.plug(EchoDevice::new(1, "1-1"));
    turn().await;
    backend.unplug(&unseen);
    turn().await;
    assert_eq!(changes(&seen), Vec::<String>::new());
    usb.end().await;
    assert_eq!(
        fixture.told.take(),
        ["first waiting: no USB device that is plugged in matches; plug it in, or correct the entry"]
    );
}

#[tokio::test]
async fn a_device_that_leaves_while_it_gets_ready_is_not_listed() {
    let backend = Arc::<EchoBackend>::default();
    let fixture = Fixture::on(&backend);
    let usb = fixture.start().await;
    backend.unplug(&backend.plug(EchoDevice::new(1, "1-1")));
    assert_eq!(ports(&usb.seen()), Vec::<String>::new());
    turn().await;
    assert_eq!(ports(&usb.seen()), Vec::<String>::new());
}

#[tokio::test]
async fn an_app_goes_on_without_usb_and_without_a_device_that_may_not_be_opened() {
    let none = Fixture::with(Vec::new());
    let usb = none.start().await;
    assert!(usb.seen().sessions().is_empty());
    let absent = "there is no USB here; simulate the device, or run where there is USB.";
    assert_eq!(none.told.take(), ["first", "second"].map(|name| format!("{name} waiting: {absent}")));

    let backend = Arc::<EchoBackend>::default();
    backend.plug(EchoDevice::new(1, "1-1").refusing(HostError::backend("no permission.")));
    backend.plug(EchoDevice::new(2, "1-2"));
    let refused = Fixture::on(&backend);
    let usb = refused.start().await;
    assert_eq!(ports(&usb.seen()), ["1-2"]);
    assert_eq!(
        refused.told.take(),
        ["first waiting: the USB device 0x1209:0x0001 on port 1-1 cannot be used: no permission."]
    );
}

#[tokio::test]
async fn what_a_run_that_is_dropped_had_open_is_given_back_too() {
    let backend = Arc::<EchoBackend>::default();
    let device = backend.plug(EchoDevice::new(1, "1-1"));
    let fixture = Fixture::on(&backend);
    let usb = fixture.start().await;
    let handle = usb.seen().sessions()[0].open().expect("it is granted");
    assert_eq!(device.opened(), 1);
    drop((usb, handle));
    turn().await;
    assert_eq!(device.opened(), 0);
}
