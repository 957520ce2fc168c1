use super::echo_device::{EchoDevice, FIDO};
use super::support::{context, grant, session};
use crate::board::{UsbAllowance, UsbGrant};
use crate::bus::usb::{UsbErrorCode, UsbFailure, UsbSession};
use crate::error::HostError;
use crate::grants::UsbCall;

#[tokio::test]
async fn closing_gives_everything_back() {
    let device = EchoDevice::new(1, "1-1").with_kernel_driver(0);
    let (session, _) = session(grant(), &device).await;
    assert_eq!(device.opened(), 1, "it was opened to see whether it can be");
    let handle = session.open().expect("it is granted");
    assert_eq!(device.opened(), 1);
    handle.claim(0).expect("it is free");
    handle.claim(0).expect("twice is legal");
    assert!(!device.is_with_kernel(0));
    assert!(session.has_claims());
    session.end().await;
    session.end().await;
    assert!(device.is_with_kernel(0));
    assert_eq!(device.opened(), 0);
    assert_eq!(device.log(), ["detach 0", "claim 0", "release 0", "attach 0"]);
    assert_eq!(session.open().err().map(|error| error.code), Some(UsbErrorCode::NoDevice));
    assert_eq!(handle.claim(0).err().map(|error| error.message).as_deref(), Some("the handle is closed"));
}

#[tokio::test]
async fn a_device_that_has_just_arrived_is_waited_for_until_it_is_configured() {
    let device = EchoDevice::new(1, "1-1").just_found().with_report_descriptor(&FIDO);
    let both = UsbGrant { interfaces: Some(vec![0, 1]), ..grant() };
    let (session, _) = session(both, &device).await;
    assert_eq!(session.facts().map(|facts| facts.interfaces.len()), Ok(2));
    assert_eq!(device.log(), ["report descriptor 1"], "its security key is known");
    session.open().and_then(|handle| handle.claim(0)).expect("it is free");
}

#[tokio::test]
async fn an_interface_that_cannot_be_claimed_goes_back_to_the_kernel() {
    let device = EchoDevice::new(1, "1-1").with_kernel_driver(0);
    let (first, _) = session(grant(), &device).await;
    let (second, _) = session(grant(), &device).await;
    first.open().and_then(|handle| handle.claim(0)).expect("it is free");
    let refused = second.open().and_then(|handle| handle.claim(0));
    assert_eq!(refused.err().map(|error| error.code), Some(UsbErrorCode::Busy));
    second.end().await;
    first.end().await;
    assert!(device.is_with_kernel(0));
}

#[tokio::test]
async fn a_security_key_is_kept_from_a_driver() {
    let device = EchoDevice::new(1, "1-1").with_report_descriptor(&FIDO);
    let hid = UsbGrant { interfaces: Some(vec![0, 1]), ..grant() };
    let (session, told) = session(hid.clone(), &device).await;
    let refused = session.check(UsbCall::Interface(1), || "claiming interface 1".to_owned());
    let reason = "interface 1 is a security key, which needs \"allow\": [\"security-keys\"]";
    assert_eq!(refused.err().map(|error| error.message).as_deref(), Some(reason));
    assert_eq!(told.take(), [format!("denied security-key: USB: claiming interface 1 ({reason})")]);
    assert!(session.check(UsbCall::Interface(0), String::new).is_ok());
    let allowed = UsbGrant { allow: vec![UsbAllowance::SecurityKeys], ..hid };
    let (session, _) = super::support::session(allowed, &device).await;
    assert!(session.check(UsbCall::Interface(1), String::new).is_ok());
}

#[tokio::test]
async fn after_another_configuration_was_chosen_keys_are_looked_for_again() {
    let device = EchoDevice::new(1, "1-1").with_report_descriptor(&FIDO);
    // Of the first configuration it reaches no HID interface, of the second it does.
    let (session, _) = session(grant(), &device).await;
    let before = session.facts().expect("it is there");
    assert!(session.check(UsbCall::Interface(0), String::new).is_ok());
    let handle = session.open().expect("it is granted");
    let chosen = session.changing(handle.opened().expect("it is open").set_configuration(Some(2))).await;
    assert_eq!(chosen, Ok(()));
    assert!(!std::sync::Arc::ptr_eq(&before, &session.facts().expect("it is there")));
    let refused = session.check(UsbCall::Interface(0), String::new);
    assert_eq!(refused.err().map(|error| error.code), Some(UsbErrorCode::Access));
    assert_eq!(device.log(), ["configuration Some(2)", "report descriptor 0"]);
}

#[tokio::test]
async fn a_configuration_that_somebody_else_chose_may_have_keys() {
    let device = EchoDevice::new(1, "1-1");
    let (session, _) = session(grant(), &device).await;
    let (other, _) = super::support::session(grant(), &device).await;
    let handle = other.open().expect("it is granted");
    let chosen = other.changing(handle.opened().expect("it is open").set_configuration(Some(2))).await;
    assert_eq!(chosen, Ok(()));
    // Its report descriptor is a mouse's, which this session has not read.
    let refused = session.check(UsbCall::Interface(0), String::new);
    assert_eq!(refused.err().map(|error| error.code), Some(UsbErrorCode::Access));
    assert!(other.check(UsbCall::Interface(0), String::new).is_ok());
}

#[tokio::test]
async fn handles_are_counted() {
    let device = EchoDevice::new(1, "1-1");
    let (session, told) = session(grant(), &device).await;
    let handles: Vec<_> = (0..16).map(|_| session.open().expect("it is granted")).collect();
    let refused = session.open().err().map(|error| error.message);
    assert_eq!(refused.as_deref(), Some("more than 16 handles at a time"));
    assert_eq!(told.take(), ["denied handles: USB: opening the device (more than 16 handles at a time)"]);
    session.close(&handles[0]).await;
    assert!(session.open().is_ok());
}

#[tokio::test]
async fn transfers_are_counted_for_the_device_and_come_back_at_the_end_of_a_life() {
    let device = EchoDevice::new(1, "1-1");
    let (context, told) = context(grant());
    let first = UsbSession::start(context.clone(), device.clone()).await.expect("it can be used");
    (0..4).for_each(|_| first.take_transfer().expect("it is granted"));
    let second = UsbSession::start(context, device.clone()).await.expect("it can be used");
    assert_eq!(second.take_transfer().err().map(|error| error.code), Some(UsbErrorCode::Access));
    let line = "denied transfers: USB: making a transfer (more than 4 transfers at a time)";
    assert_eq!(told.take(), [line]);
    first.end().await;
    assert!(second.take_transfer().is_ok());
    // What is dropped after the end counts no more.
    first.return_transfer();
    (0..3).for_each(|_| second.take_transfer().expect("it is granted"));
    assert!(second.take_transfer().is_err());
}

#[tokio::test]
async fn what_the_system_refuses_is_told_before_the_driver_starts() {
    let error = HostError::backend("no permission");
    let device = EchoDevice::new(1, "1-1").refusing(error.clone());
    let started = UsbSession::start(context(grant()).0, device).await;
    assert_eq!(started.err(), Some(UsbFailure::Host(error)));
}
