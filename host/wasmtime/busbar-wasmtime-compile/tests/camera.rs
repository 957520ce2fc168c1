//! The workspace's own driver of cameras on one in memory: whole pictures out of isochronous packets, and out of bulk payloads.

#[path = "../../busbar-core/tests/support/echo_device.rs"]
#[allow(dead_code)]
mod echo_device;
mod support;

use busbar_host::bus::usb::{
    UsbError, UsbErrorCode, UsbPacket, UsbPacketStatus, UsbSetup, UsbTransferKind, UsbTransferOutcome,
    UsbTransferRequest, UsbTransferResult,
};
use busbar_host::device::{Camera, CameraEncoding, DeviceErrorCode};
use busbar_host::instance::BoardFailure;
use echo_device::{Answer, EchoBackend, EchoDevice};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::{Folder, open_board};

const VIDEO_IN: u8 = 0x81;
const PACKET_BYTES: u16 = 512;
/// dwFrameInterval, in units of 100 ns.
const INTERVAL: u32 = 333_333;
const PATIENCE: Option<Duration> = Some(Duration::from_secs(30));

/// How the pictures come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Isochronous,
    Bulk,
}

/// A device descriptor, and a configuration with one video function of one mode: UVC 1.1 section 3.
fn descriptors(kind: Kind) -> Vec<u8> {
    let [packet_low, packet_high] = PACKET_BYTES.to_le_bytes();
    let interface = |number, setting, endpoints, subclass| vec![9, 4, number, setting, endpoints, 0x0e, subclass, 0, 0];
    let endpoint = |attributes| vec![7, 5, VIDEO_IN, attributes, packet_low, packet_high, 1];
    let [i0, i1, i2, _] = INTERVAL.to_le_bytes();
    let stream = [
        // Input header, format of MJPEG, one size of 64 x 48 pixels.
        vec![14, 0x24, 1, 1, 55, 0, VIDEO_IN, 0, 2, 0, 0, 0, 1, 0],
        vec![11, 0x24, 6, 1, 1, 1, 1, 0, 0, 0, 0],
        [vec![30, 0x24, 7, 1, 0, 64, 0, 48, 0], vec![0; 8], vec![0, 24, 0, 0, i0, i1, i2, 0, 1, i0, i1, i2, 0]]
            .concat(),
    ]
    .concat();
    let streaming = match kind {
        Kind::Isochronous => [interface(1, 0, 0, 2), stream, interface(1, 1, 1, 2), endpoint(5)].concat(),
        Kind::Bulk => [interface(1, 0, 1, 2), stream, endpoint(2)].concat(),
    };
    let control = [interface(0, 0, 0, 1), vec![13, 0x24, 1, 0x10, 1, 13, 0, 0, 0, 0, 0, 1, 1]].concat();
    let body = [control, streaming].concat();
    let [low, high] = u16::try_from(9 + body.len()).expect("it is short").to_le_bytes();
    let configuration = [vec![9, 2, low, high, 2, 1, 0, 0x80, 50], body].concat();
    let device = vec![18, 1, 0, 2, 0xef, 2, 1, 64, 0x09, 0x12, 5, 0, 0, 1, 0, 0, 0, 1];
    [device, configuration].concat()
}

/// A payload: UVC 1.1 section 2.4.3.3, with a header of two bytes.
fn payload(picture: usize, is_last: bool, data: &[u8]) -> Vec<u8> {
    let flags = 0x80 | (picture & 1) as u8 | if is_last { 2 } else { 0 };
    [&[2, flags], data].concat()
}

/// A picture that begins as JPEG does: three packets and a half.
fn picture(number: usize) -> Vec<u8> {
    let data = (0..1780usize).map(|index| (index * 7 + number) as u8);
    [vec![0xff, 0xd8], data.collect()].concat()
}

/// All payloads of a picture.
fn payloads(number: usize) -> Vec<Vec<u8>> {
    let picture = picture(number);
    let pieces: Vec<_> = picture.chunks(usize::from(PACKET_BYTES) - 2).collect();
    let last = pieces.len() - 1;
    pieces.iter().enumerate().map(|(index, data)| payload(number, index == last, data)).collect()
}

/// What a camera sends, one packet or payload after the other.
type Sent = Vec<Result<Vec<u8>, UsbPacketStatus>>;

