use super::machine::{FakeMachine, Opened, usage};
use crate::bus::BusName;
use crate::bus::gpio::linux::structures::LineEvent;
use crate::bus::gpio::{
    GpioDirection, GpioEdge, GpioError, GpioErrorCode, GpioLevel, GpioLine, GpioLineName, GpioLineUse, Pull,
    gpio_chip_name,
};
use crate::bus::linux::tests::FakeFile;
use crate::locked::locked;
use std::sync::{Arc, Mutex};

fn opened(opened: Opened) -> Box<dyn GpioLine> {
    opened.expect("it can be used").expect("it is there")
}

/// The sentence of a line that must not open; no chip stays open.
fn refusal(machine: &FakeMachine, opened: Opened) -> String {
    let refused = opened.err().expect("it must be refused").message;
    assert_eq!(machine.state().open_chips, 0);
    refused
}

fn number(number: u32) -> BusName {
    BusName::Number(number)
}

fn name(name: &str) -> GpioLineName {
    GpioLineName::Name(name.to_owned())
}

#[test]
fn a_line_is_taken_by_the_number_or_the_label_of_its_chip_and_by_its_offset_or_its_name() {
    let machine = FakeMachine::with_one();
    for (chip, line) in [
        (number(0), GpioLineName::Offset(1)),
        (gpio_chip_name("/dev/gpiochip0"), name("GPIO1")),
        (gpio_chip_name("pinctrl"), name("GPIO1")),
    ] {
        let line = opened(machine.open(chip, line, GpioDirection::In));
        assert_eq!(machine.state().lines[&(0, 1)].consumer, "busbar-bell");
        assert_eq!(machine.state().open_chips, 0, "the line is its own");
        drop(line);
        assert!(machine.state().lines.is_empty());
    }
}

#[test]
fn a_chip_that_is_none_of_this_machine_is_left_to_others() {
    let machine = FakeMachine::with_one();
    for chip in [number(7), gpio_chip_name("sim")] {
        assert!(machine.open(chip, GpioLineName::Offset(1), GpioDirection::In).expect("it is no error").is_none());
    }
    for errno in [libc::ENXIO, libc::ENODEV] {
        machine.state().chips.get_mut(&0).expect("it is there").open_errno = Some(errno);
        assert!(machine.open_with(&usage()).expect("nobody serves it").is_none());
    }
}

#[test]
fn a_line_that_is_not_there_or_not_the_only_one_is_refused() {
    let machine = FakeMachine::with_one();
    machine.add(1, "twice", &["A", "A"]);
    machine.add(2, "twice", &[]);
    let refused = |chip, line| refusal(&machine, machine.open(chip, line, GpioDirection::In));
    assert_eq!(
        refused(number(0), GpioLineName::Offset(3)),
        "/dev/gpiochip0 (pinctrl) has no line 3: its 3 lines begin with 0."
    );
    assert_eq!(
        refused(number(0), name("GPIO17")),
        "/dev/gpiochip0 (pinctrl) has no line \"GPIO17\"; write its offset, or a name that gpioinfo shows."
    );
    assert_eq!(
        refused(number(1), name("A")),
        "/dev/gpiochip1 (twice) has several lines \"A\": write one of the offsets 0, 1 instead."
    );
    assert_eq!(
        refused(gpio_chip_name("twice"), name("A")),
        "Several GPIO chips are called \"twice\": write one of the numbers 1, 2 instead."
    );
    machine.state().fails = Some(("line_info", libc::ENODEV));
    assert_eq!(refused(number(1), name("A")), "Asking /dev/gpiochip1 what its line 0 is failed with ENODEV.");
}

#[test]
fn a_chip_that_cannot_be_used_says_what_mends_it() {
    let machine = FakeMachine::with_one();
    let fails = |errno| machine.state().chips.get_mut(&0).expect("it is there").open_errno = Some(errno);
    let refused = || refusal(&machine, machine.open_with(&usage()));
    fails(libc::EACCES);
    assert!(refused().contains("echo 'SUBSYSTEM==\"gpio\", GROUP=\"gpio\", MODE=\"0660\"'"));
    let file = FakeFile { mode: 0o660, group: 997, ..FakeFile::default() };
    machine.state().tree.insert("/dev/gpiochip0".to_owned(), file);
    let groups = FakeFile { text: "root:x:0:\ngpio:x:997:pi\n".to_owned(), ..FakeFile::default() };
    machine.state().tree.insert("/etc/group".to_owned(), groups);
    assert_eq!(
        refused(),
        "This user may not open /dev/gpiochip0; mend it with: sudo usermod -aG gpio $USER  # then log in again"
    );
    fails(libc::EPERM);
    assert!(refused().contains("he system forbids this process to open /dev/gpiochip0"));
    fails(libc::ENOMEM);
    assert_eq!(refused(), "Opening /dev/gpiochip0 failed with ENOMEM.");
    machine.state().chips.get_mut(&0).expect("it is there").open_errno = None;
    machine.state().chips.get_mut(&0).expect("it is there").info_errno = Some(libc::ENOTTY);
    assert_eq!(refused(), "/dev/gpiochip0 is no GPIO chip: asking what it is failed with ENOTTY.");
}

