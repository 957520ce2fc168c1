use super::machine::{FakeMachine, INDOOR};
use crate::bus::BusName;
use crate::bus::i2c::{I2cBackend, I2cBus, I2cError, I2cErrorCode, NoAcknowledge, Operation};

fn write(data: &[u8]) -> Operation {
    Operation::Write(data.to_vec())
}

fn open(machine: &FakeMachine) -> Box<dyn I2cBus> {
    machine.backend().open(&BusName::Number(1), &INDOOR).expect("it opens").expect("it is there")
}

/// The error of a transaction that must fail.
fn fault(machine: &FakeMachine, address: u16, operations: &[Operation]) -> I2cError {
    open(machine).transaction(address, operations).expect_err("it must fail")
}

#[test]
fn a_transaction_is_one_call_with_all_its_operations() {
    let machine = FakeMachine::new();
    let operations = [write(&[0xf7]), Operation::Read(3), write(&[0xf4, 0x25]), Operation::Read(1)];
    assert_eq!(open(&machine).transaction(0x76, &operations), Ok(vec![vec![0xde, 0xad, 0xde], vec![0xde]]));
    assert_eq!(open(&machine).transaction(0x76, &[write(&[0xe0, 0xb6])]), Ok(vec![]));
    assert_eq!(machine.wire(1), ["w1@76:f7 r3@76 w2@76:f425 r1@76", "w2@76:e0b6"]);
}

#[test]
fn the_largest_transaction_goes_through_and_one_more_of_each_does_not() {
    let machine = FakeMachine::new();
    let largest = vec![Operation::Read(8192); 42];
    assert_eq!(open(&machine).transaction(0x76, &largest).map(|results| results.len()), Ok(42));
    assert_eq!(
        fault(&machine, 0x76, &vec![Operation::Read(1); 43]).message,
        "/dev/i2c-1, address 0x76: Linux takes 42 operations a transaction at most, not 43"
    );
    for operation in [Operation::Read(8193), write(&[0; 8193])] {
        assert_eq!(
            fault(&machine, 0x76, &[write(&[0]), operation]).message,
            "/dev/i2c-1, address 0x76: Linux takes 8192 bytes an operation at most, not 8193"
        );
    }
    assert_eq!(machine.wire(1).len(), 1);
}

#[test]
fn what_no_bus_can_carry_is_refused_before_the_bus_is_touched() {
    let machine = FakeMachine::new();
    for (address, operations, reason) in [
        (0x76, vec![], "address 0x76: a transaction needs at least one operation"),
        (0x76, vec![write(&[1]), Operation::Read(0)], "address 0x76: a read needs at least one byte"),
        (0x76, vec![write(&[])], "address 0x76: a write needs at least one byte"),
        (0x80, vec![Operation::Read(1)], "address 0x80: only 7-bit addresses, 0x00 to 0x7f, are supported"),
    ] {
        let error = fault(&machine, address, &operations);
        assert_eq!((error.code, error.message), (I2cErrorCode::Other, format!("/dev/i2c-1, {reason}")));
    }
    assert_eq!(machine.wire(1), Vec::<String>::new());
}

#[test]
fn an_errno_becomes_the_guests_error_and_the_next_transaction_works() {
    let machine = FakeMachine::new();
    machine.state().adapter(1).targets.insert(0x20, Err(libc::ETIMEDOUT));
    let mut bus = open(&machine);
    let mut code = |address| bus.transaction(address, &[Operation::Read(1)]).map_err(|error| error.code);
    assert_eq!(code(0x77), Err(I2cErrorCode::NoAcknowledge(NoAcknowledge::Address)));
    assert_eq!(code(0x20), Err(I2cErrorCode::Bus));
    assert_eq!(code(0x76), Ok(vec![vec![0xde]]));
}

#[test]
fn fewer_messages_than_asked_for_are_an_error_not_short_data() {
    let machine = FakeMachine::new();
    machine.state().adapter(1).transferred = Some(1);
    assert_eq!(
        fault(&machine, 0x76, &[write(&[0xf7]), Operation::Read(8)]).message,
        "/dev/i2c-1, address 0x76: only 1 of 2 operations were carried out"
    );
}

#[test]
fn an_address_that_a_kernel_driver_holds_is_not_touched() {
    let machine = FakeMachine::new();
    machine.state().bind(1, 0x76, "bmp280");
    let error = fault(&machine, 0x76, &[Operation::Read(1)]);
    assert_eq!(error.code, I2cErrorCode::Other);
    assert_eq!(
        error.message,
        "/dev/i2c-1, address 0x76: the kernel driver bmp280 uses this address; \
         release it with: echo 1-0076 | sudo tee /sys/bus/i2c/drivers/bmp280/unbind"
    );
    // Behind a multiplexer it has no name on this bus, but is respected.
    machine.state().tree.remove("/sys/bus/i2c/devices/1-0076/driver");
    assert_eq!(
        fault(&machine, 0x76, &[Operation::Read(1)]).message,
        "/dev/i2c-1, address 0x76: a kernel driver uses this address; unbind it first, see /sys/bus/i2c/drivers"
    );
    assert_eq!(machine.wire(1), Vec::<String>::new());
}
