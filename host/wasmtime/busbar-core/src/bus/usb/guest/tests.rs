//! component:usb as a guest calls it, without a guest: on the devices of busbar-core/tests/support/echo_device.rs.

use super::transfer::TransferCall;
use super::{DeviceHandle, TransferOptions, TransferType, UsbDeviceHandle};
use crate::board::{Limits, UsbGrant};
use crate::bus::usb::tests::echo_device::{
    BULK_IN, BULK_OUT, EchoDevice, INTERRUPT_IN, INTERRUPT_OUT, ISOCHRONOUS_IN, ISOCHRONOUS_OUT, REPORT_IN,
    VENDOR_REQUEST,
};
use crate::bus::usb::tests::support::{Told, context_of, grant, session};
use crate::bus::usb::{UsbError, UsbErrorCode, UsbPacketStatus, UsbSession, UsbSetup};
use std::sync::Arc;
use std::time::{Duration, Instant};

struct Opened {
    device: Arc<EchoDevice>,
    session: Arc<UsbSession>,
    handle: DeviceHandle,
    told: Told,
}

async fn open(grant: UsbGrant) -> Opened {
    let device = EchoDevice::new(1, "1-1");
    let (session, told) = session(grant, &device).await;
    let handle = UsbDeviceHandle(session.clone()).open().expect("it is granted");
    Opened { device, session, handle, told }
}

/// Opened, and its interface claimed.
async fn claimed() -> Opened {
    let opened = open(grant()).await;
    opened.handle.claim(0).expect("it is free");
    opened
}

impl Opened {
    fn transfer(&self, kind: TransferType, endpoint: u8, length: u32) -> Result<TransferCall, UsbError> {
        self.with(kind, length, TransferOptions { endpoint, ..TransferOptions::default() })
    }

    fn with(&self, kind: TransferType, length: u32, options: TransferOptions) -> Result<TransferCall, UsbError> {
        self.handle.transfer(kind, UsbSetup::default(), length, options)
    }

    fn control(&self, bm_request_type: u8, length: u32) -> Result<TransferCall, UsbError> {
        let setup = UsbSetup { bm_request_type, b_request: VENDOR_REQUEST, ..UsbSetup::default() };
        self.handle.transfer(TransferType::Control, setup, length, TransferOptions::default())
    }

    /// Sends what then comes back.
    async fn send(&self, kind: TransferType, endpoint: u8, data: &[u8]) -> usize {
        let transfer = self.transfer(kind, endpoint, data.len() as u32).expect("it is granted");
        transfer.submit(data).expect("it is sent");
        transfer.wait().await.expect("it is taken").data.len()
    }
}

fn refused<T>(result: Result<T, UsbError>) -> (UsbErrorCode, String) {
    result.err().map(|error| (error.code, error.message)).expect("it is refused")
}

fn invalid(message: &str) -> (UsbErrorCode, String) {
    (UsbErrorCode::InvalidParam, message.to_owned())
}

#[tokio::test]
async fn what_is_sent_comes_back() {
    let opened = claimed().await;
    for (kind, output, input) in
        [(TransferType::Bulk, BULK_OUT, BULK_IN), (TransferType::Interrupt, INTERRUPT_OUT, INTERRUPT_IN)]
    {
        // The read is under way first.
        let reading = opened.transfer(kind, input, 64).expect("it is granted");
        reading.submit(&[]).expect("it is begun");
        assert_eq!(opened.send(kind, output, b"hello").await, 5, "as many bytes without meaning as were sent");
        assert_eq!(reading.wait().await.map(|result| result.data), Ok(b"hello".to_vec()));
    }
}

#[tokio::test]
async fn control_transfers_give_and_take() {
    let opened = open(grant()).await;
    let reading = opened.control(0xc1, 4).expect("it is granted");
    reading.submit(&[9; 100]).expect("what is given is ignored");
    assert_eq!(reading.wait().await.map(|result| result.data), Ok(vec![0, 1, 2, 3]));
    let writing = opened.control(0x41, 3).expect("it is granted");
    writing.submit(&[1, 2, 3]).expect("it is sent");
    assert_eq!(writing.wait().await.map(|result| result.data), Ok(Vec::new()), "nothing comes back of these");
    let stalled = opened.handle.transfer(
        TransferType::Control,
        UsbSetup { bm_request_type: 0xc1, b_request: 1, ..UsbSetup::default() },
        4,
        TransferOptions::default(),
    );
    let stalled = stalled.expect("it is granted");
    stalled.submit(&[]).expect("it is begun");
    assert_eq!(stalled.wait().await.err().map(|error| error.code), Some(UsbErrorCode::Pipe));
}

