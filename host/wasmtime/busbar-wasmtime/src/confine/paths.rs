use busbar_host::board::{Board, DeviceEntry};
use busbar_host::bus::BusName;
use busbar_host::bus::gpio::GpioLineGrant;
use busbar_host::bus::spi::SpiGrant;
use busbar_host::bus::spi::linux::SpiPlace;
use busbar_host::bus::uart::UartGrant;
use busbar_host::bus::uart::linux::uart_path;
use busbar_host::locks::DeviceLocks;
use std::path::{Path, PathBuf};

/// The files of USB devices, in a folder for each bus.
const USB_DEVICES: &str = "/dev/bus/usb";

/// All device files.
const ALL_DEVICES: &str = "/dev";

/// What may be done with a path and all below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Reading files and folders.
    Read,
    /// Reading, writing and ioctls of files that are there.
    Device,
    /// Making, writing and taking away files.
    Keep,
    /// Whatever an app may do in its folder.
    Folder,
}

/// What a board needs of the file system once it is open: its buses, which are opened again after a driver trapped, the locks
/// that keep other processes from their targets, what the kernel says of both, and the folders of its apps. `folder` is that
/// of the board file.
pub fn needed_by(board: &Board, folder: &Path) -> Vec<(PathBuf, Need)> {
    let mut paths: Vec<(PathBuf, Need)> = devices_of(board).into_iter().map(|path| (path, Need::Device)).collect();
    // Each device that is plugged in has a new file there.
    if board.uses_usb() {
        paths.extend([(USB_DEVICES.into(), Need::Device), (USB_DEVICES.into(), Need::Read)]);
    }
    paths.extend(DeviceLocks::of_this_process().folders().iter().map(|folder| (folder.clone(), Need::Keep)));
    // Adapters and the drivers bound to them; who holds a lock; names of groups for what to do about permissions; local time.
    for folder in ["/sys", "/proc", "/etc", "/usr/share/zoneinfo"] {
        paths.push((folder.into(), Need::Read));
    }
    for (_, app) in &board.apps {
        let Some(grant) = &app.folder else { continue };
        paths.push((folder.join(&grant.path), if grant.write { Need::Folder } else { Need::Read }));
    }
    paths
}

/// Whether a process that was confined for a board still has what another entry is granted: an edit takes nothing back that was
/// given up.
pub fn is_kept(board: &Board, entry: &DeviceEntry) -> bool {
    let kept = devices_of(board);
    let has_buses = files_of(board, entry).iter().all(|needed| kept.iter().any(|path| needed.starts_with(path)));
    has_buses && (entry.usb.is_none() || board.uses_usb())
}

/// The device files of a board's buses.
fn devices_of(board: &Board) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = board.entries().flat_map(|placed| files_of(board, placed.entry)).collect();
    files.sort();
    files.dedup();
    files
}

/// The device files of an entry's buses. One that can be unplugged is another file when it comes back, one that a board names by its
/// adapter or by its label can be any, and one that is not there yet has no file that a rule could name: for these it is all that lies in /dev, where
/// the permissions of each file still hold.
fn files_of(board: &Board, entry: &DeviceEntry) -> Vec<PathBuf> {
    // What is behind a bridge has no file: the bridge's own entry says what that needs.
    let is_here = |bus: &BusName| board.bridge_of(bus).is_none();
    let i2c = entry.i2c.as_ref().filter(|grant| is_here(&grant.bus) && !board.simulates_i2c(&grant.bus));
    let spi = entry.spi.as_ref().filter(|grant| is_here(&grant.bus) && !board.simulates_spi(&grant.bus));
    let lines = entry.gpio.iter().flat_map(|grant| &grant.lines).map(|(_, line)| line);
    let lines = lines.filter(|line| is_here(&line.chip) && !board.simulates_gpio(&line.chip));
    let uart = entry.uart.as_ref().filter(|grant| !board.simulates_uart(&grant.port)).map(uart_file);
    let (i2c, spi, gpio) = (i2c.map(|grant| i2c_file(&grant.bus)), spi.map(spi_file), lines.map(chip_file));
    i2c.into_iter().chain(spi).chain(gpio).chain(uart).map(|file| file.unwrap_or_else(|| ALL_DEVICES.into())).collect()
}

/// The file of an I2C bus that stays the same one.
fn i2c_file(bus: &BusName) -> Option<PathBuf> {
    let BusName::Number(number) = bus else { return None };
    lasting(&format!("/sys/bus/i2c/devices/i2c-{number}"), format!("/dev/i2c-{number}"))
}

/// The file of a device on an SPI bus that stays the same one.
fn spi_file(SpiGrant { bus, chip_select, .. }: &SpiGrant) -> Option<PathBuf> {
    let BusName::Number(bus) = *bus else { return None };
    let place = SpiPlace { bus, chip_select: *chip_select };
    lasting(&format!("/sys/class/spi_master/spi{bus}"), place.path())
}

/// The file of a GPIO chip that stays the same one.
fn chip_file(GpioLineGrant { chip, .. }: &GpioLineGrant) -> Option<PathBuf> {
    let BusName::Number(number) = chip else { return None };
    lasting(&format!("/sys/bus/gpio/devices/gpiochip{number}"), format!("/dev/gpiochip{number}"))
}

