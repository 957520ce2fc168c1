//! Lists the USB devices, echoes bulk data through the first, then waits until it is gone and back.
//!
//! Arguments: `list`, `echo COUNT`, `wait`.

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

wit_bindgen::generate!({ world: "program", path: "wit", generate_all });

use component::usb::device::{init, list_devices, DeviceHandle};
use component::usb::errors::LibusbError;
use component::usb::transfers::{await_transfer, TransferOptions, TransferSetup, TransferType};
use component::usb::usb_hotplug::{enable_hotplug, poll_events, Event};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["list"] => list(),
        ["echo", count] => echo(count.parse().expect("a number")).map(|()| println!("{count} packets came back")),
        ["wait"] => wait(),
        _ => {
            eprintln!("usage: list | echo COUNT | wait");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("failed: {error:?}");
            ExitCode::FAILURE
        }
    }
}

fn list() -> Result<(), LibusbError> {
    init()?;
    for (_, descriptor, location) in list_devices()? {
        let (vendor, product) = (descriptor.vendor_id, descriptor.product_id);
        println!("{vendor:04x}:{product:04x} {:?} on bus {}", location.speed, location.bus_number);
    }
    Ok(())
}

/// Sends packets through the bulk endpoints of interface 0, and compares what comes back.
fn echo(count: u32) -> Result<(), LibusbError> {
    init()?;
    let devices = list_devices()?;
    let (device, _, _) = devices.first().ok_or(LibusbError::NoDevice)?;
    let configuration = device.get_active_configuration_descriptor()?;
    let endpoints = configuration.interfaces.iter().flat_map(|each| &each.endpoints);
    let mut bulk = endpoints.filter(|each| each.attributes & 3 == 2).map(|each| each.endpoint_address);
    let input = bulk.clone().find(|address| address & 0x80 != 0).ok_or(LibusbError::NotFound)?;
    let output = bulk.find(|address| address & 0x80 == 0).ok_or(LibusbError::NotFound)?;
    let handle = device.open()?;
    handle.claim_interface(0)?;
    for round in 0..count {
        let sent: Vec<u8> = (0..64).map(|index| (index * 7 + round) as u8).collect();
        transfer(&handle, output, &sent, 64)?;
        let received = transfer(&handle, input, &[], 64)?;
        assert_eq!(sent, received, "round {round}");
    }
    handle.release_interface(0)?;
    Ok(())
}

fn transfer(handle: &DeviceHandle, endpoint: u8, data: &[u8], size: u32) -> Result<Vec<u8>, LibusbError> {
    let setup = TransferSetup { bm_request_type: 0, b_request: 0, w_value: 0, w_index: 0 };
    let options = TransferOptions { endpoint, timeout_ms: 5000, stream_id: 0, iso_packets: 0 };
    let transfer = handle.new_transfer(TransferType::Bulk, setup, size, options)?;
    transfer.submit_transfer(data)?;
    await_transfer(transfer)
}

/// Waits until the device is there, gone, and back; asks it once for something, which a loose plug may not survive.
fn wait() -> Result<(), LibusbError> {
    enable_hotplug()?;
    let mut seen = 0;
    while seen < 3 {
        for (event, info, _) in poll_events() {
            let what = if event.contains(Event::ARRIVED) { "arrived" } else { "left" };
            println!("{:04x}:{:04x} {what}", info.vendor, info.product);
            seen += 1;
            if seen == 1 {
                let _ = echo(1);
            }
        }
        sleep(Duration::from_millis(20));
    }
    Ok(())
}
