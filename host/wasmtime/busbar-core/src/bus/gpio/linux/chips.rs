use super::structures::ChipInfo;
use super::system::{ChipDev, GpioSystem};
use crate::bus::BusName;
use crate::bus::gpio::GpioLineName;
use crate::bus::linux::{Errno, SystemFiles, ThisMachine, forbidden, no_permission};
use crate::error::HostError;
use crate::text::quoted;

/// The group that GPIO's device files belong to where a distribution has a rule, and their subsystem.
const GPIO: (&str, &str) = ("gpio", "gpio");

/// An opened `/dev/gpiochipN`.
pub(super) struct OpenChip {
    pub(super) path: String,
    pub(super) info: ChipInfo,
    pub(super) device: Box<dyn ChipDev>,
}

impl OpenChip {
    /// The offset of a line that the board file means by its offset or its name. The error says that there is none, or that several have
    /// the name.
    pub(super) fn find_line(&self, line: &GpioLineName) -> Result<u32, HostError> {
        let Self { path, info: ChipInfo { label, lines, .. }, .. } = self;
        let name = match line {
            GpioLineName::Name(name) => name,
            GpioLineName::Offset(offset) if u32::from(*offset) < *lines => return Ok((*offset).into()),
            GpioLineName::Offset(offset) => {
                return Err(HostError::backend(format!(
                    "{path} ({label}) has no line {offset}: its {lines} lines begin with 0."
                )));
            }
        };
        let mut named = Vec::new();
        for offset in 0..*lines {
            let info = self.device.line_info(offset).map_err(|errno| {
                HostError::backend(format!("Asking {path} what its line {offset} is failed with {errno}."))
            })?;
            if info.name == *name {
                named.push(offset);
            }
        }
        let name = quoted(name);
        match named[..] {
            [only] => Ok(only),
            [] => Err(HostError::backend(format!(
                "{path} ({label}) has no line {name}; write its offset, or a name that gpioinfo shows."
            ))),
            _ => Err(HostError::backend(format!(
                "{path} ({label}) has several lines {name}: write one of the offsets {} instead.",
                listed(&named)
            ))),
        }
    }
}

/// Opens the chip that the board file means: its number, or a label, which stays the same where numbers depend on the order of loading.
/// `None` where there is none; the error says that several have the label, or that it cannot be used.
pub(super) fn find_chip(name: &BusName, system: &dyn GpioSystem) -> Result<Option<OpenChip>, HostError> {
    let label = match name {
        BusName::Number(number) => return open_chip(*number, system),
        BusName::Text(label) => label,
    };
    // One that cannot be opened says nothing of its label.
    let is_it = |number: &u32| matches!(open_chip(*number, system), Ok(Some(chip)) if chip.info.label == *label);
    let named: Vec<u32> = chip_numbers(system).into_iter().filter(is_it).collect();
    match named[..] {
        [] => Ok(None),
        [only] => open_chip(only, system),
        _ => Err(HostError::backend(format!(
            "Several GPIO chips are called {}: write one of the numbers {} instead.",
            quoted(label),
            listed(&named)
        ))),
    }
}

fn listed(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

/// Whether the kernel of this machine has a chip of this number, or any that could have this label.
pub fn has_gpio_chip(chip: &BusName) -> bool {
    let known = chip_numbers(&ThisMachine::new());
    match chip {
        BusName::Number(number) => known.contains(number),
        BusName::Text(_) => !known.is_empty(),
    }
}

/// The chips that the kernel knows, in the order of their numbers.
fn chip_numbers(system: &dyn SystemFiles) -> Vec<u32> {
    let names = system.list("/sys/bus/gpio/devices").unwrap_or_default();
    let number = |name: &String| match BusName::numbered_after(&["gpiochip"], name) {
        BusName::Number(number) if name.starts_with("gpiochip") => Some(number),
        _ => None,
    };
    let mut numbers: Vec<u32> = names.iter().filter_map(number).collect();
    numbers.sort_unstable();
    numbers
}

fn open_chip(number: u32, system: &dyn GpioSystem) -> Result<Option<OpenChip>, HostError> {
    let path = format!("/dev/gpiochip{number}");
    let device = match system.open(&path) {
        Ok(device) => device,
        // A device file that nobody serves is none.
        Err(Errno(libc::ENOENT | libc::ENXIO | libc::ENODEV)) => return Ok(None),
        Err(Errno(libc::EACCES)) => return Err(no_permission(&path, system, GPIO).into_error()),
        // Not the permission bits: a container's device rules, or a security module.
        Err(Errno(libc::EPERM)) => return Err(forbidden(&path, system).into_error()),
        Err(errno) => return Err(HostError::backend(format!("Opening {path} failed with {errno}."))),
    };
    let info = device.info().map_err(|errno| {
        HostError::backend(format!("{path} is no GPIO chip: asking what it is failed with {errno}."))
    })?;
    Ok(Some(OpenChip { path, info, device }))
}
