use super::machine::{ADAPTER, FULL_I2C, FakeMachine, INDOOR, STUB_SMBUS};
use crate::bus::BusName;
use crate::bus::i2c::linux::LinuxI2c;
use crate::bus::i2c::linux::remedies::missing_bus;
use crate::bus::i2c::{I2cBackend, I2cBus, I2cErrorCode, I2cUser, Operation, i2c_bus_name};
use crate::bus::linux::tests::FakeFile;
use crate::error::{HostError, HostErrorCode};

fn open(backend: &LinuxI2c, bus: &str) -> Result<Option<Box<dyn I2cBus>>, HostError> {
    backend.open(&i2c_bus_name(bus), &INDOOR)
}

/// The sentence of a bus that must not open.
fn refusal(machine: &FakeMachine, bus: &str) -> String {
    let error = open(&machine.backend(), bus).err().expect("it must not open");
    assert_eq!(error.code, HostErrorCode::Backend);
    assert_eq!(machine.opened(), 0, "{error}");
    error.message
}

#[test]
fn a_bus_opens_under_each_of_its_names() {
    let machine = FakeMachine::new();
    for name in ["1", "i2c-1", "/dev/i2c-1", ADAPTER] {
        let mut bus = open(&machine.backend(), name).expect("it opens").expect(name);
        assert_eq!(bus.transaction(0x76, &[Operation::Read(1)]), Ok(vec![vec![0xde]]));
        assert_eq!(machine.opened(), 1);
    }
    assert_eq!(machine.opened(), 0);
}

#[test]
fn other_names_are_no_bus_of_this_machine() {
    let machine = FakeMachine::new();
    for name in ["7", "i2c-7", "i2c-01", "i2c-1x", "sim", ""] {
        assert!(open(&machine.backend(), name).is_ok_and(|bus| bus.is_none()), "{name}");
    }
}

#[test]
fn a_name_that_two_adapters_have_is_refused_with_the_numbers() {
    let machine = FakeMachine::new();
    machine.state().add_adapter(4, ADAPTER, 1);
    assert_eq!(
        refusal(&machine, ADAPTER),
        "Several I2C adapters are called \"bcm2835 (i2c@7e804000)\": write one of the numbers 1, 4 instead."
    );
}

#[test]
fn an_adapter_that_knows_smbus_only_gets_smbus_operations() {
    let machine = FakeMachine::new();
    machine.state().add_adapter(3, "SMBus stub driver", STUB_SMBUS).targets.insert(0x76, Ok(vec![0x60]));
    let mut bus = open(&machine.backend(), "3").expect("it opens").expect("it is there");
    assert_eq!(bus.transaction(0x76, &[Operation::Read(1)]), Ok(vec![vec![0x60]]));
    assert_eq!(machine.wire(3), ["smbus@76 rw=1 command=0 size=1"]);
}

#[test]
fn an_adapter_that_can_do_nothing_and_a_file_that_is_none_are_refused() {
    let machine = FakeMachine::new();
    machine.state().add_adapter(5, "slave only", 0x20);
    assert_eq!(
        refusal(&machine, "5"),
        "/dev/i2c-5 can neither run I2C messages nor SMBus operations; use another adapter."
    );
    machine.state().adapter(1).funcs_errno = Some(libc::ENOTTY);
    assert_eq!(refusal(&machine, "1"), "/dev/i2c-1 is not a usable I2C bus: asking what it can do failed with ENOTTY.");
}

#[test]
fn an_adapter_without_a_device_file_says_why() {
    let machine = FakeMachine::new();
    machine.state().tree.remove("/dev/i2c-1");
    machine.state().file("/.dockerenv");
    assert_eq!(
        refusal(&machine, "1"),
        "This container was not given /dev/i2c-1; mend it with: start it with --device /dev/i2c-1"
    );
    machine.state().tree.remove("/.dockerenv");
    assert_eq!(
        refusal(&machine, "1"),
        "/dev/i2c-1 was not made; mend it with: sudo udevadm trigger --subsystem-match=i2c-dev"
    );
    machine.state().tree.remove("/sys/class/i2c-dev/i2c-1/name");
    assert_eq!(
        refusal(&machine, "1"),
        "/dev/i2c-1 is missing because the kernel module i2c-dev is not loaded; mend it with: \
         sudo modprobe i2c-dev && echo i2c-dev | sudo tee /etc/modules-load.d/i2c-dev.conf"
    );
}