#[tokio::test]
async fn isochronous_packets_have_ends_of_their_own() {
    let opened = claimed().await;
    let options = |endpoint| TransferOptions { endpoint, iso_packets: 4, ..TransferOptions::default() };
    let reading = opened.with(TransferType::Isochronous, 32, options(ISOCHRONOUS_IN)).expect("it is granted");
    reading.submit(&[]).expect("it is begun");
    let result = reading.wait().await.expect("it ends");
    let packets: Vec<_> = result.packets.iter().map(|packet| (packet.actual_length, packet.status)).collect();
    let (good, lost) = (UsbPacketStatus::Success, UsbPacketStatus::Error);
    assert_eq!(packets, [(8, good), (7, good), (0, lost), (7, good)]);
    assert_eq!(result.data, [vec![0; 8], vec![1; 7], vec![3; 7]].concat());
    let writing = opened.with(TransferType::Isochronous, 32, options(ISOCHRONOUS_OUT)).expect("it is granted");
    writing.submit(&[1; 32]).expect("it is begun");
    assert_eq!(writing.wait().await.map(|result| result.data.len()), Ok(32));
}

#[tokio::test]
async fn streams_are_apart() {
    let opened = claimed().await;
    let on = |endpoint, stream_id| TransferOptions { endpoint, stream_id, ..TransferOptions::default() };
    let before = opened.with(TransferType::Bulk, 8, on(BULK_IN, 2)).expect("it is granted");
    assert_eq!(refused(before.submit(&[])).0, UsbErrorCode::InvalidParam);
    opened.handle.alloc_streams(4, &[BULK_IN, BULK_OUT]).expect("there are so many");
    let second = opened.with(TransferType::Bulk, 8, on(BULK_IN, 2)).expect("it is granted");
    second.submit(&[]).expect("it is begun");
    for (stream_id, byte) in [(1, 1), (2, 2)] {
        let writing = opened.with(TransferType::Bulk, 1, on(BULK_OUT, stream_id)).expect("it is granted");
        writing.submit(&[byte]).expect("it is sent");
        assert!(writing.wait().await.is_ok());
    }
    assert_eq!(second.wait().await.map(|result| result.data), Ok(vec![2]));
    opened.handle.free_streams(&[BULK_IN, BULK_OUT]).expect("they are there");
    let few = refused(opened.handle.alloc_streams(17, &[BULK_IN]));
    assert_eq!(few, (UsbErrorCode::NoMem, "there are 16 of 17 streams".to_owned()));
    assert_eq!(opened.device.log().last().map(String::as_str), Some("no streams"), "none is left");
    assert_eq!(refused(opened.handle.alloc_streams(0, &[BULK_IN])), invalid("no stream is asked for"));
    let none = invalid("bulk streams have 1 to 30 endpoints, not 0");
    assert_eq!(refused(opened.handle.alloc_streams(1, &[])), none);
    assert_eq!(refused(opened.handle.free_streams(&[REPORT_IN])).0, UsbErrorCode::Access);
}

#[tokio::test]
async fn what_a_transfer_cannot_be_is_refused() {
    let opened = claimed().await;
    use TransferType::{Bulk, Control, Interrupt, Isochronous};
    let options =
        |endpoint, stream_id, iso_packets| TransferOptions { endpoint, timeout_ms: 0, stream_id, iso_packets };
    let refused_with = |kind, length, options| refused(opened.with(kind, length, options));
    assert_eq!(refused_with(Control, 8, options(1, 0, 0)), invalid("control transfers go to endpoint 0"));
    let long = "a control transfer has at most 65535 bytes";
    assert_eq!(refused_with(Control, 65_536, options(0, 0, 0)), invalid(long));
    assert_eq!(refused_with(Bulk, 8, options(BULK_IN, 0, 1)), invalid("only an isochronous transfer has packets"));
    assert_eq!(refused_with(Interrupt, 8, options(INTERRUPT_IN, 1, 0)), invalid("only a bulk transfer has a stream"));
    for packets in [0, 1025] {
        let message = format!("an isochronous transfer has 1 to 1024 packets, not {packets}");
        assert_eq!(refused_with(Isochronous, 8, options(ISOCHRONOUS_IN, 0, packets)), invalid(&message));
    }
    let uneven = invalid("8 bytes are not 3 packets of one length");
    assert_eq!(refused_with(Isochronous, 8, options(ISOCHRONOUS_IN, 0, 3)), uneven);
    assert_eq!(opened.told.take(), Vec::<String>::new(), "none of it is a matter of grants");
}

