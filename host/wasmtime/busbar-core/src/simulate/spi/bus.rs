use super::faults::{FaultKind, KINDS};
use super::target::SpiTarget;
use crate::bus::spi::{BitOrder, Operation, SpiError, SpiErrorCode, SpiGrant};
use crate::models::SpiModelTarget;
use crate::simulate::faults::{Fault, striking};
use crate::simulate::parameters::Complaint;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// What is received where nobody drives the line.
const IDLE: u8 = 0xff;
/// What is sent while only receiving, as Linux does.
const NOTHING_TO_SEND: u8 = 0x00;

/// An SPI bus in this process, with a target on each of some chip select lines. A transaction runs at once and takes no time.
#[derive(Default)]
pub(in crate::simulate) struct SimulatedSpiBus {
    targets: HashMap<u8, Seat>,
    /// In the order of the board file, each with the line whose transactions it counts and strikes.
    faults: Vec<(u8, Fault<FaultKind>)>,
}

/// What is on a line.
pub(in crate::simulate) enum Seat {
    /// A target of this host's, byte by byte, with the bus's own faults.
    Wired(Box<dyn SpiTarget>),
    /// A model that answers whole transactions, its faults among them.
    Model(Box<dyn SpiModelTarget>),
}

impl SimulatedSpiBus {
    /// Wires a target to a chip select line.
    pub(in crate::simulate) fn attach(&mut self, chip_select: u8, target: Seat) -> Result<(), Complaint> {
        if self.has(chip_select) {
            return Err(format!("Something is on chip select {chip_select} of this bus already; choose another line."));
        }
        self.targets.insert(chip_select, target);
        Ok(())
    }

    /// Makes transactions on a line fail as the parameters of its entry say. Where several faults strike one, the first wins.
    pub(in crate::simulate) fn inject(
        &mut self,
        chip_select: u8,
        parameters: &Map<String, Value>,
    ) -> Result<(), Complaint> {
        self.faults.extend(Fault::list_from(parameters, &KINDS)?.into_iter().map(|fault| (chip_select, fault)));
        Ok(())
    }

    /// Whether something is on a line.
    pub(in crate::simulate) fn has(&self, chip_select: u8) -> bool {
        self.targets.contains_key(&chip_select)
    }

    /// Runs one whole transaction.
    pub(in crate::simulate) fn transaction(
        &mut self,
        wiring: &SpiGrant,
        operations: &[Operation],
    ) -> Result<Vec<Vec<u8>>, SpiError> {
        let fault = striking(&mut self.faults, wiring.chip_select);
        if let Some(Fault { kind: FaultKind::Error(code @ SpiErrorCode::ChipSelectFault), name, .. }) = fault {
            return Err(injected(*code, name));
        }
        match self.targets.get_mut(&wiring.chip_select) {
            // Nobody drives the line, and nothing says so.
            None => Ok(operations.iter().filter_map(Operation::received).map(|length| vec![IDLE; length]).collect()),
            Some(Seat::Model(model)) => model.transaction(wiring, operations),
            Some(Seat::Wired(target)) => {
                target.select();
                let result = run(target.as_mut(), fault, wiring.bit_order, operations);
                target.release();
                result
            }
        }
    }
}

/// All operations of a transaction.
fn run(
    target: &mut dyn SpiTarget,
    mut fault: Option<&mut Fault<FaultKind>>,
    bit_order: BitOrder,
    operations: &[Operation],
) -> Result<Vec<Vec<u8>>, SpiError> {
    if let Some(Fault { kind: FaultKind::Error(code), name, .. }) = fault {
        return Err(injected(*code, name));
    }
    let mut results = Vec::new();
    for operation in operations {
        let nothing;
        let sent = match operation {
            // A transaction takes no time here.
            Operation::Delay(_) => continue,
            Operation::Write(data) | Operation::Transfer(data) => data,
            Operation::Read(length) => {
                nothing = vec![NOTHING_TO_SEND; *length];
                &nothing
            }
        };
        let received = exchange(target, fault.as_deref_mut(), bit_order, sent);
        if operation.received().is_some() {
            results.push(received);
        }
    }
    Ok(results)
}

/// The bytes of one operation, and what is received meanwhile.
fn exchange(
    target: &mut dyn SpiTarget,
    fault: Option<&mut Fault<FaultKind>>,
    bit_order: BitOrder,
    sent: &[u8],
) -> Vec<u8> {
    let order = |byte: u8| match bit_order {
        BitOrder::MsbFirst => byte,
        BitOrder::LsbFirst => byte.reverse_bits(),
    };
    let is_short = fault.as_ref().is_some_and(|fault| fault.kind == FaultKind::Short);
    let driven = if is_short { sent.len() / 2 } else { sent.len() };
    let mut received: Vec<u8> = sent[..driven].iter().map(|byte| order(target.transfer(order(*byte)))).collect();
    received.resize(sent.len(), IDLE);
    if let Some(fault) = fault.filter(|fault| fault.kind == FaultKind::Garbage) {
        received.fill_with(|| fault.garbage());
    }
    received
}

fn injected(code: SpiErrorCode, name: &str) -> SpiError {
    SpiError::new(code, format!("An injected fault: {name}."))
}