#[test]
fn no_permission_names_the_group_or_a_rule_where_there_is_none() {
    let machine = FakeMachine::new();
    machine.state().adapter(1).open_errno = Some(libc::EACCES);
    machine.state().file("/etc/group").text = "root:x:0:\ni2c:x:998:pi\n".to_owned();
    assert_eq!(
        refusal(&machine, "1"),
        "This user may not open /dev/i2c-1; mend it with: sudo usermod -aG i2c $USER  # then log in again"
    );
    let rule = "This user may not open /dev/i2c-1; mend it with: \
                sudo groupadd -f -r i2c && sudo usermod -aG i2c $USER && \
                echo 'SUBSYSTEM==\"i2c-dev\", GROUP=\"i2c\", MODE=\"0660\"' | sudo tee /etc/udev/rules.d/60-i2c.rules && \
                sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=i2c-dev  # then log in again";
    for (mode, group) in [(0o660, 0), (0o640, 998), (0o660, 997)] {
        machine.state().tree.insert("/dev/i2c-1".to_owned(), FakeFile { mode, group, ..FakeFile::default() });
        assert_eq!(refusal(&machine, "1"), rule);
    }
}

#[test]
fn an_errno_of_opening_says_what_to_do() {
    let machine = FakeMachine::new();
    for (errno, sentence) in [
        (
            libc::EPERM,
            "The system forbids this process to open /dev/i2c-1; mend it with: \
             find the security module that does, with: sudo dmesg | grep -i denied",
        ),
        (
            libc::ENXIO,
            "There is no adapter behind /dev/i2c-1; mend it with: \
             sudo modprobe i2c-dev && echo i2c-dev | sudo tee /etc/modules-load.d/i2c-dev.conf",
        ),
        (
            libc::ENODEV,
            "There is no adapter behind /dev/i2c-1; mend it with: \
             sudo modprobe i2c-dev && echo i2c-dev | sudo tee /etc/modules-load.d/i2c-dev.conf",
        ),
        (libc::EMFILE, "Too many files are open to open /dev/i2c-1; mend it with: ulimit -n 4096"),
        (libc::EIO, "Opening /dev/i2c-1 failed with EIO; the kernel log may say why: dmesg"),
    ] {
        machine.state().adapter(1).open_errno = Some(errno);
        assert_eq!(refusal(&machine, "1"), sentence);
    }
    machine.state().file("/run/.containerenv");
    machine.state().adapter(1).open_errno = Some(libc::EPERM);
    assert_eq!(
        refusal(&machine, "1"),
        "The system forbids this process to open /dev/i2c-1; mend it with: start the container with --device /dev/i2c-1"
    );
    // It has vanished between looking and opening.
    machine.state().adapter(1).open_errno = Some(libc::ENOENT);
    assert!(open(&machine.backend(), "1").is_ok_and(|bus| bus.is_none()));
}

#[test]
fn a_missing_bus_is_told_with_those_that_there_are_or_how_to_get_one() {
    let seven = BusName::Number(7);
    let machine = FakeMachine::new();
    machine.state().add_adapter(2, "", 1);
    assert_eq!(missing_bus(&seven, &machine), "There is no I2C bus 7; this machine has 1 (bcm2835 (i2c@7e804000)), 2.");
    let empty = FakeMachine::empty();
    assert_eq!(
        missing_bus(&i2c_bus_name("lcd"), &empty),
        "There is no I2C bus \"lcd\": the kernel knows no I2C adapter; mend it with: plug in a USB adapter, or load the \
         driver of the built-in one (on most PCs: sudo modprobe i2c-i801)"
    );
    empty.state().file("/proc/device-tree/model").text = "Raspberry Pi 4 Model B Rev 1.4\0".to_owned();
    assert_eq!(
        missing_bus(&seven, &empty),
        "There is no I2C bus 7: I2C is switched off on this Raspberry Pi; mend it with: \
         sudo raspi-config nonint do_i2c 0"
    );
}