#[tokio::test]
async fn what_is_not_granted_is_refused_and_told() {
    let opened = claimed().await;
    let reason = "endpoint 0x84: interface 1 is not granted, only 0";
    let denied = refused(opened.transfer(TransferType::Interrupt, REPORT_IN, 8));
    assert_eq!(denied, (UsbErrorCode::Access, reason.to_owned()));
    let line = format!("denied endpoint: USB: interrupt transfer on 0x84, 8 bytes ({reason})");
    assert_eq!(opened.told.take(), [line]);
    let reason = "it goes to the device as a whole, which needs \"allow\": [\"device-requests\"]";
    assert_eq!(refused(opened.control(0xc0, 8)), (UsbErrorCode::Access, reason.to_owned()));
    let line = format!("denied request: USB: control transfer 0xc0 0x51 0x00 0x00, 8 bytes ({reason})");
    assert_eq!(opened.told.take(), [line]);
    let opened = claimed().await;
    let results = [
        opened.handle.claim(1),
        opened.handle.release(1).await,
        opened.handle.set_alternate_setting(1, 0).await,
        opened.handle.kernel_driver_active(1).map(drop),
        opened.handle.detach_kernel_driver(1),
        opened.handle.attach_kernel_driver(1),
    ];
    let reason = "interface 1 is not granted, only 0";
    for result in results {
        assert_eq!(refused(result), (UsbErrorCode::Access, reason.to_owned()));
    }
    let doing = [
        "claiming",
        "releasing",
        "choosing an alternate setting of",
        "asking for the kernel driver of",
        "detaching the kernel driver of",
        "attaching the kernel driver of",
    ];
    let lines = doing.map(|doing| format!("denied interface: USB: {doing} interface 1 ({reason})"));
    // Of those that come in masses, a few are told at once, and the others counted.
    let told = opened.told.take();
    assert!(told.len() >= 5 && lines.starts_with(&told), "{told:?}");
    let opened = claimed().await;
    let results = [
        opened.handle.set_configuration(Some(2)).await,
        opened.handle.set_configuration(None).await,
        opened.handle.reset().await,
    ];
    for result in results {
        assert_eq!(refused(result).0, UsbErrorCode::Access);
    }
    let lines = [
        ("set-configuration", "choosing configuration 2"),
        ("set-configuration", "choosing configuration none"),
        ("reset", "resetting the device"),
    ];
    let lines = lines.map(|(what, doing)| {
        let reason = format!("it changes the device as a whole, which needs \"allow\": [\"{what}\"]");
        format!("denied {what}: USB: {doing} ({reason})")
    });
    assert_eq!(opened.told.take(), lines);
    assert_eq!(refused(opened.handle.clear_halt(REPORT_IN).await).0, UsbErrorCode::Access);
    assert_eq!(opened.device.log(), ["claim 0"], "nothing of it reached the device");
}

#[tokio::test]
async fn lengths_and_rates_are_limited() {
    let opened = claimed().await;
    let long = refused(opened.transfer(TransferType::Bulk, BULK_IN, 65_537));
    assert_eq!(long, (UsbErrorCode::Access, "65537 bytes; at most 65536 are granted".to_owned()));
    let device = EchoDevice::new(1, "1-1");
    let limits = Limits { call_ms: 1000, transactions_per_second: Some(2), memory_mib: 64 };
    for (enforce, verb) in [(true, "denied"), (false, "would deny")] {
        let (context, told) = context_of(grant(), limits, enforce);
        let session = Arc::new(UsbSession::start(context, device.clone()).await.expect("it can be used"));
        let handle = UsbDeviceHandle(session.clone()).open().expect("it is granted");
        let submit = || {
            let setup = UsbSetup { bm_request_type: 0x41, b_request: VENDOR_REQUEST, ..UsbSetup::default() };
            let transfer = handle.transfer(TransferType::Control, setup, 0, TransferOptions::default());
            transfer.and_then(|transfer| transfer.submit(&[]))
        };
        assert_eq!([submit(), submit()], [Ok(()), Ok(())]);
        let third = submit();
        assert_eq!(third.is_err(), enforce);
        let doing = "control transfer 0x41 0x51 0x00 0x00, 0 bytes";
        assert_eq!(told.take(), [format!("{verb} rate: USB: {doing} (more than 2 transactions in a second)")]);
        session.end().await;
    }
}

