use super::machine::{FakeMachine, PATH, wiring};
use crate::bus::BusName;
use crate::bus::linux::tests::FakeFile;
use crate::bus::spi::{BitOrder, Operation, SpiBackend, SpiDevice, SpiError, SpiErrorCode, SpiGrant};

fn open(machine: &FakeMachine, wiring: &SpiGrant) -> Box<dyn SpiDevice> {
    machine.backend().open("adc", wiring).expect("it can be used").expect("it is there")
}

/// The sentence of a device that must not open; nothing stays open.
fn refusal(machine: &FakeMachine, wiring: &SpiGrant) -> String {
    let refused = machine.backend().open("adc", wiring).err().expect("it must be refused").message;
    assert!(machine.state().devices.values().all(|device| device.opened == 0));
    refused
}

fn failure(device: &mut dyn SpiDevice, operations: &[Operation]) -> SpiError {
    device.transaction(operations).expect_err("it must fail")
}

#[test]
fn a_transaction_is_one_message_at_the_speed_of_its_wiring() {
    let machine = FakeMachine::with_one();
    let mut device = open(&machine, &wiring());
    let operations =
        [Operation::Write(vec![0xf7]), Operation::Delay(1500), Operation::Read(2), Operation::Transfer(vec![1, 2])];
    assert_eq!(device.transaction(&operations), Ok(vec![vec![0, 0], vec![1, 2]]));
    machine.change(|device| assert_eq!(device.wire, ["w1:f7 d2, r2, wr2:0102 @500000"]));
    drop(device);
    machine.change(|device| assert_eq!(device.opened, 0));
}

#[test]
fn a_bus_that_is_none_of_this_machine_is_left_to_others() {
    let machine = FakeMachine::with_one();
    for bus in [BusName::Number(7), BusName::Text("sim".to_owned())] {
        assert!(machine.backend().open("adc", &SpiGrant { bus, ..wiring() }).expect("it is no error").is_none());
    }
}

#[test]
fn mode_and_bit_order_are_set_and_the_other_bits_stay() {
    let machine = FakeMachine::with_one();
    machine.change(|device| device.mode = 0x04 | 0x08 | 0x01);
    open(&machine, &SpiGrant { mode: 2, ..wiring() });
    machine.change(|device| assert_eq!(device.mode, 0x04 | 0x02));
    open(&machine, &SpiGrant { mode: 1, bit_order: BitOrder::LsbFirst, ..wiring() });
    machine.change(|device| assert_eq!(device.mode, 0x04 | 0x01 | 0x08));
}

#[test]
fn what_the_controller_cannot_do_is_said_and_what_it_only_seems_to_do_too() {
    let machine = FakeMachine::with_one();
    let cannot = |what: &str| {
        format!(
            "The controller of /dev/spidev0.1 cannot do {what}; correct \"mode\" and \"bitOrder\" of the board file, or use another \
             controller."
        )
    };
    let odd = SpiGrant { mode: 3, bit_order: BitOrder::LsbFirst, ..wiring() };
    machine.change(|device| device.bits = 0x03);
    assert_eq!(refusal(&machine, &odd), cannot("the least significant bit first"));
    machine.change(|device| device.bits = 0x08);
    assert_eq!(refusal(&machine, &odd), cannot("SPI mode 3"));
    machine.change(|device| (device.bits, device.mode, device.is_deaf) = (0x0b, 0, true));
    assert_eq!(refusal(&machine, &SpiGrant { mode: 1, ..wiring() }), cannot("SPI mode 1"));
    machine.change(|device| device.mode_errno = Some(libc::ENOTTY));
    assert_eq!(
        refusal(&machine, &wiring()),
        "/dev/spidev0.1 is not a usable SPI device: setting SPI mode 0 failed with ENOTTY."
    );
}

#[test]
fn a_file_that_cannot_be_opened_says_what_mends_it() {
    let machine = FakeMachine::with_one();
    machine.change(|device| device.open_errno = Some(libc::EACCES));
    let group = FakeFile { text: "root:x:0:\nspi:x:998:pi\n".to_owned(), ..FakeFile::default() };
    machine.state().tree.insert("/etc/group".to_owned(), group);
    assert_eq!(
        refusal(&machine, &wiring()),
        "This user may not open /dev/spidev0.1; mend it with: sudo usermod -aG spi $USER  # then log in again"
    );
    machine.state().tree.insert(PATH.to_owned(), FakeFile { mode: 0o600, ..FakeFile::default() });
    assert!(refusal(&machine, &wiring()).contains("echo 'SUBSYSTEM==\"spidev\", GROUP=\"spi\", MODE=\"0660\"'"));
    machine.change(|device| device.open_errno = Some(libc::EPERM));
    assert!(refusal(&machine, &wiring()).contains("he system forbids this process to open /dev/spidev0.1"));
    machine.change(|device| device.open_errno = Some(libc::ENOMEM));
    assert_eq!(
        refusal(&machine, &wiring()),
        "Opening /dev/spidev0.1 failed with ENOMEM; the kernel log may say why: dmesg"
    );
}

