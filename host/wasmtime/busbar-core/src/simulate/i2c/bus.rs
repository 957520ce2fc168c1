use super::faults::{FaultKind, KINDS};
use super::target::{Direction, Target};
use crate::bus::i2c::{I2cError, I2cErrorCode, NoAcknowledge, Operation};
use crate::models::ModelTarget;
use crate::simulate::faults::{Fault, striking};
use crate::simulate::parameters::{Complaint, hex_byte};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The largest 7-bit address.
const LAST_ADDRESS: u16 = 0x7f;

/// An I2C bus in this process, with any number of simulated targets. A transaction runs at once and takes no time.
#[derive(Default)]
pub(in crate::simulate) struct SimulatedBus {
    targets: HashMap<u16, Seat>,
    /// In the order of the board file, each with the address whose transactions it counts and strikes.
    faults: Vec<(u16, Fault<FaultKind>)>,
}

/// What sits at an address.
pub(in crate::simulate) enum Seat {
    /// A target of this host's, byte by byte, with the bus's own faults.
    Wired(Box<dyn Target>),
    /// A model that answers whole transactions, its faults among them.
    Model(Box<dyn ModelTarget>),
}

impl SimulatedBus {
    /// Wires a target to the bus.
    pub(in crate::simulate) fn attach(&mut self, address: u16, target: Seat) -> Result<(), Complaint> {
        if address > LAST_ADDRESS {
            return Err(format!("{address} is not a 7-bit address."));
        }
        if self.targets.contains_key(&address) {
            let address = hex_byte(address);
            return Err(format!("Something sits at {address} of this bus already; choose another address."));
        }
        self.targets.insert(address, target);
        Ok(())
    }

    /// Makes transactions of an address fail as the parameters of its entry say. Where several faults strike one, the first wins.
    pub(in crate::simulate) fn inject(
        &mut self,
        address: u16,
        parameters: &Map<String, Value>,
    ) -> Result<(), Complaint> {
        self.faults.extend(Fault::list_from(parameters, &KINDS)?.into_iter().map(|fault| (address, fault)));
        Ok(())
    }

    /// Runs one whole transaction.
    pub(in crate::simulate) fn transaction(
        &mut self,
        address: u16,
        operations: &[Operation],
    ) -> Result<Vec<Vec<u8>>, I2cError> {
        // As a Linux adapter does: 10-bit addressing is another protocol, not a larger number.
        if address > LAST_ADDRESS {
            return Err(I2cError::new(I2cErrorCode::Other, format!("{address} is not a 7-bit address.")));
        }
        let fault = striking(&mut self.faults, address);
        if let Some(Fault { kind: FaultKind::Error { code, at_address: true }, name, .. }) = fault {
            return Err(injected(*code, name));
        }
        match self.targets.get_mut(&address).ok_or_else(|| nothing_at(address))? {
            Seat::Wired(target) => {
                let result = run(target.as_mut(), fault, address, operations);
                target.stop();
                result
            }
            Seat::Model(model) => model.transaction(operations).map_err(|code| model_error(code, address)),
        }
    }
}

/// All operations of a transaction, up to the first that fails.
fn run(
    target: &mut dyn Target,
    mut fault: Option<&mut Fault<FaultKind>>,
    address: u16,
    operations: &[Operation],
) -> Result<Vec<Vec<u8>>, I2cError> {
    let mut results = Vec::new();
    for operation in operations {
        let direction = match operation {
            Operation::Read(_) => Direction::Read,
            Operation::Write(_) => Direction::Write,
        };
        if !target.start(direction) {
            return Err(nothing_at(address));
        }
        if let Some(Fault { kind: FaultKind::Error { code, .. }, name, .. }) = fault {
            return Err(injected(*code, name));
        }
        match operation {
            Operation::Read(length) => results.push(read(target, fault.as_deref_mut(), *length)),
            Operation::Write(data) => write(target, fault.as_deref(), address, data)?,
        }
    }
    Ok(results)
}

fn write(target: &mut dyn Target, fault: Option<&Fault<FaultKind>>, address: u16, data: &[u8]) -> Result<(), I2cError> {
    let is_short = fault.is_some_and(|fault| fault.kind == FaultKind::Short) && data.len() > 1;
    let accepted = if is_short { data.len() / 2 } else { data.len() };
    for (index, byte) in data.iter().enumerate() {
        if index == accepted || !target.write(*byte) {
            let (address, position, count) = (hex_byte(address), index + 1, data.len());
            return Err(I2cError::new(
                I2cErrorCode::NoAcknowledge(NoAcknowledge::Data),
                format!("{address} did not acknowledge byte {position} of {count}."),
            ));
        }
    }
    Ok(())
}