#[tokio::test]
async fn a_transfer_is_submitted_once_and_awaited_once() {
    let opened = claimed().await;
    let transfer = opened.transfer(TransferType::Bulk, BULK_OUT, 2).expect("it is granted");
    let not_submitted = (UsbErrorCode::NotFound, "the transfer was not submitted".to_owned());
    assert_eq!(refused(transfer.cancel()), not_submitted);
    assert_eq!(refused(transfer.submit(&[1])), invalid("1 bytes for a transfer of 2"));
    transfer.submit(&[1, 2]).expect("it is sent");
    let again = (UsbErrorCode::Busy, "the transfer was submitted before".to_owned());
    assert_eq!(refused(transfer.submit(&[1, 2])), again);
    assert!(transfer.wait().await.is_ok());
    assert_eq!(refused(transfer.wait().await), not_submitted);
    let never = opened.transfer(TransferType::Bulk, BULK_IN, 2).expect("it is granted");
    assert_eq!(refused(never.wait().await), not_submitted);
}

#[tokio::test]
async fn an_endpoint_is_used_only_by_who_has_its_interface() {
    let opened = open(grant()).await;
    let transfer = opened.transfer(TransferType::Bulk, BULK_IN, 2).expect("it is granted");
    let unclaimed = (UsbErrorCode::NotFound, "the interface of this endpoint is not claimed".to_owned());
    assert_eq!(refused(transfer.submit(&[])), unclaimed);
    let first = (UsbErrorCode::NotFound, "claim the interface of endpoint 0x81 first".to_owned());
    assert_eq!(refused(opened.handle.clear_halt(BULK_IN).await), first);
    let not_claimed = (UsbErrorCode::NotFound, "interface 0 is not claimed".to_owned());
    assert_eq!(refused(opened.handle.set_alternate_setting(0, 1).await), not_claimed);
    assert_eq!(refused(opened.handle.release(0).await), not_claimed);
    opened.handle.claim(0).expect("it is free");
    assert_eq!(opened.handle.clear_halt(BULK_IN).await, Ok(()));
    assert_eq!(opened.handle.set_alternate_setting(0, 1).await, Ok(()));
}

#[tokio::test]
async fn transfers_end_when_they_are_cancelled_or_their_time_is_over() {
    let opened = claimed().await;
    let reading = opened.transfer(TransferType::Bulk, BULK_IN, 8).expect("it is granted");
    reading.submit(&[]).expect("it is begun");
    reading.cancel().expect("it was submitted");
    assert_eq!(refused(reading.wait().await).0, UsbErrorCode::Interrupted);
    let options = TransferOptions { endpoint: BULK_IN, timeout_ms: 20, ..TransferOptions::default() };
    let reading = opened.with(TransferType::Bulk, 8, options).expect("it is granted");
    reading.submit(&[]).expect("it is begun");
    assert_eq!(refused(reading.wait().await).0, UsbErrorCode::Timeout);
    // Dropped ones are cancelled, and count no more.
    for _ in 0..20 {
        let reading = opened.transfer(TransferType::Bulk, BULK_IN, 8).expect("it counts no more");
        reading.submit(&[]).expect("it is begun");
    }
    opened.send(TransferType::Bulk, BULK_OUT, b"late").await;
    let reading = opened.transfer(TransferType::Bulk, BULK_IN, 8).expect("it is granted");
    reading.submit(&[]).expect("it is begun");
    assert_eq!(reading.wait().await.map(|result| result.data), Ok(b"late".to_vec()));
}

#[tokio::test]
async fn a_read_gives_way_to_another_call_and_a_write_does_not() {
    let opened = claimed().await;
    let hurry = opened.session.context().hurry.clone();
    let reading = opened.transfer(TransferType::Interrupt, INTERRUPT_IN, 8).expect("it is granted");
    reading.submit(&[]).expect("it is begun");
    let (ended, ()) = tokio::join!(reading.wait(), async { hurry.hurry() });
    assert_eq!(refused(ended), (UsbErrorCode::Timeout, "another call waits for its turn".to_owned()));
    // What has come all the same is given.
    opened.send(TransferType::Interrupt, INTERRUPT_OUT, b"key").await;
    let reading = opened.transfer(TransferType::Interrupt, INTERRUPT_IN, 8).expect("it is granted");
    reading.submit(&[]).expect("it is begun");
    assert_eq!(reading.wait().await.map(|result| result.data), Ok(b"key".to_vec()));
    assert_eq!(opened.send(TransferType::Interrupt, INTERRUPT_OUT, b"light").await, 5);
}

