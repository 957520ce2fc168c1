use super::target::SpiTarget;
use crate::simulate::parameters::{Complaint, check_known};
use serde_json::{Map, Value};

/// A wire from MOSI to MISO: what is sent is received at the same time. For trying a bus without a chip.
struct Loopback;

impl SpiTarget for Loopback {
    fn select(&mut self) {}

    fn transfer(&mut self, received: u8) -> u8 {
        received
    }

    fn release(&mut self) {}
}

/// The model "spi-loopback" of the board file, from its parameters.
pub(in crate::simulate) fn loopback(parameters: &Map<String, Value>) -> Result<Box<dyn SpiTarget>, Complaint> {
    check_known(parameters, &[], "")?;
    Ok(Box::new(Loopback))
}
