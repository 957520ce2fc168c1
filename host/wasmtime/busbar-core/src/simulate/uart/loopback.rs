use crate::models::{UartForm, UartModelPart};
use crate::simulate::parameters::{Complaint, check_known};
use serde_json::{Map, Value};
use std::collections::VecDeque;

/// A wire from TX to RX: what is sent is received. For trying a port without a part.
#[derive(Default)]
struct Loopback {
    /// When each has come, in milliseconds.
    bytes: VecDeque<(u8, f64)>,
}

impl UartModelPart for Loopback {
    fn form(&mut self) -> Option<UartForm> {
        None
    }

    fn next_ms(&mut self) -> Option<f64> {
        self.bytes.front().map(|(_, at_ms)| *at_ms)
    }

    fn send(&mut self) -> Vec<u8> {
        self.bytes.pop_front().map(|(byte, _)| byte).into_iter().collect()
    }

    fn receive(&mut self, byte: u8, at_ms: f64) {
        self.bytes.push_back((byte, at_ms));
    }

    fn picture(&mut self) -> Option<String> {
        None
    }
}

/// The model "loopback" of the board file, from its parameters.
pub(in crate::simulate) fn uart_loopback(parameters: &Map<String, Value>) -> Result<Box<dyn UartModelPart>, Complaint> {
    check_known(parameters, &[], "")?;
    Ok(Box::new(Loopback::default()))
}
