use super::system::DeviceNumber;
use crate::bus::linux::{SystemFiles, driver_behind};
use crate::bus::uart::uart_port_name;
use std::cmp::Ordering;
use std::ops::RangeInclusive;

/// The device file of a port.
pub fn uart_path(port: &str) -> String {
    format!("/dev/{}", uart_port_name(port))
}

/// Unix98 pseudo terminals (Documentation/admin-guide/devices.txt): they are in no class of /sys.
const PTYS: RangeInclusive<u32> = 136..=143;
/// Virtual consoles, and what stands for the terminal of a process: ttys, and no serial ports.
const CONSOLES: u32 = 4;
const FIRST_SERIAL: u32 = 64;
const OWN_TERMINAL: u32 = 5;

/// Whether a character device is a serial port. It is not opened: opening is what makes some devices act, such as a watchdog.
pub(super) fn is_serial_port(DeviceNumber { major, minor }: DeviceNumber, files: &dyn SystemFiles) -> bool {
    if PTYS.contains(&major) {
        return true;
    }
    if major == OWN_TERMINAL || (major == CONSOLES && minor < FIRST_SERIAL) {
        return false;
    }
    driver_behind(&format!("/sys/dev/char/{major}:{minor}/subsystem"), files).as_deref() == Some("tty")
}

/// The serial ports of the machine that something is behind, by their names below /dev, in order. A UART of the 8250 family that is not there
/// has a device file, and the type 0 (PORT_UNKNOWN of linux/serial_core.h).
pub(super) fn uart_ports(files: &dyn SystemFiles) -> Vec<String> {
    let names = files.list("/sys/class/tty").unwrap_or_default();
    let is_port = |name: &String| {
        let folder = format!("/sys/class/tty/{name}");
        let is_device = files.link(&format!("{folder}/device")).is_some();
        is_device && files.read(&format!("{folder}/type")).is_none_or(|kind| kind.trim() != "0")
    };
    let mut ports: Vec<String> = names.into_iter().filter(is_port).collect();
    ports.sort_by(|one, other| natural_order(one, other));
    ports
}

/// As people order names: "ttyUSB2" before "ttyUSB10".
fn natural_order(one: &str, other: &str) -> Ordering {
    let (name, number) = without_number(one);
    let (other_name, other_number) = without_number(other);
    name.to_lowercase().cmp(&other_name.to_lowercase()).then(number.cmp(&other_number)).then(one.cmp(other))
}

/// A name without the number at its end, and that.
fn without_number(name: &str) -> (&str, Option<u64>) {
    let stem = name.trim_end_matches(|character: char| character.is_ascii_digit());
    (stem, name[stem.len()..].parse().ok())
}