fn read(target: &mut dyn Target, fault: Option<&mut Fault<FaultKind>>, length: usize) -> Vec<u8> {
    let kind = fault.as_ref().map(|fault| fault.kind);
    let driven = if kind == Some(FaultKind::Short) { length / 2 } else { length };
    let mut data: Vec<u8> = (0..driven).map(|_| target.read()).collect();
    data.resize(length, 0xff);
    if let Some(fault) = fault.filter(|fault| fault.kind == FaultKind::Garbage) {
        data.fill_with(|| fault.garbage());
    }
    data
}

/// A model says which error it is, and no more.
fn model_error(code: I2cErrorCode, address: u16) -> I2cError {
    match code {
        I2cErrorCode::NoAcknowledge(NoAcknowledge::Address) => nothing_at(address),
        _ => I2cError::new(code, format!("The simulated target at {} failed.", hex_byte(address))),
    }
}

fn nothing_at(address: u16) -> I2cError {
    let code = I2cErrorCode::NoAcknowledge(NoAcknowledge::Address);
    I2cError::new(code, format!("Nothing acknowledges at {}.", hex_byte(address)))
}

fn injected(code: I2cErrorCode, name: &str) -> I2cError {
    I2cError::new(code, format!("An injected fault: {name}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// Writes down what it sees; reads count up from 1.
    #[derive(Clone)]
    struct Recorder {
        events: Arc<Mutex<Vec<String>>>,
        accepted: usize,
        is_awake: bool,
        reads: u8,
    }

    impl Recorder {
        fn new() -> Self {
            Self { events: Arc::default(), accepted: usize::MAX, is_awake: true, reads: 0 }
        }

        fn note(&self, event: String) {
            self.events.lock().expect("no test panics with it").push(event);
        }
    }

    impl Target for Recorder {
        fn start(&mut self, direction: Direction) -> bool {
            self.note(format!("start {direction:?}"));
            self.is_awake
        }

        fn write(&mut self, byte: u8) -> bool {
            self.note(format!("write {byte}"));
            let is_accepted = self.accepted > 0;
            self.accepted = self.accepted.saturating_sub(1);
            is_accepted
        }

        fn read(&mut self) -> u8 {
            self.reads += 1;
            self.reads
        }

        fn stop(&mut self) {
            self.note("stop".to_owned());
        }
    }

    /// What a transaction gives, and what the target saw of it.
    fn seen(recorder: Recorder, operations: &[Operation]) -> (Result<Vec<Vec<u8>>, I2cErrorCode>, Vec<String>) {
        let events = recorder.events.clone();
        let mut bus = SimulatedBus::default();
        bus.attach(0x40, Seat::Wired(Box::new(recorder))).expect("it is free");
        let result = bus.transaction(0x40, operations).map_err(|error| error.code);
        let events = events.lock().expect("no test panics with it").clone();
        (result, events)
    }

    #[test]
    fn operations_are_one_transaction_with_one_stop() {
        let operations = [Operation::Write(vec![7]), Operation::Read(2), Operation::Read(1)];
        let (result, events) = seen(Recorder::new(), &operations);
        assert_eq!(result, Ok(vec![vec![1, 2], vec![3]]));
        assert_eq!(events, ["start Write", "write 7", "start Read", "start Read", "stop"]);
    }

    #[test]
    fn a_byte_that_is_not_acknowledged_ends_it() {
        let operations = [Operation::Write(vec![1, 2, 3]), Operation::Read(1)];
        let (result, events) = seen(Recorder { accepted: 1, ..Recorder::new() }, &operations);
        assert_eq!(result, Err(I2cErrorCode::NoAcknowledge(NoAcknowledge::Data)));
        assert_eq!(events, ["start Write", "write 1", "write 2", "stop"]);
    }

    #[test]
    fn a_target_that_sleeps_does_not_acknowledge_its_address() {
        let (result, events) = seen(Recorder { is_awake: false, ..Recorder::new() }, &[Operation::Read(1)]);
        assert_eq!(result, Err(I2cErrorCode::NoAcknowledge(NoAcknowledge::Address)));
        assert_eq!(events, ["start Read", "stop"]);
    }
}