/// The file of a serial port that stays the same one: of a UART of this machine, by its own name.
fn uart_file(UartGrant { port, .. }: &UartGrant) -> Option<PathBuf> {
    lasting(&format!("/sys/class/tty/{port}/device"), uart_path(port))
}

/// The file of a device of this adapter of sysfs, unless it can be unplugged or is not there.
fn lasting(adapter: &str, file: String) -> Option<PathBuf> {
    let adapter = Path::new(adapter).canonicalize().ok()?;
    let is_pluggable = adapter.components().any(|part| part.as_os_str().to_string_lossy().starts_with("usb"));
    let file = PathBuf::from(file);
    (!is_pluggable && file.exists()).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::{Need, devices_of, is_kept, needed_by};
    use busbar_host::board::{Board, parse_board};
    use busbar_host::locks::DeviceLocks;
    use std::path::{Path, PathBuf};

    fn devices(bus: &str, simulate: &str) -> Vec<PathBuf> {
        let text = format!(
            r#"{{ "devices": {{ "indoor": {{ "driver": "./x.wasm", "i2c": {{ "bus": {bus}, "address": "0x76" }} }} }},
                  "simulate": [{simulate}] }}"#
        );
        devices_of(&parse_board(&text, "board.json").expect("it is one"))
    }

    #[test]
    fn a_simulated_board_needs_no_device_file() {
        let simulated = r#"{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": {} }"#;
        assert_eq!(devices("\"sim\"", simulated), Vec::<PathBuf>::new());
    }

    #[test]
    fn what_is_behind_a_bridge_needs_no_file_but_those_of_the_bridge() {
        let text = r#"{
            "bridges": { "dongle": { "driver": "./x.wasm", "usb": { "vendorId": "0x04D8", "interfaces": [2] } } },
            "devices": { "a": {
                "driver": "./x.wasm",
                "i2c": { "bus": "dongle", "address": "0x76" },
                "spi": { "bus": "dongle", "chipSelect": 0 },
                "gpio": { "lines": { "b": { "chip": "dongle", "line": 1, "direction": "in" } } }
            } }
        }"#;
        let board = parse_board(text, "board.json").expect("it is one");
        assert_eq!(devices_of(&board), Vec::<PathBuf>::new());
        assert!(needed_by(&board, Path::new(".")).contains(&("/dev/bus/usb".into(), Need::Device)));
    }

    #[test]
    fn a_bus_that_is_not_there_yet_or_has_a_name_can_be_any_file() {
        for bus in ["250", "\"some adapter\""] {
            assert_eq!(devices(bus, ""), [PathBuf::from("/dev")]);
        }
    }

    #[test]
    fn an_edit_gets_nothing_that_was_given_up() {
        let board = |devices: &str| -> Board {
            let simulate = r#"[{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": {} }]"#;
            let text = format!(r#"{{ "devices": {{ {devices} }}, "simulate": {simulate} }}"#);
            parse_board(&text, "board.json").expect("it is one")
        };
        let i2c = |bus: &str| {
            board(&format!(r#""a": {{ "driver": "./x.wasm", "i2c": {{ "bus": {bus}, "address": "0x76" }} }}"#))
        };
        let usb = board(r#""a": { "driver": "./x.wasm", "usb": { "vendorId": "0x1234", "interfaces": [0] } }"#);
        let entry = |board: &Board| board.device("a").expect("it is there").clone();
        let (simulated, real, nothing) = (i2c("\"sim\""), i2c("250"), board(""));
        let spi = board(r#""a": { "driver": "./x.wasm", "spi": { "bus": 250, "chipSelect": 0 } }"#);
        let gpio = board(
            r#""a": { "driver": "./x.wasm", "gpio": { "lines": { "b": { "chip": 250, "line": 1, "direction": "in" } } } }"#,
        );
        let uart = board(r#""a": { "driver": "./x.wasm", "uart": { "port": "ttyUSB250" } }"#);
        for (running, edited, expected) in [
            (&nothing, &simulated, true),
            (&nothing, &real, false),
            (&nothing, &usb, false),
            (&simulated, &real, false),
            // The bus is not there, so that it could be any file, and another one too.
            (&real, &real, true),
            (&real, &i2c("\"some adapter\""), true),
            (&real, &usb, false),
            (&usb, &usb, true),
            (&usb, &real, false),
            (&nothing, &spi, false),
            (&simulated, &spi, false),
            (&spi, &spi, true),
            (&nothing, &gpio, false),
            (&simulated, &gpio, false),
            (&gpio, &gpio, true),
            (&nothing, &uart, false),
            (&simulated, &uart, false),
            (&uart, &uart, true),
            // Both can be any file.
            (&spi, &real, true),
            (&gpio, &real, true),
            (&uart, &real, true),
        ] {
            assert_eq!(is_kept(running, &entry(edited)), expected, "{running:?} {edited:?}");
        }
    }

    #[test]
    fn a_board_needs_the_folders_of_locks() {
        let board = parse_board(r#"{ "devices": {} }"#, "board.json").expect("it is one");
        let paths = needed_by(&board, Path::new("."));
        let locks = DeviceLocks::of_this_process().folders();
        assert!(!locks.is_empty() && locks.iter().all(|folder| paths.contains(&(folder.clone(), Need::Keep))));
        assert!(!paths.iter().any(|(path, _)| path.as_os_str() == "/dev"));
    }
}
