use super::{
    GpioBackend, GpioDirection, GpioError, GpioGrant, GpioLine, GpioLineGrant, GpioLineUse, GpioState, OpenedGpio,
    OpenedLine, judge_pin,
};
use crate::bus::BusAccess;
use crate::clock::Clock;
use crate::error::HostError;
use std::sync::Arc;

/// Opens all lines of a grant; where one cannot be opened, none stays open. `device` is its name in the board file, and `clock` the board's.
///
/// # Errors
///
/// When no backend has the chip, or the line cannot be used.
pub fn open_gpio(
    device: &str,
    grant: &GpioGrant,
    backends: &[Arc<dyn GpioBackend>],
    clock: Clock,
) -> Result<OpenedGpio, HostError> {
    let opened = grant.lines.iter().map(|(name, line)| {
        let (device, wired, backends) = (device.to_owned(), line.clone(), backends.to_vec());
        let open_as = move |direction| open_line(&device, &wired, direction, &backends, clock);
        OpenedLine::open(name, line, Box::new(open_as))
    });
    opened.collect::<Result<_, _>>().map(OpenedGpio::new)
}

fn open_line(
    device: &str,
    grant: &GpioLineGrant,
    direction: GpioDirection,
    backends: &[Arc<dyn GpioBackend>],
    clock: Clock,
) -> Result<Box<dyn GpioLine>, HostError> {
    let GpioLineGrant { chip, line, pull, active_level, debounce_ms, .. } = grant;
    let usage = GpioLineUse {
        device,
        chip,
        line,
        direction,
        pull: *pull,
        debounce_ms: debounce_ms.filter(|_| direction == GpioDirection::In),
        initial: GpioState::Inactive.level(*active_level),
        clock,
    };
    for backend in backends {
        if let Some(opened) = backend.open(&usage)? {
            return Ok(opened);
        }
    }
    let tried = backends.iter().map(|backend| backend.name()).collect::<Vec<_>>().join(" and ");
    let tried = if tried.is_empty() { "no GPIO backend" } else { &tried };
    let chip = chip.shown();
    Err(HostError::backend(format!(
        "{device}: there is no GPIO chip {chip} (asked {tried}); list the chips with \"gpioinfo\", or simulate it."
    )))
}

/// busbar:board/gpio `open-in` and its siblings, for a driver: it has the lines of its entry.
///
/// # Errors
///
/// `pin-not-allowed` for another name or line and `pin-mode-not-allowed` for another direction, of which the operator is told; `other` where
/// the line cannot be used like that.
pub fn open_own_pin(
    access: &BusAccess<'_>,
    name: &str,
    line: &str,
    direction: GpioDirection,
) -> Result<Arc<OpenedLine>, GpioError> {
    let BusAccess { device, entry, trace, .. } = access;
    if name != *device {
        return Err(GpioError::not_allowed(trace.audit_name(device, name, &format!("gpio.open-{}", direction.name()))));
    }
    judge_pin(device, entry, trace, line, direction)?;
    access.pin(line, direction)
}
