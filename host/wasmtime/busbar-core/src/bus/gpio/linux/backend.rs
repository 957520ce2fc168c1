use super::chips::{OpenChip, find_chip};
use super::line::{LinuxLine, SameMoment};
use super::structures::LineConfig;
use super::system::GpioSystem;
use crate::bus::gpio::{GpioBackend, GpioLine, GpioLineUse};
use crate::bus::linux::ThisMachine;
use crate::error::HostError;
use std::sync::Arc;

/// The GPIO lines of Linux: `/dev/gpiochipN` under the number N, or under the chip's label where only one chip has it.
///
/// The kernel gives a line to one at a time: one that another process has is refused, and the error says which. A line in both directions is
/// an output that can be read back, and tells of no edges. Edges have the kernel's time of the interrupt; of edges that come faster than that
/// is served, some are missing, so that two to the same level can follow each other.
#[derive(Clone)]
pub struct LinuxGpio {
    system: Arc<dyn GpioSystem>,
}

impl LinuxGpio {
    /// The lines of this machine.
    pub fn new() -> Self {
        Self::of(Arc::new(ThisMachine::new()))
    }

    /// Of another machine than this one: a test's.
    pub(super) fn of(system: Arc<dyn GpioSystem>) -> Self {
        Self { system }
    }

    fn request(&self, chip: &OpenChip, usage: &GpioLineUse<'_>) -> Result<LinuxLine, HostError> {
        let GpioLineUse { device, direction, pull, debounce_ms, initial, clock, .. } = *usage;
        let offset = chip.find_line(usage.line)?;
        let config = LineConfig { direction, pull, debounce_ms, initial, edges: false };
        let name = format!("{}, line {offset}", chip.path);
        let requested = chip.device.request(offset, &format!("busbar-{device}"), &config);
        let line = requested.map_err(|errno| {
            let user = (errno.0 == libc::EBUSY).then(|| chip.device.line_info(offset).ok()).flatten();
            let reason = match user {
                Some(info) => format!("it is used by \"{}\"; end that first", info.consumer),
                None => format!("{errno}; the chip may not have this direction, resistor or debounce"),
            };
            HostError::backend(format!("{device}: {name} cannot be opened: {reason}."))
        })?;
        let times = SameMoment { monotonic_ns: self.system.monotonic_ns(), clock_ms: clock.now_ms() };
        Ok(LinuxLine { device: line, config, name, times })
    }
}

impl Default for LinuxGpio {
    fn default() -> Self {
        Self::new()
    }
}

impl GpioBackend for LinuxGpio {
    fn name(&self) -> &str {
        "Linux GPIO"
    }

    fn open(&self, usage: &GpioLineUse<'_>) -> Result<Option<Box<dyn GpioLine>>, HostError> {
        let Some(chip) = find_chip(usage.chip, self.system.as_ref())? else { return Ok(None) };
        Ok(Some(Box::new(self.request(&chip, usage)?)))
    }
}
