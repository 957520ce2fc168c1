use super::machine::{FakeMachine, LINE, PATH, USAGE};
use crate::bus::linux::tests::FakeFile;
use crate::bus::uart::linux::constants::TERMIOS2_SIZE;
use crate::bus::uart::linux::counters::LineCounters;
use crate::bus::uart::linux::termios::encode_termios;
use crate::bus::uart::{
    FlowControl, Parity, UartBackend, UartError, UartErrorCode, UartEvent, UartLineSettings, UartUsage,
};
use std::time::Duration;

const NOW: Duration = Duration::ZERO;

/// The sentence of a port that must not open; nothing stays open.
fn refusal(machine: &FakeMachine, port: &str, usage: &UartUsage<'_>) -> String {
    let refused = machine.open(port, usage).err().expect("it must be refused").message;
    let log = machine.log();
    let opened = log.iter().filter(|call| call.starts_with("open") && machine.state().open_errno.is_none()).count();
    assert_eq!(log.iter().filter(|call| *call == "close").count(), opened, "{log:?}");
    refused
}

fn code<T: std::fmt::Debug>(result: Result<T, UartError>) -> UartErrorCode {
    result.expect_err("it must fail").code
}

#[tokio::test]
async fn a_port_is_set_and_taken_and_set_back_in_the_end() {
    let machine = FakeMachine::new();
    let port = machine.open("/dev/ttyUSB0", &USAGE).expect("it can be used").expect("it is there");
    assert_eq!(machine.log(), ["open /dev/ttyUSB0", "set", "exclusive", "discard input"]);
    assert_eq!(machine.state().termios, encode_termios(&LINE, &[0; TERMIOS2_SIZE]));
    port.close().await;
    port.close().await;
    assert_eq!(machine.log(), ["set", "shared", "close"]);
    assert_eq!(machine.state().termios, [0; TERMIOS2_SIZE]);
    assert_eq!(port.read(1, NOW).await, Err(UartError::other("/dev/ttyUSB0 is closed")));
    // Who drops it without that has it given back all the same.
    let dropped = machine.opened();
    machine.state().unsent.push_back(3);
    drop(dropped);
    assert_eq!(machine.log(), ["discard output", "set", "shared", "close"]);
    machine.opened();
}

#[test]
fn what_cannot_be_opened_is_explained_and_nothing_stays_open() {
    let machine = FakeMachine::new();
    let groups = FakeFile { text: "root:x:0:\ndialout:x:20:\n".to_owned(), ..FakeFile::default() };
    machine.state().tree.insert("/etc/group".to_owned(), groups);
    let refused = || refusal(&machine, "ttyUSB0", &USAGE);
    let begins = |sentence: &str| {
        let refused = refused();
        assert!(refused.starts_with(sentence), "{refused}");
    };
    machine.state().open_errno = Some(libc::EACCES);
    begins("This user may not open /dev/ttyUSB0; mend it with: sudo usermod -aG dialout $USER  # then log in again");
    machine.state().open_errno = Some(libc::EPERM);
    begins("The system forbids this process to open /dev/ttyUSB0");
    machine.state().open_errno = Some(libc::EBUSY);
    begins("gps: /dev/ttyUSB0 is used by another program; end that first.");
    machine.state().open_errno = Some(libc::EMFILE);
    begins("gps: opening /dev/ttyUSB0 failed with EMFILE; ");
    machine.state().open_errno = None;
    machine.state().is_locked = true;
    begins("gps: /dev/ttyUSB0 is used by another program; end that first.");
    machine.state().is_locked = false;
    machine.state().termios_errno = Some(libc::EIO);
    begins("gps: there is no port behind /dev/ttyUSB0 (EIO); ");
    machine.state().termios_errno = Some(libc::ENOTTY);
    begins("gps: /dev/ttyUSB0 is no serial port; ");
    machine.state().termios_errno = None;
    machine.opened();
}