/// A camera that sends this once, and nothing after it.
fn camera(kind: Kind, sent: Sent) -> Arc<EchoDevice> {
    let described = descriptors(kind);
    let configuration = described[18..].to_vec();
    let probe = Mutex::new(Vec::new());
    let sent = Mutex::new(sent.into_iter());
    let answer: Answer = Box::new(move |request: &UsbTransferRequest| {
        let mut probe = probe.lock().expect("nobody panics");
        match request.kind {
            UsbTransferKind::Control(UsbSetup { bm_request_type, b_request, w_value, w_length, .. }) => {
                match (bm_request_type, b_request, w_value) {
                    (0x80, 6, 0x0200) => {
                        Some(given(configuration[..configuration.len().min(w_length.into())].to_vec()))
                    }
                    (0x21, 0x01, 0x0100 | 0x0200) => {
                        probe.clone_from(&request.data);
                        let actual_length = request.data.len();
                        Some(Ok(UsbTransferResult { actual_length, ..UsbTransferResult::default() }))
                    }
                    (0xa1, 0x81, 0x0100) => {
                        // dwMaxVideoFrameSize and dwMaxPayloadTransferSize.
                        let mut bytes = probe.clone();
                        bytes[18..22].copy_from_slice(&6144u32.to_le_bytes());
                        bytes[22..26].copy_from_slice(&u32::from(PACKET_BYTES).to_le_bytes());
                        Some(given(bytes))
                    }
                    _ => None,
                }
            }
            UsbTransferKind::Isochronous { packets } => {
                let mut sent = sent.lock().expect("nobody panics");
                let mut result = UsbTransferResult::default();
                for _ in 0..packets {
                    let (data, status) = match sent.next() {
                        Some(Ok(data)) => (data, UsbPacketStatus::Success),
                        Some(Err(status)) => (Vec::new(), status),
                        None => (Vec::new(), UsbPacketStatus::Success),
                    };
                    let actual_length = u32::try_from(data.len()).expect("it is short");
                    result.actual_length += data.len();
                    result.packets.push(UsbPacket { actual_length, status });
                    result.data.extend(data);
                }
                Some(Ok(result))
            }
            UsbTransferKind::Bulk { .. } => match sent.lock().expect("nobody panics").next()? {
                Ok(data) => Some(given(data)),
                Err(_) => Some(Err(UsbError::new(UsbErrorCode::Overflow, "the camera sent too much"))),
            },
            UsbTransferKind::Interrupt => None,
        }
    });
    EchoDevice::described(&described, "1-1", answer)
}

fn given(data: Vec<u8>) -> UsbTransferOutcome {
    let actual_length = data.len();
    Ok(UsbTransferResult { data, actual_length, packets: Vec::new() })
}

/// The pictures that a camera's driver makes of what is sent: their numbers, and what the device was asked.
async fn taken(name: &str, kind: Kind, sent: Sent, count: usize) -> Option<(Vec<u32>, Vec<String>)> {
    let folder = Folder::new(name);
    let backend = Arc::<EchoBackend>::default();
    let device = backend.plug(camera(kind, sent).with_kernel_driver(0).with_kernel_driver(1));
    let usb = json!({ "vendorId": "0x1209", "interfaces": [0, 1] });
    let (board, _) = open_board(&folder, backend, "uvc", "webcam", &json!({ "usb": usb }))?;
    let webcam = board.camera("webcam").await.expect("it is a camera");
    let [mode] = webcam.modes() else { panic!("it has one mode") };
    assert_eq!((mode.encoding, mode.width, mode.height), (CameraEncoding::Mjpeg, 64, 48));
    assert!((mode.interval_ms - 33.3333).abs() < 1e-9, "{}", mode.interval_ms);
    assert_eq!([0, 1].map(|number| device.is_with_kernel(number)), [false, false]);
    webcam.start(0).await.expect("it starts");
    let mut sequences = Vec::new();
    for _ in 0..count {
        let frame = webcam.next_frame(PATIENCE).await.expect("nothing fails").expect("it comes in time");
        assert!(frame.data == picture(frame.sequence as usize), "picture {}", frame.sequence);
        sequences.push(frame.sequence);
    }
    none_is_left(&webcam).await;
    webcam.close().await.expect("it gives the camera back");
    board.close().await;
    assert_eq!(device.opened(), 0, "no handle is left open");
    assert_eq!([0, 1].map(|number| device.is_with_kernel(number)), [true, true], "the system has it again");
    Some((sequences, device.log()))
}