#[test]
fn a_line_without_a_device_file_says_what_is_there() {
    let machine = FakeMachine::with_one();
    let on = |chip_select| SpiGrant { chip_select, ..wiring() };
    assert_eq!(
        refusal(&machine, &on(2)),
        "The kernel knows no device on chip select 2 of SPI bus 0, only on 1; mend it with: correct the number, or describe the \
         device in the device tree"
    );
    machine.add(0, 2, Some("bmp280"));
    assert_eq!(
        refusal(&machine, &on(2)),
        "The kernel driver bmp280 uses spi0.2; mend it with: echo spi0.2 | sudo tee /sys/bus/spi/drivers/bmp280/unbind && echo \
         spidev | sudo tee /sys/bus/spi/devices/spi0.2/driver_override && echo spi0.2 | sudo tee /sys/bus/spi/drivers/spidev/bind"
    );
    machine.add(0, 3, None);
    assert!(refusal(&machine, &on(3)).starts_with("No kernel driver has spi0.3, and so there is no /dev/spidev0.3; "));
    machine.pull_out();
    assert!(refusal(&machine, &on(1)).contains("/dev/spidev0.1 was not made; mend it with: sudo udevadm trigger"));
    machine.state().tree.insert("/.dockerenv".to_owned(), FakeFile::default());
    assert!(refusal(&machine, &on(1)).contains("start it with --device /dev/spidev0.1"));
}

#[test]
fn a_device_that_another_entry_has_is_refused_until_that_gives_it_back() {
    let machine = FakeMachine::with_one();
    let backend = machine.backend();
    let first = open(&machine, &wiring());
    let refused = backend.open("other", &wiring()).err().expect("it must be refused").message;
    assert_eq!(refused, "other: /dev/spidev0.1 is used by \"adc\" of this process; end that first.");
    drop(first);
    machine.change(|device| device.open_errno = Some(libc::EACCES));
    refusal(&machine, &wiring());
    machine.change(|device| device.open_errno = None);
    assert!(backend.open("other", &wiring()).is_ok_and(|opened| opened.is_some()));
}

#[test]
fn a_message_that_fails_becomes_the_guests_error() {
    let machine = FakeMachine::with_one();
    let mut device = open(&machine, &wiring());
    machine.change(|device| device.transferred = Some(1));
    let short = failure(device.as_mut(), &[Operation::Read(2)]);
    assert_eq!(short, SpiError::other("/dev/spidev0.1: only 1 of 2 bytes were transferred"));
    machine.change(|device| device.message_errno = Some(libc::EOVERFLOW));
    let lost = failure(device.as_mut(), &[Operation::Read(2)]);
    let sentence = "/dev/spidev0.1: the controller lost data; use a slower clock (EOVERFLOW)";
    assert_eq!(lost, SpiError::new(SpiErrorCode::Overrun, sentence));
    machine.change(|device| device.message_errno = Some(4711));
    let unknown = failure(device.as_mut(), &[Operation::Read(2)]);
    assert_eq!(unknown, SpiError::other("/dev/spidev0.1: the transaction failed (errno 4711)"));
}

#[test]
fn no_transaction_holds_the_bus_for_longer_than_a_second_or_is_more_than_a_message() {
    let machine = FakeMachine::with_one();
    let mut slow = open(&machine, &SpiGrant { maximum_hz: 8000, ..wiring() });
    assert!(slow.transaction(&[Operation::Read(1000)]).is_ok());
    assert_eq!(
        failure(slow.as_mut(), &[Operation::Read(1000), Operation::Write(vec![1])]).message,
        "/dev/spidev0.1: 1001 bytes take 1001 ms at 8000 Hz, and 1000 ms is the most of one transaction; use fewer bytes, or a \
         faster clock"
    );
    let mut device = open(&machine, &wiring());
    assert!(device.transaction(&vec![Operation::Read(1); 511]).is_ok());
    let many = failure(device.as_mut(), &vec![Operation::Read(1); 512]);
    assert!(many.message.contains("511 operations a transaction at most"));
}

#[test]
fn a_device_that_is_pulled_out_is_let_go_of_and_found_again_when_it_is_back() {
    let machine = FakeMachine::with_one();
    let mut device = open(&machine, &SpiGrant { mode: 3, ..wiring() });
    let read = [Operation::Read(1)];
    machine.pull_out();
    assert!(failure(device.as_mut(), &read).message.contains("ESHUTDOWN"));
    machine.change(|device| assert_eq!(device.opened, 0));
    assert_eq!(
        failure(device.as_mut(), &read).message,
        "/dev/spidev0.1: the device is gone; check that its adapter is plugged in (ENODEV)"
    );
    machine.add(0, 1, Some("spidev"));
    machine.change(|device| device.open_errno = Some(libc::EACCES));
    assert!(failure(device.as_mut(), &read).message.contains("may not open"));
    machine.change(|device| device.open_errno = None);
    assert_eq!(device.transaction(&[Operation::Transfer(vec![5])]), Ok(vec![vec![5]]));
    machine.change(|device| assert_eq!(device.mode, 3));
}

#[test]
fn a_device_whose_adapter_was_pulled_out_and_put_back_between_two_transactions_is_found_again() {
    let machine = FakeMachine::with_one();
    let mut device = open(&machine, &SpiGrant { mode: 3, ..wiring() });
    machine.change(|device| device.message_errno = Some(libc::ESHUTDOWN));
    assert!(failure(device.as_mut(), &[Operation::Read(1)]).message.contains("ESHUTDOWN"));
    machine.change(|device| assert_eq!(device.opened, 0));
    machine.add(0, 1, Some("spidev"));
    assert_eq!(device.transaction(&[Operation::Transfer(vec![5])]), Ok(vec![vec![5]]));
    machine.change(|device| assert_eq!(device.mode, 3));
}