#[test]
fn a_target_is_one_devices() {
    let machine = FakeMachine::new();
    let backend = LinuxI2c::of(machine.system(), Some("/srv/board.json".to_owned()));
    let first = open(&backend, "1").expect("it opens");
    let again = open(&backend, "i2c-1").expect("the same device may");
    let outdoor = I2cUser { device: "outdoor", addresses: &[0x75, 0x76] };
    let refused = |bus: &str| backend.open(&i2c_bus_name(bus), &outdoor).err().map(|error| error.message);
    let sentence = "outdoor: the target 0x76 of /dev/i2c-1 is used by \"indoor\" of this process (/srv/board.json); end that first.";
    assert_eq!(refused(ADAPTER).as_deref(), Some(sentence));
    drop(first);
    assert_eq!(refused("1").as_deref(), Some(sentence));
    drop(again);
    assert_eq!(refused("1"), None);
    // 0x75 was given up where 0x76 could not be had.
    let other = I2cUser { device: "other", addresses: &[0x75] };
    assert!(backend.open(&BusName::Number(1), &other).is_ok());
}

#[test]
fn a_bus_that_cannot_be_opened_keeps_no_target() {
    let machine = FakeMachine::new();
    machine.state().adapter(1).open_errno = Some(libc::EACCES);
    refusal(&machine, "1");
    machine.state().adapter(1).open_errno = None;
    let outdoor = I2cUser { device: "outdoor", addresses: &[0x76] };
    assert!(machine.backend().open(&BusName::Number(1), &outdoor).is_ok());
}

#[test]
fn an_adapter_that_is_pulled_out_is_let_go_of_and_found_when_it_is_back() {
    // By its name it is found under another number, too.
    for (name, number) in [("1", 1), (ADAPTER, 4)] {
        let machine = FakeMachine::new();
        let mut bus = open(&machine.backend(), name).expect("it opens").expect("it is there");
        machine.state().pull_out(1);
        assert_eq!(machine.opened(), 1, "nobody has asked yet");
        let failed = bus.transaction(0x76, &[Operation::Read(1)]).expect_err("it is gone");
        assert_eq!(failed.code, I2cErrorCode::Bus);
        assert_eq!(machine.opened(), 0, "the kernel waits for this");
        assert_eq!(
            bus.transaction(0x76, &[Operation::Read(1)]).expect_err("it is gone still").message,
            "/dev/i2c-1, address 0x76: there is no device at the address, or the adapter itself is gone; check that both are \
             plugged in (ENODEV)"
        );
        machine.state().add_adapter(number, ADAPTER, FULL_I2C).targets.insert(0x76, Ok(vec![0xbe]));
        assert_eq!(bus.transaction(0x76, &[Operation::Read(1)]), Ok(vec![vec![0xbe]]));
        assert_eq!(machine.opened(), 1);
        drop(bus);
        assert_eq!(machine.opened(), 0);
    }
}

#[test]
fn an_adapter_that_was_pulled_out_and_put_back_before_anybody_looked_is_found_again() {
    let machine = FakeMachine::new();
    let mut bus = open(&machine.backend(), "1").expect("it opens").expect("it is there");
    machine.state().pull_out(1);
    machine.state().add_adapter(1, ADAPTER, FULL_I2C);
    assert!(bus.transaction(0x76, &[Operation::Read(1)]).is_err());
    assert_eq!(machine.opened(), 0);
    machine.state().adapter(1).targets.insert(0x76, Ok(vec![0xbe]));
    assert_eq!(bus.transaction(0x76, &[Operation::Read(1)]), Ok(vec![vec![0xbe]]));
    assert_eq!(machine.opened(), 1);
}

#[test]
fn a_target_that_fails_is_no_adapter_that_is_gone() {
    let machine = FakeMachine::new();
    let mut bus = open(&machine.backend(), "1").expect("it opens").expect("it is there");
    machine.state().adapter(1).targets.insert(0x76, Err(libc::ENXIO));
    assert!(bus.transaction(0x76, &[Operation::Read(1)]).is_err());
    assert_eq!(machine.opened(), 1);
}

#[test]
fn a_target_that_somebody_took_meanwhile_is_refused_by_name() {
    let machine = FakeMachine::new();
    let mut bus = open(&machine.backend(), "1").expect("it opens").expect("it is there");
    machine.state().pull_out(1);
    assert!(bus.transaction(0x76, &[Operation::Read(1)]).is_err());
    machine.state().add_adapter(1, ADAPTER, FULL_I2C);
    let other = I2cUser { device: "other", ..INDOOR };
    let _other = machine.backend().open(&i2c_bus_name("1"), &other).expect("it is free").expect("it is there");
    let refused = bus.transaction(0x76, &[Operation::Read(1)]).expect_err("it is taken");
    assert!(refused.message.starts_with("indoor: the target 0x76 of /dev/i2c-1 is used by "), "{}", refused.message);
}