#[test]
fn a_line_that_somebody_has_is_refused_by_that_name_and_what_else_the_kernel_refuses_by_its_reason() {
    let machine = FakeMachine::with_one();
    let first = opened(machine.open_with(&usage()));
    let second = GpioLineUse { device: "other", ..usage() };
    assert_eq!(
        refusal(&machine, machine.open_with(&second)),
        "other: /dev/gpiochip0, line 1 cannot be opened: it is used by \"busbar-bell\"; end that first."
    );
    drop(first);
    machine.state().fails = Some(("request", libc::EINVAL));
    assert_eq!(
        refusal(&machine, machine.open_with(&second)),
        "other: /dev/gpiochip0, line 1 cannot be opened: EINVAL; the chip may not have this direction, resistor or debounce."
    );
    opened(machine.open_with(&second));
}

#[test]
fn a_line_is_read_and_set_as_it_was_asked_for() {
    let machine = FakeMachine::with_one();
    let usage =
        GpioLineUse { direction: GpioDirection::Out, pull: Some(Pull::Down), initial: GpioLevel::High, ..usage() };
    let mut line = opened(machine.open_with(&usage));
    let config = machine.state().lines[&(0, 1)].config;
    assert_eq!((config.pull, config.initial, config.edges), (Some(Pull::Down), GpioLevel::High, false));
    assert_eq!(line.read(), Ok(GpioLevel::High));
    assert_eq!(line.write(GpioLevel::Low), Ok(()));
    assert_eq!(line.read(), Ok(GpioLevel::Low));
    assert_eq!(machine.state().log, ["set 1 low"]);
}

#[test]
fn a_call_that_fails_becomes_the_guests_error() {
    let machine = FakeMachine::with_one();
    let mut input = opened(machine.open_with(&usage()));
    machine.state().fails = Some(("level", libc::EIO));
    let fault =
        GpioError::new(GpioErrorCode::HardwareFault, "/dev/gpiochip0, line 1: the controller reports a fault (EIO)");
    assert_eq!(input.read(), Err(fault));
    let unsupported = |reason: &str| {
        GpioError::new(GpioErrorCode::OperationNotSupported, format!("/dev/gpiochip0, line 1: {reason}"))
    };
    assert_eq!(input.write(GpioLevel::High), Err(unsupported("an input cannot be set")));
    drop(input);
    let mut output = opened(machine.open_with(&GpioLineUse { direction: GpioDirection::InOut, ..usage() }));
    assert_eq!(output.watch(Box::new(|_| {})), Err(unsupported("an output tells of no edges")));
}

#[test]
fn edges_are_asked_for_while_somebody_listens_and_have_the_kernels_times_on_the_boards_clock() {
    let machine = FakeMachine::with_one();
    let mut line = opened(machine.open_with(&usage()));
    // Those that nobody took before are nobody's.
    machine.state().lines.get_mut(&(0, 1)).expect("it is taken").events =
        vec![LineEvent { level: GpioLevel::High, timestamp_ns: 1 }; 3];
    let told: Arc<Mutex<Vec<GpioEdge>>> = Arc::default();
    let listener = told.clone();
    line.watch(Box::new(move |edge| locked(&listener).push(edge))).expect("it tells of them");
    machine.change(1, GpioLevel::High, 5_001_500_000);
    machine.change(1, GpioLevel::Low, 4_999_000_000);
    let edge = |level, time_ms| GpioEdge { level, time_ms };
    assert_eq!(*locked(&told), [edge(GpioLevel::High, 3.5), edge(GpioLevel::Low, 1.0)]);
    line.unwatch();
    machine.change(1, GpioLevel::High, 5_002_000_000);
    assert_eq!(locked(&told).len(), 2);
    assert_eq!(machine.state().log, ["configure 1 edges true", "configure 1 edges false"]);
}

#[test]
fn edges_that_nobody_can_be_told_of_are_not_asked_for() {
    let machine = FakeMachine::with_one();
    let mut line = opened(machine.open_with(&usage()));
    for (call, errno, reason) in [
        ("configure", libc::ENXIO, "the controller cannot tell of the edges of this line (ENXIO)"),
        ("listen", libc::ENOMEM, "the transaction failed (ENOMEM)"),
        ("events", libc::ENODEV, "the controller is gone; check that it is plugged in (ENODEV)"),
    ] {
        machine.state().fails = Some((call, errno));
        let failed = line.watch(Box::new(|_| {})).expect_err("it must fail");
        assert_eq!(failed.message, format!("/dev/gpiochip0, line 1: {reason}"));
        assert!(!machine.state().lines[&(0, 1)].config.edges);
    }
}