#[test]
fn a_driver_that_passes_over_a_setting_is_found_out() {
    let machine = FakeMachine::new();
    for (settings, setting) in [
        (UartLineSettings { data_bits: 7, ..LINE }, "\"dataBits\": 7"),
        (UartLineSettings { parity: Parity::Even, ..LINE }, "\"parity\": \"even\""),
        (UartLineSettings { parity: Parity::Mark, ..LINE }, "\"parity\": \"mark\""),
        (UartLineSettings { stop_bits: 2, ..LINE }, "\"stopBits\": 2"),
        (UartLineSettings { flow_control: FlowControl::Hardware, ..LINE }, "\"flowControl\": \"hardware\""),
        (UartLineSettings { baud_rate: 250_000, ..LINE }, "\"baudRate\": 250000"),
    ] {
        machine.state().takes = Box::new(|_| encode_termios(&LINE, &[0; TERMIOS2_SIZE]));
        let sentence =
            format!("gps: /dev/ttyUSB0 cannot be set to {setting}; correct the entry, or use another adapter.");
        assert_eq!(refusal(&machine, "ttyUSB0", &UartUsage { settings, ..USAGE }), sentence);
        machine.state().takes = Box::new(|termios| *termios);
        drop(machine.opened_with(settings));
        machine.log();
    }
    // A speed that is a little off is the divisor's.
    let divided = UartLineSettings { baud_rate: 115_384, ..LINE };
    machine.state().takes = Box::new(move |_| encode_termios(&divided, &[0; TERMIOS2_SIZE]));
    machine.opened_with(UartLineSettings { baud_rate: 115_200, ..LINE });
}

#[test]
fn a_link_is_the_port_that_it_points_to() {
    let machine = FakeMachine::new();
    machine.add("/dev/serial/by-id/usb-x", 188, 0, 7);
    let first = machine.opened();
    let second = UartUsage { device: "other", ..USAGE };
    assert_eq!(
        refusal(&machine, "serial/by-id/usb-x", &second),
        "other: /dev/serial/by-id/usb-x is used by \"gps\" of this process; end that first."
    );
    drop(first);
    assert!(machine.open("serial/by-id/usb-x", &second).expect("it can be used").is_some());
}

#[test]
fn what_is_no_serial_port_is_never_opened() {
    let machine = FakeMachine::new();
    for (major, minor, subsystem) in [(4, 1, Some("tty")), (5, 0, Some("tty")), (10, 130, Some("misc")), (188, 1, None)]
    {
        machine.add("/dev/x", major, minor, 9);
        let link = subsystem.map(|subsystem| format!("../../class/{subsystem}"));
        let path = format!("/sys/dev/char/{major}:{minor}/subsystem");
        machine.state().tree.insert(path, FakeFile { link, ..FakeFile::default() });
        let sentence = "gps: /dev/x is no serial port; correct \"port\" of the entry.";
        assert_eq!(refusal(&machine, "x", &USAGE), sentence, "{major}:{minor}");
    }
    machine.state().numbers.remove("/dev/x");
    refusal(&machine, "x", &USAGE);
    assert_eq!(machine.log(), [""; 0]);
    // What is not there is another backend's.
    assert!(machine.open("ttyUSB1", &USAGE).expect("it is no error").is_none());
    assert_eq!((machine.backend().has("ttyUSB0"), machine.backend().has("ttyUSB1")), (true, false));
}

#[tokio::test]
async fn marks_are_errors_in_their_places() {
    let machine = FakeMachine::new();
    let port = machine.opened();
    machine.comes(&[1, 2, 0xff, 0x00, 0x55, 3, 0xff, 0xff, 0xff]);
    machine.comes(&[0x00]);
    machine.comes(&[0x00, 4]);
    assert_eq!(port.read(100, NOW).await, Ok(vec![1, 2]));
    assert_eq!(code(port.read(100, NOW).await), UartErrorCode::Framing);
    assert_eq!(port.read(1, NOW).await, Ok(vec![3]));
    assert_eq!(port.read(100, NOW).await, Ok(vec![0xff]));
    // Half a mark is nothing yet.
    assert_eq!(port.read(100, NOW).await, Ok(vec![]));
    assert_eq!(code(port.read(100, NOW).await), UartErrorCode::Break);
    assert_eq!(port.read(100, NOW).await, Ok(vec![4]));
}

