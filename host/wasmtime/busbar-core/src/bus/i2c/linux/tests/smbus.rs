use super::machine::{FakeMachine, INDOOR, STUB_SMBUS};
use crate::bus::BusName;
use crate::bus::i2c::linux::constants::{I2C_FUNC_SMBUS_READ_I2C_BLOCK, I2C_FUNC_SMBUS_WRITE_I2C_BLOCK};
use crate::bus::i2c::{I2cBackend, I2cBus, I2cErrorCode, NoAcknowledge, Operation};

fn write(data: &[u8]) -> Operation {
    Operation::Write(data.to_vec())
}

/// A machine with an SMBus-only adapter 3 and a target at 0x76 that reads as 1, 2, 3 without an end.
fn machine(functionality: u32) -> (FakeMachine, Box<dyn I2cBus>) {
    let machine = FakeMachine::empty();
    machine.state().add_adapter(3, "SMBus stub driver", functionality).targets.insert(0x76, Ok((1..=32).collect()));
    let bus = machine.backend().open(&BusName::Number(3), &INDOOR).expect("it opens").expect("it is there");
    (machine, bus)
}

#[test]
fn each_transaction_is_one_operation() {
    let block: Vec<u8> = (1..=32).collect();
    for (operations, call, results) in [
        (vec![write(&[0xe0])], "rw=0 command=224 size=1 00000000", vec![]),
        (vec![Operation::Read(1)], "rw=1 command=0 size=1", vec![vec![1]]),
        (vec![write(&[0xd0]), Operation::Read(1)], "rw=1 command=208 size=2", vec![vec![1]]),
        (vec![write(&[0x88]), Operation::Read(4)], "rw=1 command=136 size=8", vec![vec![1, 2, 3, 4]]),
        (vec![write(&[0x88]), Operation::Read(32)], "rw=1 command=136 size=8", vec![block]),
        (vec![write(&[0xf4, 0x25])], "rw=0 command=244 size=2 25000000", vec![]),
        (vec![write(&[0xf2, 1, 0xf4, 0x25])], "rw=0 command=242 size=8 0301f425", vec![]),
    ] {
        let (machine, mut bus) = machine(STUB_SMBUS);
        assert_eq!(bus.transaction(0x76, &operations), Ok(results));
        assert_eq!(machine.wire(3), [format!("smbus@76 {call}")]);
    }
}

#[test]
fn words_have_their_low_byte_first() {
    let no_blocks = STUB_SMBUS & !(I2C_FUNC_SMBUS_READ_I2C_BLOCK | I2C_FUNC_SMBUS_WRITE_I2C_BLOCK);
    let (machine, mut bus) = machine(no_blocks);
    assert_eq!(bus.transaction(0x76, &[write(&[0x88]), Operation::Read(2)]), Ok(vec![vec![1, 2]]));
    assert_eq!(bus.transaction(0x76, &[write(&[0x10, 0x34, 0x12])]), Ok(vec![]));
    let word = if cfg!(target_endian = "little") { "34120000" } else { "12340000" };
    assert_eq!(
        machine.wire(3),
        ["smbus@76 rw=1 command=136 size=3".to_owned(), format!("smbus@76 rw=0 command=16 size=3 {word}")]
    );
}

#[test]
fn what_smbus_cannot_express_is_refused_and_nothing_is_sent() {
    let (machine, mut bus) = machine(STUB_SMBUS);
    let error = bus.transaction(0x76, &[write(&[0x88]), Operation::Read(33)]).expect_err("no SMBus block is so long");
    assert_eq!(error.code, I2cErrorCode::Other);
    assert_eq!(
        error.message,
        "/dev/i2c-3, address 0x76: unsupported: this adapter knows SMBus only, which reads 32 bytes at most"
    );
    machine.state().bind(3, 0x76, "bmp280");
    let error = bus.transaction(0x76, &[Operation::Read(1)]).expect_err("the kernel has it");
    assert!(error.message.contains("the kernel driver bmp280 uses this address"), "{error}");
    assert_eq!(machine.wire(3), Vec::<String>::new());
}

#[test]
fn an_errno_becomes_the_guests_error() {
    let (_machine, mut bus) = machine(STUB_SMBUS);
    let error = bus.transaction(0x77, &[Operation::Read(1)]).expect_err("nothing is there");
    assert_eq!(error.code, I2cErrorCode::NoAcknowledge(NoAcknowledge::Address));
}

#[test]
fn a_block_of_another_length_is_an_error() {
    for length in [0, 7, 40, 255] {
        let (machine, mut bus) = machine(STUB_SMBUS);
        machine.state().adapter(3).block_length = Some(length);
        let error = bus.transaction(0x76, &[write(&[0xf7]), Operation::Read(8)]).expect_err("8 were asked for");
        assert_eq!(error.message, format!("/dev/i2c-3, address 0x76: the adapter read {length} of 8 bytes"));
    }
}
