use super::machine::{ADAPTER, FULL_I2C, FakeMachine, STUB_SMBUS};
use crate::bus::BusName;
use crate::bus::i2c::i2c_bus_name;
use crate::bus::i2c::linux::constants::{I2C_FUNC_SMBUS_QUICK, I2C_FUNC_SMBUS_READ_BYTE};
use crate::bus::i2c::linux::scan::{list, scan};
use crate::bus::i2c::linux::{BusKind, I2cAbility, I2cScan, I2cScanState};

fn scanned(machine: &FakeMachine) -> I2cScan {
    scan(&BusName::Number(1), &machine.system()).expect("it can be scanned")
}

fn refusal(machine: &FakeMachine, bus: &str) -> String {
    let error = scan(&i2c_bus_name(bus), &machine.system()).expect_err("it cannot be scanned");
    assert_eq!(machine.opened(), 0);
    error.message
}

fn addresses(scan: &I2cScan, is_wanted: impl Fn(&I2cScanState) -> bool) -> Vec<u16> {
    scan.entries.iter().filter(|(_, state)| is_wanted(state)).map(|(address, _)| *address).collect()
}

#[test]
fn a_scan_finds_what_acknowledges() {
    let machine = FakeMachine::new();
    for address in [0x07, 0x08, 0x50, 0x77, 0x78] {
        machine.state().adapter(1).targets.insert(address, Ok(vec![0]));
    }
    let scan = scanned(&machine);
    assert_eq!((scan.adapter.number, scan.adapter.name.as_str()), (1, ADAPTER));
    assert_eq!(addresses(&scan, |_| true), (0x08..=0x77).collect::<Vec<_>>());
    assert_eq!(addresses(&scan, |state| *state == I2cScanState::Acknowledges), [0x08, 0x50, 0x76, 0x77]);
    assert_eq!(addresses(&scan, |state| *state == I2cScanState::Absent { fault: None }).len(), 108);
    assert_eq!(machine.opened(), 0);
}

#[test]
fn what_may_be_an_eeprom_is_read_and_everything_else_gets_a_quick_write() {
    let machine = FakeMachine::new();
    scanned(&machine);
    let expected: Vec<String> = (0x08..=0x77)
        .map(|address: u16| match address {
            0x30..=0x37 | 0x50..=0x5f => format!("smbus@{address:02x} rw=1 command=0 size=1"),
            _ => format!("smbus@{address:02x} rw=0 command=0 size=0 00000000"),
        })
        .collect();
    assert_eq!(machine.wire(1), expected);
}

#[test]
fn an_address_that_a_kernel_driver_holds_is_busy_and_not_probed() {
    let machine = FakeMachine::new();
    machine.state().bind(1, 0x76, "bmp280");
    machine.state().adapter(1).bound.insert(0x20);
    let busy: Vec<_> =
        scanned(&machine).entries.into_iter().filter(|(_, state)| matches!(state, I2cScanState::Busy { .. })).collect();
    let driver = Some("bmp280".to_owned());
    assert_eq!(busy, [(0x20, I2cScanState::Busy { driver: None }), (0x76, I2cScanState::Busy { driver })]);
    assert!(!machine.wire(1).concat().contains("@76"));
}

#[test]
fn an_operation_that_the_adapter_lacks_leaves_its_addresses_out() {
    let machine = FakeMachine::new();
    for (functionality, left_out) in [(I2C_FUNC_SMBUS_QUICK, 24), (I2C_FUNC_SMBUS_READ_BYTE, 88)] {
        machine.state().adapter(1).functionality = functionality;
        assert_eq!(addresses(&scanned(&machine), |state| *state == I2cScanState::NotProbed).len(), left_out);
    }
    machine.state().adapter(1).functionality = 1;
    assert_eq!(
        refusal(&machine, "1"),
        "/dev/i2c-1 cannot be scanned: its adapter has neither quick write nor receive byte."
    );
}

#[test]
fn a_fault_that_is_not_a_missing_acknowledge_is_told() {
    let machine = FakeMachine::new();
    machine.state().adapter(1).targets.insert(0x40, Err(libc::EIO));
    machine.state().adapter(1).targets.insert(0x41, Err(libc::EREMOTEIO));
    let scan = scanned(&machine);
    let faults =
        addresses(&scan, |state| matches!(state, I2cScanState::Absent { fault: Some(text) } if text.contains("EIO")));
    assert_eq!(faults, [0x40]);
}

#[test]
fn a_stuck_bus_ends_the_scan_and_a_slow_one_does_not() {
    let machine = FakeMachine::new();
    machine.state().probe_ms = 1000;
    assert_eq!(scanned(&machine).entries.len(), 112);
    let stuck = FakeMachine::new();
    stuck.state().probe_ms = 1000;
    for address in 0x08..=0x77 {
        stuck.state().adapter(1).targets.insert(address, Err(libc::ETIMEDOUT));
    }
    assert_eq!(
        refusal(&stuck, "1"),
        "/dev/i2c-1 seems stuck: probes keep timing out; check that SDA and SCL have pull-up resistors and that no device \
         holds them low."
    );
    assert_eq!(stuck.wire(1).len(), 11);
}

#[test]
fn a_bus_that_is_not_there_or_may_not_be_opened_is_an_error() {
    let machine = FakeMachine::new();
    assert_eq!(refusal(&machine, "7"), format!("There is no I2C bus 7; this machine has 1 ({ADAPTER})."));
    assert_eq!(refusal(&machine, "lcd"), format!("There is no I2C bus \"lcd\"; this machine has 1 ({ADAPTER})."));
    machine.state().adapter(1).open_errno = Some(libc::EACCES);
    assert!(refusal(&machine, "1").starts_with("This user may not open /dev/i2c-1; mend it with: "));
}

#[test]
fn the_list_has_every_bus_in_order_also_those_that_cannot_be_opened() {
    let machine = FakeMachine::new();
    machine.state().add_adapter(10, "SMBus stub driver", STUB_SMBUS);
    machine.state().add_adapter(2, "locked", 1).open_errno = Some(libc::EACCES);
    machine.state().add_adapter(11, "", 0x20);
    // Clients and ACPI names beside the adapters in sysfs are not buses.
    machine.state().file("/sys/bus/i2c/devices/1-0076/name");
    machine.state().file("/sys/bus/i2c/devices/i2c-PNP0C50:00/name");
    machine.state().file("/sys/bus/i2c/devices/i2c-012/name");
    let buses = list(&machine.system());
    let shown: Vec<_> =
        buses.iter().map(|bus| (bus.adapter.number, bus.path.as_str(), bus.ability.clone().ok())).collect();
    let ability = |functionality, kind| Some(I2cAbility { functionality, kind });
    assert_eq!(
        shown,
        [
            (1, "/dev/i2c-1", ability(FULL_I2C, Some(BusKind::I2c))),
            (2, "/dev/i2c-2", None),
            (10, "/dev/i2c-10", ability(STUB_SMBUS, Some(BusKind::Smbus))),
            (11, "/dev/i2c-11", ability(0x20, None)),
        ]
    );
    assert!(buses[1].ability.as_ref().is_err_and(|problem| problem.contains("/dev/i2c-2")));
    assert_eq!(machine.opened(), 0);
}