#[tokio::test]
async fn with_a_parity_the_counters_tell_which_it_was() {
    let counters = |frame, parity| LineCounters { frame, parity, overrun: 0 };
    for (after, expected) in [
        (Some(counters(1, 0)), UartErrorCode::Framing),
        (Some(counters(0, 1)), UartErrorCode::Parity),
        (Some(counters(1, 1)), UartErrorCode::Parity),
        (None, UartErrorCode::Parity),
    ] {
        let machine = FakeMachine::new();
        machine.state().counters = after.map(|_| counters(0, 0));
        let port = machine.opened_with(UartLineSettings { parity: Parity::Even, ..LINE });
        machine.state().counters = after;
        machine.comes(&[0xff, 0x00, 0x55]);
        assert_eq!(code(port.read(100, NOW).await), expected, "{after:?}");
    }
}

#[tokio::test]
async fn lost_bytes_are_told_once_before_what_came_with_them() {
    let machine = FakeMachine::new();
    let counters = |overrun| Some(LineCounters { overrun, ..LineCounters::default() });
    machine.state().counters = counters(4);
    let port = machine.opened();
    machine.state().counters = counters(6);
    machine.comes(&[1]);
    machine.comes(&[2]);
    assert_eq!(code(port.read(9, NOW).await), UartErrorCode::Overrun);
    assert_eq!(port.read(9, NOW).await, Ok(vec![1]));
    assert_eq!(port.read(9, NOW).await, Ok(vec![2]));
}

#[tokio::test]
async fn what_is_discarded_is_forgotten_with_its_errors() {
    let machine = FakeMachine::new();
    machine.state().counters = Some(LineCounters::default());
    let port = machine.opened();
    machine.comes(&[1, 0xff, 0x00, 0x55, 2, 0xff]);
    assert_eq!(port.read(1, NOW).await, Ok(vec![1]));
    machine.state().counters = Some(LineCounters { overrun: 9, ..LineCounters::default() });
    assert_eq!(port.discard(), Ok(()));
    machine.state().reads.clear();
    machine.comes(&[0x00, 7]);
    assert_eq!(port.read(9, NOW).await, Ok(vec![0, 7]));
    assert_eq!(machine.log(), ["discard input"]);
}

#[tokio::test]
async fn a_read_waits_for_the_first_byte_or_its_time() {
    let machine = FakeMachine::new();
    let port = machine.opened();
    assert_eq!(port.read(9, Duration::from_millis(5)).await, Ok(vec![]));
    assert_eq!(machine.log(), ["pause"]);
    machine.comes(&[7]);
    assert_eq!(port.read(9, Duration::from_millis(5)).await, Ok(vec![7]));
    assert_eq!(machine.log(), [""; 0]);
}

#[tokio::test]
async fn a_port_that_is_gone_stays_so_and_what_else_fails_does_not() {
    for (errno, expected) in [
        (libc::EIO, UartErrorCode::Disconnected),
        (libc::ENODEV, UartErrorCode::Disconnected),
        (libc::EINTR, UartErrorCode::Other),
    ] {
        let machine = FakeMachine::new();
        let port = machine.opened();
        machine.state().reads.push_back(Err(errno));
        assert_eq!(code(port.read(9, NOW).await), expected);
        machine.comes(&[1]);
        let next = port.read(9, NOW).await;
        match expected {
            UartErrorCode::Disconnected => assert_eq!(code(next), expected),
            _ => assert_eq!(next, Ok(vec![1])),
        }
    }
    let machine = FakeMachine::new();
    let port = machine.opened();
    machine.state().writes.push_back(Err(libc::EIO));
    assert_eq!(code(port.write(&[1]).await), UartErrorCode::Disconnected);
    assert_eq!(code(port.drain().await), UartErrorCode::Disconnected);
}

