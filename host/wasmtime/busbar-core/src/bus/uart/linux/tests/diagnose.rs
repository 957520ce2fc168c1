use super::machine::{FakeMachine, PATH};
use crate::bus::linux::tests::FakeFile;
use crate::bus::uart::linux::diagnose::{diagnose, diagnose_wired};

fn machine() -> FakeMachine {
    let machine = FakeMachine::new();
    let mut state = machine.state();
    for name in ["ttyUSB0", "ttyUSB10", "ttyS0", "ttyS1", "tty1"] {
        state.tree.insert(format!("/sys/class/tty/{name}/dev"), FakeFile::default());
        if name != "tty1" {
            let link = Some("../../../x".to_owned());
            state.tree.insert(format!("/sys/class/tty/{name}/device"), FakeFile { link, ..FakeFile::default() });
        }
    }
    for (name, kind) in [("ttyS0", "4\n"), ("ttyS1", "0\n")] {
        let file = FakeFile { text: kind.to_owned(), ..FakeFile::default() };
        state.tree.insert(format!("/sys/class/tty/{name}/type"), file);
    }
    drop(state);
    machine
}

#[test]
fn the_ports_that_something_is_behind_are_named_and_who_may_open_them() {
    let findings = diagnose(&machine());
    let shown: Vec<_> = findings.iter().map(|finding| (finding.id.as_str(), finding.verdict.is_ok())).collect();
    assert_eq!(shown, [("uart", true), ("/dev/ttyS0", false), ("/dev/ttyUSB0", true), ("/dev/ttyUSB10", false)]);
    assert_eq!(findings[0].what, "The kernel knows the serial ports ttyS0, ttyUSB0, ttyUSB10.");
    assert_eq!(diagnose(&FakeMachine::new()), []);
}

#[test]
fn of_an_entrys_port_it_is_said_what_is_wrong_with_it() {
    let machine = machine();
    let found = |port: &str| {
        let finding = diagnose_wired(port, "devices.gps.uart", &machine);
        assert_eq!(finding.id, "devices.gps.uart");
        (finding.verdict.is_ok(), finding.what)
    };
    let good = (true, "This user may use /dev/ttyUSB0.".to_owned());
    assert_eq!([found("ttyUSB0"), found("/dev/ttyUSB0")], [good.clone(), good]);
    let missing = "This machine has no serial port \"ttyACM0\" now; it has ttyS0, ttyUSB0, ttyUSB10.";
    assert_eq!(found("ttyACM0"), (false, missing.to_owned()));
    machine.state().tree.get_mut(PATH).expect("it is there").unusable = true;
    assert_eq!(found("ttyUSB0"), (false, "This user may not open /dev/ttyUSB0.".to_owned()));
    machine.state().tree.remove("/sys/dev/char/188:0/subsystem");
    assert_eq!(found("ttyUSB0"), (false, "/dev/ttyUSB0 is no serial port.".to_owned()));
    assert_eq!(machine.log(), [""; 0]);
}
