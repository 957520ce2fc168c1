use super::machine::FakeMachine;
use crate::bus::BusName;
use crate::bus::linux::tests::FakeFile;
use crate::bus::spi::linux::diagnose::{diagnose, diagnose_wired};

#[test]
fn all_that_is_there_in_the_order_of_its_places() {
    let machine = FakeMachine::empty();
    machine.add(1, 0, Some("spidev"));
    machine.add(0, 10, Some("spidev"));
    machine.add(0, 2, Some("bmp280"));
    machine.state().tree.insert("/dev/spidev1.0".to_owned(), FakeFile { unusable: true, ..FakeFile::default() });
    let found: Vec<_> = diagnose(&machine).into_iter().map(|each| (each.id, each.verdict.is_ok(), each.what)).collect();
    let expected = [
        ("spi", true, "The kernel knows spi0.2, spi0.10, spi1.0."),
        ("/dev/spidev0.2", false, "The kernel driver bmp280 uses spi0.2."),
        ("/dev/spidev0.10", true, "This user may use /dev/spidev0.10."),
        ("/dev/spidev1.0", false, "This user may not open /dev/spidev1.0."),
    ];
    assert_eq!(found, expected.map(|(id, is_good, what)| (id.to_owned(), is_good, what.to_owned())));
    assert_eq!(diagnose(&FakeMachine::empty()), [], "a machine without SPI lacks nothing");
}

#[test]
fn what_an_entry_is_wired_to_is_there_or_on_another_line_or_on_no_bus_of_this_machine() {
    let machine = FakeMachine::with_one();
    let found = |bus: BusName, chip_select| {
        let found = diagnose_wired(&bus, chip_select, "devices.adc.spi", &machine);
        assert_eq!(found.id, "devices.adc.spi");
        (found.verdict.is_ok(), found.what)
    };
    assert_eq!(found(BusName::Number(0), 1), (true, "This user may use /dev/spidev0.1.".to_owned()));
    let line = "The kernel knows no device on chip select 2 of SPI bus 0, only on 1.";
    assert_eq!(found(BusName::Number(0), 2), (false, line.to_owned()));
    let number = "There is no SPI bus 1; this machine has spi0.1.";
    assert_eq!(found(BusName::Number(1), 1), (false, number.to_owned()));
    let name = "There is no SPI bus \"sim\"; this machine has spi0.1.";
    assert_eq!(found(BusName::Text("sim".to_owned()), 1), (false, name.to_owned()));
}

#[test]
fn a_machine_without_spi_says_how_to_get_it() {
    let machine = FakeMachine::empty();
    let found = || diagnose_wired(&BusName::Number(0), 0, "devices.adc.spi", &machine);
    assert_eq!(found().what, "The kernel knows no device on SPI.");
    let model = FakeFile { text: "Raspberry Pi 5".to_owned(), ..FakeFile::default() };
    machine.state().tree.insert("/proc/device-tree/model".to_owned(), model);
    assert_eq!(found().verdict, Err(Some("sudo raspi-config nonint do_spi 0".to_owned())));
}