async fn none_is_left(webcam: &Camera) {
    let none = webcam.next_frame(Some(Duration::from_millis(20))).await;
    assert!(none.expect("nothing fails").is_none(), "there are no more pictures");
}

#[tokio::test]
async fn isochronous_packets_become_whole_pictures() {
    let pictures = (0..5).flat_map(payloads).map(Ok);
    // Bare headers between pictures, packets without anything, and a picture that lacks its middle.
    let mut damaged: Sent = payloads(5).into_iter().map(Ok).collect();
    damaged[1] = Err(UsbPacketStatus::Error);
    let sent = [Ok(payload(0, false, &[])), Ok(Vec::new())].into_iter().chain(pictures);
    let sent = sent.chain(damaged).chain(payloads(6).into_iter().map(Ok)).collect();
    let Some((sequences, log)) = taken("camera-isochronous", Kind::Isochronous, sent, 6).await else { return };
    assert_eq!(sequences, [0, 1, 2, 3, 4, 6]);
    let told: Vec<_> = log.iter().filter(|line| line.starts_with("setting")).collect();
    assert_eq!(told, ["setting 1 of 1", "setting 0 of 1"]);
}

#[tokio::test]
async fn bulk_payloads_become_whole_pictures() {
    let sent: Sent = (0..2).flat_map(payloads).map(Ok).collect();
    let Some((sequences, log)) = taken("camera-bulk", Kind::Bulk, sent, 2).await else { return };
    assert_eq!(sequences, [0, 1]);
    assert_eq!(log.iter().filter(|line| *line == "clear 0x81").count(), 1, "{log:?}");
}

#[tokio::test]
async fn a_camera_that_sends_nonsense_is_a_protocol_error() {
    let folder = Folder::new("camera-nonsense");
    let backend = Arc::<EchoBackend>::default();
    backend.plug(camera(Kind::Isochronous, vec![Ok(vec![200, 1, 2]); 20_000]));
    let usb = json!({ "vendorId": "0x1209", "interfaces": [0, 1] });
    let Some((board, _)) = open_board(&folder, backend, "uvc", "webcam", &json!({ "usb": usb })) else { return };
    let webcam = board.camera("webcam").await.expect("it is a camera");
    let early = webcam.next_frame(PATIENCE).await.err().map(|error| error.code);
    assert_eq!(early, Some(DeviceErrorCode::InvalidArgument), "it is not started");
    webcam.start(0).await.expect("it starts");
    let ended = webcam.next_frame(PATIENCE).await.err().map(|error| error.code);
    assert_eq!(ended, Some(DeviceErrorCode::Protocol));
    let other = webcam.start(1).await.err().map(|error| error.message);
    assert_eq!(other.as_deref(), Some("the mode is 1, but must be a whole number from 0 to 0"));
    webcam.close().await.expect("it gives the camera back");
    board.close().await;
}

#[tokio::test]
async fn what_is_no_camera_is_the_wrong_device() {
    let folder = Folder::new("camera-wrong");
    let backend = Arc::<EchoBackend>::default();
    let mut described = descriptors(Kind::Bulk);
    // Another class on both interfaces.
    for index in 18..described.len() - 8 {
        if described[index..].starts_with(&[9, 4]) {
            described[index + 5] = 0xff;
        }
    }
    let configuration = described[18..].to_vec();
    let answer: Answer = Box::new(move |request: &UsbTransferRequest| match request.kind {
        UsbTransferKind::Control(UsbSetup { b_request: 6, .. }) => Some(given(configuration.clone())),
        _ => None,
    });
    backend.plug(EchoDevice::described(&described, "1-1", answer));
    let usb = json!({ "vendorId": "0x1209", "interfaces": [0, 1] });
    let Some((board, _)) = open_board(&folder, backend, "uvc", "webcam", &json!({ "usb": usb })) else { return };
    let refused = board.camera("webcam").await.err();
    assert!(matches!(refused, Some(BoardFailure::Device(error)) if error.code == DeviceErrorCode::WrongDevice));
    board.close().await;
}
