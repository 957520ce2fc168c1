use super::machine::FakeMachine;
use crate::bus::i2c::linux::diagnose::diagnose;
use crate::bus::linux::tests::FakeFile;

/// What is wrong, by id, with the line that mends it.
fn faults(machine: &FakeMachine) -> Vec<(String, String)> {
    let wrong = diagnose(machine).into_iter();
    wrong.filter_map(|finding| finding.verdict.err().map(|fix| (finding.id, fix.unwrap_or_default()))).collect()
}

fn one(id: &str, fix: &str) -> Vec<(String, String)> {
    vec![(id.to_owned(), fix.to_owned())]
}

#[test]
fn a_machine_where_everything_is_right() {
    let machine = FakeMachine::new();
    let findings = diagnose(&machine);
    let shown: Vec<_> = findings.iter().map(|finding| (finding.id.as_str(), finding.what.as_str())).collect();
    assert_eq!(
        shown,
        [
            ("linux", "This is Linux."),
            ("i2c-adapter", "The kernel knows i2c-1 (bcm2835 (i2c@7e804000))."),
            ("i2c-dev", "The kernel module i2c-dev is loaded."),
            ("/dev/i2c-1", "This user may use /dev/i2c-1."),
        ]
    );
    assert_eq!(faults(&machine), []);
    assert_eq!(machine.wire(1), Vec::<String>::new());
}

#[test]
fn no_adapter_is_a_driver_to_load_or_a_switch() {
    let machine = FakeMachine::empty();
    assert_eq!(
        faults(&machine),
        one(
            "i2c-adapter",
            "plug in a USB adapter, or load the driver of the built-in one (on most PCs: sudo modprobe i2c-i801)"
        )
    );
    machine.state().file("/proc/device-tree/model").text = "Raspberry Pi 5 Model B Rev 1.0\0".to_owned();
    assert_eq!(faults(&machine), one("i2c-adapter", "sudo raspi-config nonint do_i2c 0"));
    assert_eq!(diagnose(&machine)[1].what, "I2C is switched off on this Raspberry Pi.");
}

#[test]
fn a_missing_module_is_told_once() {
    let machine = FakeMachine::empty();
    machine.state().file("/sys/bus/i2c/devices/i2c-0/name").text = "SMBus I801 adapter at efa0\n".to_owned();
    machine.state().file("/sys/bus/i2c/devices/i2c-1/name");
    let fix = "sudo modprobe i2c-dev && echo i2c-dev | sudo tee /etc/modules-load.d/i2c-dev.conf";
    assert_eq!(faults(&machine), one("i2c-dev", fix));
}

#[test]
fn a_device_file_that_a_container_was_not_given_and_one_that_may_not_be_used() {
    let machine = FakeMachine::new();
    machine.state().tree.remove("/dev/i2c-1");
    machine.state().file("/run/.containerenv");
    assert_eq!(faults(&machine), one("/dev/i2c-1", "start it with --device /dev/i2c-1"));
    let unusable = FakeFile { mode: 0o660, group: 998, unusable: true, ..FakeFile::default() };
    machine.state().tree.insert("/dev/i2c-1".to_owned(), unusable);
    machine.state().file("/etc/group").text = "i2c:x:998:\n".to_owned();
    assert_eq!(faults(&machine), one("/dev/i2c-1", "sudo usermod -aG i2c $USER  # then log in again"));
}
