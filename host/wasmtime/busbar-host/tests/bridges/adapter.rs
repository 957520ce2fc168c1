//! An i2c-tiny-usb in memory (drivers/i2c/busses/i2c-tiny-usb.c of the Linux kernel has its protocol), behind which is a TCA9548A, and behind
//! its fourth bus a TMP102.

use crate::echo_device::EchoDevice;
use busbar_core::models::ModelTarget;
use busbar_host::bus::i2c::Operation;
use busbar_host::bus::usb::{
    UsbError, UsbErrorCode, UsbSetup, UsbTransferKind, UsbTransferOutcome, UsbTransferRequest, UsbTransferResult,
};
use std::sync::{Arc, Mutex};

/// bRequest: what it can do, its clock, how the last message went; and a message itself, with two flags.
const GET_FUNCTIONALITY: u8 = 1;
const SET_DELAY: u8 = 2;
const GET_STATUS: u8 = 3;
const IO: u8 = 4;
const IO_END: u8 = 2;

/// I2C_M_RD of include/uapi/linux/i2c.h.
const READ_FLAG: u16 = 1;

const ACKNOWLEDGED: u8 = 1;
const NOT_ACKNOWLEDGED: u8 = 2;

pub const MULTIPLEXER: u16 = 0x70;
pub const THERMOMETER: u16 = 0x48;

/// 0403:C631, with one interface and no endpoint.
#[rustfmt::skip]
const DESCRIPTORS: [u8; 36] = [
    18, 1, 0x10, 0x01, 0xff, 0, 0, 8, 0x03, 0x04, 0x31, 0xc6, 0x05, 0x02, 0, 0, 0, 1,
    9, 2, 18, 0, 1, 1, 0, 0x80, 5,
    9, 4, 0, 0, 0, 0xff, 0, 0, 0,
];

/// What is on the wires.
pub struct Wires {
    /// The control register of the multiplexer: a bit for each bus.
    pub control: u8,
    thermometer: Box<dyn ModelTarget>,
    /// Of the transaction that is under way.
    written: Vec<Operation>,
    status: u8,
}

/// The wires behind an adapter, whoever looks at them.
pub type Behind = Arc<Mutex<Wires>>;

/// One with a thermometer, on a port: "1-1".
pub fn adapter(port: &str, thermometer: Box<dyn ModelTarget>) -> (Arc<EchoDevice>, Behind) {
    let control = Arc::new(Mutex::new(Wires { control: 0, thermometer, written: Vec::new(), status: 0 }));
    let wires = control.clone();
    let answer = move |request: &UsbTransferRequest| match request.kind {
        UsbTransferKind::Control(setup) => {
            Some(wires.lock().expect("nobody panics with it").control(setup, &request.data))
        }
        _ => None,
    };
    (EchoDevice::described(&DESCRIPTORS, port, Box::new(answer)), control)
}

impl Wires {
    fn control(&mut self, setup: UsbSetup, data: &[u8]) -> UsbTransferOutcome {
        let received = match setup.b_request {
            // I2C_FUNC_I2C, and what the kernel makes of it.
            GET_FUNCTIONALITY => 0x0eff_0009_u32.to_le_bytes().to_vec(),
            SET_DELAY => Vec::new(),
            GET_STATUS => vec![self.status],
            request if request & IO != 0 => {
                let answered = self.message(&setup, data);
                self.status = if answered.is_some() { ACKNOWLEDGED } else { NOT_ACKNOWLEDGED };
                answered.unwrap_or_else(|| vec![0; setup.w_length.into()])
            }
            _ => return Err(UsbError::new(UsbErrorCode::Pipe, "there is no such request")),
        };
        let actual_length = received.len().max(data.len());
        Ok(UsbTransferResult { data: received, actual_length, packets: Vec::new() })
    }

    /// What was read; none where nobody answers.
    fn message(&mut self, setup: &UsbSetup, data: &[u8]) -> Option<Vec<u8>> {
        let is_read = setup.w_value & READ_FLAG != 0;
        if setup.w_index == MULTIPLEXER {
            if is_read {
                return Some(vec![self.control; setup.w_length.into()]);
            }
            self.control = *data.last()?;
            return Some(Vec::new());
        }
        if setup.w_index != THERMOMETER || self.control != 1 << 3 {
            return None;
        }
        let length = setup.w_length.into();
        self.written.push(if is_read { Operation::Read(length) } else { Operation::Write(data.to_vec()) });
        if setup.b_request & IO_END == 0 {
            return Some(Vec::new());
        }
        let operations = std::mem::take(&mut self.written);
        let read = self.thermometer.transaction(&operations).expect("the model answers");
        Some(read.concat())
    }
}