#[tokio::test]
async fn a_tty_that_hung_up_gives_nothing_which_is_the_end_of_it() {
    let machine = FakeMachine::new();
    let port = machine.opened();
    machine.comes(&[]);
    assert_eq!(code(port.read(9, NOW).await), UartErrorCode::Disconnected);
    port.close().await;
    // Nothing is waited for, or set, of what is gone.
    assert_eq!(machine.log(), ["shared", "close"]);
    assert_eq!(code(port.read(9, NOW).await), UartErrorCode::Disconnected);
}

#[tokio::test]
async fn a_write_goes_on_with_what_did_not_fit_and_a_drain_waits_for_what_is_unsent() {
    let machine = FakeMachine::new();
    let port = machine.opened();
    machine.state().writes.extend([Ok(2), Err(libc::EAGAIN), Ok(1)]);
    assert_eq!(port.write(&[1, 2, 3, 4]).await, Ok(()));
    assert_eq!(machine.log(), ["write [1, 2]", "pause", "pause", "write [3]", "pause", "write [4]"]);
    machine.state().unsent.extend([100, 3]);
    assert_eq!(port.drain().await, Ok(()));
    assert_eq!(machine.log(), ["pause", "pause"]);
}

#[tokio::test]
async fn another_speed_comes_after_what_was_written_and_one_that_is_passed_over_leaves_the_one_before() {
    let machine = FakeMachine::new();
    let port = machine.opened();
    machine.state().unsent.push_back(10);
    assert_eq!(port.set_baud_rate(38_400).await, Ok(()));
    assert_eq!(machine.log(), ["pause", "set"]);
    let before = machine.state().termios;
    let known = UartLineSettings { baud_rate: 38_400, ..LINE };
    assert_eq!(before, encode_termios(&known, &[0; TERMIOS2_SIZE]));
    machine.state().takes = Box::new(move |_| before);
    let failed = UartError::other("/dev/ttyUSB0: the port cannot do 1000000 baud");
    assert_eq!(port.set_baud_rate(1_000_000).await, Err(failed));
    assert_eq!(machine.log(), ["set", "set"]);
    assert_eq!(machine.state().termios, before);
}

#[tokio::test]
async fn closing_waits_for_what_was_written_and_not_for_ever() {
    let machine = FakeMachine::new();
    let port = machine.opened();
    machine.state().unsent.extend([20; 1000]);
    port.close().await;
    let log = machine.log();
    let pauses = log.iter().filter(|call| *call == "pause").count();
    assert!((1..10).contains(&pauses), "{pauses}");
    assert_eq!(log[pauses..], ["discard output", "set", "shared", "close"]);
}

#[tokio::test]
async fn ports_that_come_and_go_are_told_of() {
    let machine = FakeMachine::new();
    let mut watch = machine.backend().watch("ttyUSB0");
    // What was exchanged between two looks left and arrived.
    machine.add(PATH, 188, 0, 8);
    assert_eq!((watch.next().await, watch.next().await), (UartEvent::Left, UartEvent::Arrived));
    machine.remove(PATH);
    assert_eq!(watch.next().await, UartEvent::Left);
    machine.add(PATH, 188, 0, 9);
    assert_eq!(watch.next().await, UartEvent::Arrived);
    machine.remove(PATH);
    assert_eq!(watch.next().await, UartEvent::Left);
    machine.log();
    // One whose rights udev has not set yet arrives a look later.
    machine.add(PATH, 188, 0, 10);
    machine.state().tree.get_mut(PATH).expect("it is there").unusable = true;
    assert_eq!(watch.next().await, UartEvent::Arrived);
    assert_eq!(machine.log(), ["pause", "pause"]);
}
