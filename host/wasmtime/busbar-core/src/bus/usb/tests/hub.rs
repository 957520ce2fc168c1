use super::echo_device::{EchoBackend, EchoDevice};
use super::support::grant;
use crate::board::UsbGrant;
use crate::bus::usb::{UsbBackend, UsbHub, UsbSlot};
use crate::error::HostError;
use std::sync::Arc;

fn hub(backend: &Arc<EchoBackend>) -> Arc<UsbHub> {
    UsbHub::new(vec![backend.clone() as Arc<dyn UsbBackend>])
}

async fn port_of(slot: &UsbSlot) -> String {
    let device = slot.find(|reason| panic!("{reason}")).await.expect("there is USB");
    device.place().port.clone().expect("it has a port")
}

/// What an entry is told that has to wait.
async fn absence(slot: &UsbSlot) -> String {
    let mut told = String::new();
    tokio::select! {
        biased;
        _ = slot.find(|reason| told = reason.to_owned()) => panic!("it has one"),
        () = tokio::task::yield_now() => {}
    }
    told
}

#[tokio::test]
async fn two_entries_of_one_kind_get_a_device_each_and_the_third_waits_for_one() {
    let backend = Arc::<EchoBackend>::default();
    let first = backend.plug(EchoDevice::new(1, "1-1"));
    backend.plug(EchoDevice::new(1, "1-2"));
    let hub = hub(&backend);
    let slots = ["a", "b", "c"].map(|name| hub.add_slot(name, &grant()));
    assert_eq!([port_of(&slots[0]).await, port_of(&slots[1]).await], ["1-1", "1-2"]);
    assert_eq!(
        absence(&slots[2]).await,
        "0x1209:0x0001 on port 1-1 matches, but \"a\" has interfaces of it that this entry names too; remove one of the \
         entries"
    );
    // What is free again goes to who waits.
    backend.unplug(&first);
    assert!(slots[0].device().is_none());
    backend.plug(EchoDevice::new(1, "1-3"));
    assert_eq!(port_of(&slots[0]).await, "1-3");
}

#[tokio::test]
async fn an_entry_that_says_more_chooses_first_and_others_share_what_it_does_not_name() {
    let backend = Arc::<EchoBackend>::default();
    backend.plug(EchoDevice::new(1, "1-1"));
    backend.plug(EchoDevice::new(1, "1-2"));
    let hub = hub(&backend);
    let any = hub.add_slot("any", &grant());
    let this = hub.add_slot("this", &UsbGrant { port: Some("1-1".to_owned()), ..grant() });
    let other = hub.add_slot("other", &UsbGrant { interfaces: Some(vec![1]), ..grant() });
    assert_eq!(port_of(&any).await, "1-2");
    assert_eq!(port_of(&this).await, "1-1");
    assert_eq!(port_of(&other).await, "1-1", "another interface of a device that somebody has");
}

#[tokio::test]
async fn a_device_is_waited_for_and_found_when_it_comes() {
    let backend = Arc::<EchoBackend>::default();
    let slot = hub(&backend).add_slot("echo", &grant());
    let expected = "no USB device that is plugged in matches; plug it in, or correct the entry";
    assert_eq!(absence(&slot).await, expected);
    let waiting = tokio::spawn({
        let slot = slot.clone();
        async move { slot.find(|_| {}).await.map(|device| device.place().port.clone()) }
    });
    tokio::task::yield_now().await;
    backend.plug(EchoDevice::new(1, "1-1"));
    assert_eq!(waiting.await.expect("it does not panic"), Ok(Some("1-1".to_owned())));
}

#[tokio::test]
async fn a_device_without_the_interfaces_of_an_entry_is_none_for_it() {
    let backend = Arc::<EchoBackend>::default();
    backend.plug(EchoDevice::new(1, "1-1"));
    let slot = hub(&backend).add_slot("echo", &UsbGrant { interfaces: Some(vec![5]), ..grant() });
    assert!(absence(&slot).await.starts_with("no USB device"));
}

#[tokio::test]
async fn without_usb_nobody_waits() {
    let slot = UsbHub::new(Vec::new()).add_slot("echo", &grant());
    let problem = HostError::backend("there is no USB here; simulate the device, or run where there is USB.");
    assert_eq!(slot.find(|_| {}).await.err(), Some(problem));
}
