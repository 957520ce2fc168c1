use super::system::LinuxSystem;
use crate::bus::BusName;
use crate::bus::linux::driver_behind;
use crate::error::HostError;

/// An I2C adapter that the kernel knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// N of `/dev/i2c-N`.
    pub number: u32,
    /// The driver's name for it: "bcm2835 (i2c@7e804000)"; empty where it has none. Not necessarily unique.
    pub name: String,
}

/// The device file of a bus.
pub(super) fn device_path(number: u32) -> String {
    format!("/dev/i2c-{number}")
}

/// All adapters in the order of their numbers, whether i2c-dev is loaded or not.
pub(super) fn adapters(system: &dyn LinuxSystem) -> Vec<Adapter> {
    let mut found: Vec<Adapter> = Vec::new();
    for folder in ["/sys/bus/i2c/devices", "/sys/class/i2c-dev"] {
        for entry in system.list(folder).unwrap_or_default() {
            let Some(number) = bus_number(&entry) else { continue };
            if found.iter().any(|adapter| adapter.number == number) {
                continue;
            }
            let name = system.read(&format!("{folder}/{entry}/name")).unwrap_or_default();
            found.push(Adapter { number, name: name.trim().to_owned() });
        }
    }
    found.sort_by_key(|adapter| adapter.number);
    found
}

/// N of "i2c-N".
fn bus_number(name: &str) -> Option<u32> {
    const MOST_DIGITS: usize = 7;
    let digits = name.strip_prefix("i2c-")?;
    let is_number = (1..=MOST_DIGITS).contains(&digits.len())
        && digits.bytes().all(|each| each.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    if is_number { digits.parse().ok() } else { None }
}

/// The number of the bus that the board file means: its own, or that of the adapter with this name as in
/// `/sys/class/i2c-dev/i2c-N/name`, which stays the same where numbers depend on the order of loading. `None` for a name
/// that no adapter has; a number is returned whether its bus exists or not.
pub(super) fn resolve_bus(bus: &BusName, system: &dyn LinuxSystem) -> Result<Option<u32>, HostError> {
    let name = match bus {
        BusName::Number(number) => return Ok(Some(*number)),
        BusName::Text(name) => name,
    };
    let named: Vec<u32> =
        adapters(system).iter().filter(|adapter| adapter.name == *name).map(|adapter| adapter.number).collect();
    if named.len() > 1 {
        let numbers = named.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        return Err(HostError::backend(format!(
            "Several I2C adapters are called \"{name}\": write one of the numbers {numbers} instead."
        )));
    }
    Ok(named.first().copied())
}

/// How sysfs calls the device at an address of a bus: "1-0076".
pub(super) fn client_name(bus: u32, address: u16) -> String {
    format!("{bus}-{address:04x}")
}

/// The kernel driver that is bound to an address: "bmp280". `None` where there is none, or where it sits on another
/// segment of a multiplexed bus.
pub(super) fn driver_at(bus: u32, address: u16, system: &dyn LinuxSystem) -> Option<String> {
    driver_behind(&format!("/sys/bus/i2c/devices/{}/driver", client_name(bus, address)), system)
}

/// Whether i2c-dev, which makes `/dev/i2c-N`, is loaded or built in.
pub(super) fn has_i2c_dev(system: &dyn LinuxSystem) -> bool {
    system.list("/sys/class/i2c-dev").is_some()
}
