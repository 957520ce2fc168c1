//! What every I2C backend must do, whatever is behind it: @busbar/contract's `i2cBackendContract`, case for case, for the
//! backends in Rust.

use busbar_core::bus::i2c::{I2cBus, I2cErrorCode, Operation};

/// A backend under test, with 256 registers that keep what is written at 0x50 and nothing at 0x51.
pub struct Contract<'a> {
    /// Opens the bus; called several times, each for a handle of its own.
    pub open: &'a dyn Fn() -> Box<dyn I2cBus>,
    /// The longest block in bytes; 32 for adapters that speak SMBus only.
    pub longest_block: u8,
    /// Whether it runs any transaction, or only those that SMBus has.
    pub any_transaction: bool,
}

/// Why a case is not kept.
pub type Failure = String;

type Case = fn(&Contract<'_>) -> Result<(), Failure>;

const ADDRESS: u16 = 0x50;
const EMPTY_ADDRESS: u16 = 0x51;

impl Contract<'_> {
    /// Runs every case that the backend has to keep, each under the name that it has in the other suite.
    pub fn run(&self) -> Vec<(&'static str, Result<(), Failure>)> {
        let mut cases: Vec<(&'static str, Case)> = vec![
            ("what is written is read back, one array for each read", written_is_read_back),
            ("the longest block arrives whole", longest_block_arrives_whole),
            ("results are the caller's own: a later transaction does not change them", results_are_the_callers),
            ("an address where nothing is does not acknowledge, and the next transaction works", nothing_is_there),
            ("an address of more than 7 bits is refused", long_address_is_refused),
            ("a closed handle leaves the other handles going on", closed_handle_leaves_others),
        ];
        cases.push(if self.any_transaction {
            ("several reads and writes are one transaction, results in order", several_operations)
        } else {
            ("what SMBus cannot express is refused, and never split", never_split)
        });
        cases.into_iter().map(|(name, case)| (name, case(self))).collect()
    }
}

fn written_is_read_back(contract: &Contract<'_>) -> Result<(), Failure> {
    let mut bus = (contract.open)();
    is(transact(&mut bus, &[write(&[0x10, 0xab])]), Ok(vec![]))?;
    is(transact(&mut bus, &[write(&[0x10]), Operation::Read(1)]), Ok(vec![vec![0xab]]))
}

fn longest_block_arrives_whole(contract: &Contract<'_>) -> Result<(), Failure> {
    let mut bus = (contract.open)();
    let block: Vec<u8> = (0..contract.longest_block).map(|index| index.wrapping_mul(7).wrapping_add(1)).collect();
    for (index, value) in (0..).zip(&block) {
        is(transact(&mut bus, &[write(&[index, *value])]), Ok(vec![]))?;
    }
    is(transact(&mut bus, &[write(&[0]), Operation::Read(block.len())]), Ok(vec![block]))
}

fn results_are_the_callers(contract: &Contract<'_>) -> Result<(), Failure> {
    let mut bus = (contract.open)();
    let read = [write(&[0x20]), Operation::Read(1)];
    is(transact(&mut bus, &[write(&[0x20, 1])]), Ok(vec![]))?;
    let before = transact(&mut bus, &read);
    is(transact(&mut bus, &[write(&[0x20, 2])]), Ok(vec![]))?;
    is(transact(&mut bus, &read), Ok(vec![vec![2]]))?;
    is(before, Ok(vec![vec![1]]))
}

fn nothing_is_there(contract: &Contract<'_>) -> Result<(), Failure> {
    let mut bus = (contract.open)();
    match bus.transaction(EMPTY_ADDRESS, &[write(&[0]), Operation::Read(1)]).map_err(|error| error.code) {
        Err(I2cErrorCode::NoAcknowledge(_)) => {}
        other => return Err(format!("expected no acknowledge, not {other:?}")),
    }
    is(transact(&mut bus, &[write(&[0x30, 3])]), Ok(vec![]))?;
    is(transact(&mut bus, &[write(&[0x30]), Operation::Read(1)]), Ok(vec![vec![3]]))
}

fn long_address_is_refused(contract: &Contract<'_>) -> Result<(), Failure> {
    let result = (contract.open)().transaction(0x80 | ADDRESS, &[write(&[0]), Operation::Read(1)]);
    is(result.map_err(|error| error.code), Err(I2cErrorCode::Other))
}

fn closed_handle_leaves_others(contract: &Contract<'_>) -> Result<(), Failure> {
    let mut bus = (contract.open)();
    let mut other = (contract.open)();
    is(transact(&mut other, &[write(&[0x30, 5])]), Ok(vec![]))?;
    drop(other);
    is(transact(&mut bus, &[write(&[0x30]), Operation::Read(1)]), Ok(vec![vec![5]]))
}

fn several_operations(contract: &Contract<'_>) -> Result<(), Failure> {
    let mut bus = (contract.open)();
    is(transact(&mut bus, &[write(&[0x40, 4, 5, 6])]), Ok(vec![]))?;
    let several = [write(&[0x40]), Operation::Read(2), write(&[0x42]), Operation::Read(1)];
    is(transact(&mut bus, &several), Ok(vec![vec![4, 5], vec![6]]))
}

fn never_split(contract: &Contract<'_>) -> Result<(), Failure> {
    let mut bus = (contract.open)();
    is(transact(&mut bus, &[write(&[0x40, 4])]), Ok(vec![]))?;
    let several = [write(&[0x40, 9]), write(&[0x40]), Operation::Read(1)];
    is(transact(&mut bus, &several).map_err(|error| error.code), Err(I2cErrorCode::Other))?;
    is(transact(&mut bus, &[write(&[0x40]), Operation::Read(1)]), Ok(vec![vec![4]]))
}

fn transact(
    bus: &mut Box<dyn I2cBus>,
    operations: &[Operation],
) -> Result<Vec<Vec<u8>>, busbar_core::bus::i2c::I2cError> {
    bus.transaction(ADDRESS, operations)
}

fn write(data: &[u8]) -> Operation {
    Operation::Write(data.to_vec())
}

fn is<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<(), Failure> {
    if found == expected { Ok(()) } else { Err(format!("expected {expected:?}, not {found:?}")) }
}