#[tokio::test]
async fn the_configuration_is_not_changed_under_who_has_an_interface() {
    let allow = vec![crate::board::UsbAllowance::SetConfiguration, crate::board::UsbAllowance::Reset];
    let opened = open(UsbGrant { allow, ..grant() }).await;
    opened.handle.claim(0).expect("it is free");
    let busy = (UsbErrorCode::Busy, "release the interfaces first".to_owned());
    assert_eq!(refused(opened.handle.set_configuration(Some(2)).await), busy);
    // What was granted when the transfer was made is another interface's when it is submitted.
    let made = opened.control(0xc1, 4).expect("it is granted");
    assert_eq!(opened.handle.release(0).await, Ok(()));
    assert_eq!(opened.handle.set_configuration(Some(2)).await, Ok(()));
    assert_eq!(opened.handle.configuration(), Ok(2));
    assert!(made.submit(&[]).is_ok(), "interface 0 is a mouse now, and granted");
    assert_eq!(opened.handle.set_configuration(None).await, Ok(()));
    let device = UsbDeviceHandle(opened.session.clone());
    let unconfigured = (UsbErrorCode::NotFound, "the device is unconfigured".to_owned());
    assert_eq!(refused(device.active_configuration()), unconfigured);
    assert_eq!(opened.handle.reset().await, Ok(()));
}

#[tokio::test]
async fn descriptors_are_found_by_index_and_by_value() {
    let opened = open(grant()).await;
    let device = UsbDeviceHandle(opened.session.clone());
    assert_eq!(device.configuration(1).map(|found| found.configuration_value), Ok(2));
    assert_eq!(device.configuration_by_value(1).map(|found| found.interfaces.len()), Ok(3));
    assert_eq!(device.active_configuration().map(|found| found.configuration_value), Ok(1));
    let none = |message: &str| (UsbErrorCode::NotFound, message.to_owned());
    assert_eq!(refused(device.configuration(2)), none("no configuration has the index 2"));
    assert_eq!(refused(device.configuration_by_value(7)), none("no configuration has the value 7"));
}

#[tokio::test]
async fn a_closed_handle_ends_its_transfers_and_answers_no_more() {
    let opened = claimed().await;
    let reading = opened.transfer(TransferType::Bulk, BULK_IN, 8).expect("it is granted");
    reading.submit(&[]).expect("it is begun");
    opened.handle.close().await;
    opened.handle.close().await;
    assert_eq!(refused(reading.wait().await).0, UsbErrorCode::Interrupted);
    let closed = (UsbErrorCode::NoDevice, "the handle is closed".to_owned());
    assert_eq!(refused(opened.handle.configuration()), closed);
    assert_eq!(refused(opened.transfer(TransferType::Bulk, BULK_IN, 8)), closed);
    assert_eq!(opened.device.opened(), 0);
}

/// One thread serves them all: 300 devices, of which each waits 50 ms for what does not come.
#[tokio::test]
async fn hundreds_wait_together() {
    let mut waiting = Vec::new();
    for number in 0..300 {
        let device = EchoDevice::new(number, "1-1");
        let (session, _) = session(grant(), &device).await;
        let handle = UsbDeviceHandle(session).open().expect("it is granted");
        handle.claim(0).expect("it is free");
        let options = TransferOptions { endpoint: BULK_IN, timeout_ms: 50, ..TransferOptions::default() };
        let transfer = handle.transfer(TransferType::Bulk, UsbSetup::default(), 64, options).expect("it is granted");
        waiting.push(transfer);
    }
    let start = Instant::now();
    for transfer in &waiting {
        transfer.submit(&[]).expect("it is begun");
    }
    let tasks: Vec<_> = waiting.into_iter().map(|each| tokio::spawn(async move { each.wait().await })).collect();
    for task in tasks {
        let outcome = task.await.expect("it does not panic");
        assert_eq!(outcome.err().map(|error| error.code), Some(UsbErrorCode::Timeout));
    }
    let took = start.elapsed();
    assert!(took < Duration::from_secs(3), "one after the other it would be 15 s, and not {took:?}");
}
