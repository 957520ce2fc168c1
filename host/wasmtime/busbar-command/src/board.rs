//! What commands say of a board, and choose of it.

use crate::audit::AuditLog;
use crate::exit::Failure;
use crate::output::Output;
use crate::presence::Presence;
use busbar_core::board::Board;
use busbar_core::bus::gpio::describe_line;
use busbar_core::bus::gpio::linux::LinuxGpio;
use busbar_core::bus::i2c::linux::LinuxI2c;
use busbar_core::bus::spi::linux::LinuxSpi;
use busbar_core::bus::uart::linux::LinuxUart;
use busbar_core::bus::{Backends, BusName};
use busbar_core::cache::OnProblem;
use busbar_core::error::HostError;
use busbar_core::grants::DeviceUse;
use busbar_core::link::DeviceKind;
use busbar_core::locked::locked;
use busbar_core::models::ModelSource;
use busbar_core::simulate::simulate;
use busbar_core::text::{printable, quoted};
use busbar_core::trace::{BoardEvent, Listener};
use serde_json::json;
use std::sync::{Arc, Mutex};

/// The sensors that a command is about. What was refused when the board was opened is among them: asking for it says why.
///
/// # Errors
///
/// When a name is unknown or no sensor, or there is no sensor at all.
pub fn choose_sensors(
    path: &str,
    devices: Vec<(String, Result<DeviceKind, HostError>)>,
    names: &[String],
) -> Result<Vec<String>, Failure> {
    let sensors: Vec<String> = devices
        .into_iter()
        .filter(|(_, kind)| matches!(kind, Ok(DeviceKind::Sensor) | Err(_)))
        .map(|(name, _)| name)
        .collect();
    if names.is_empty() && sensors.is_empty() {
        return Err(HostError::board(format!("{path} has no sensor; add one to its \"devices\".")).into());
    }
    if let Some(unknown) = names.iter().find(|name| !sensors.contains(name)) {
        let known = sensors.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let known = if known.is_empty() { "none" } else { &known };
        let message = format!("{path} has no sensor \"{unknown}\"; its sensors: {known}.");
        return Err(HostError::board(message).into());
    }
    if names.is_empty() {
        return Ok(sensors);
    }
    let mut chosen: Vec<String> = Vec::new();
    for name in names {
        if !chosen.contains(name) {
            chosen.push(name.clone());
        }
    }
    Ok(chosen)
}

/// The devices that were refused when the board was opened, and why.
pub fn refused_devices(devices: Vec<(String, Result<DeviceKind, HostError>)>) -> Vec<(String, Failure)> {
    devices.into_iter().filter_map(|(name, kind)| Some((name, kind.err()?.into()))).collect()
}

/// The one app of a board, whose file is `path`. `why` goes before "for a board with one".
///
/// # Errors
///
/// Where it has none, or several.
pub fn one_app(path: &str, board: &Board, why: &str) -> Result<String, Failure> {
    let count = match board.apps.as_slice() {
        [(app, _)] => return Ok(app.clone()),
        [] => "no app",
        _ => "several apps",
    };
    Err(HostError::board(format!("{path} has {count}; {why} for a board with one.")).into())
}

/// Where a board's buses come from: those that it simulates, with the models of `models`, and this machine's. `path` is that of
/// the board file.
///
/// # Errors
///
/// When there is no such model, or one of its parameters is wrong.
pub fn backends(board: &Board, path: &str, models: &mut dyn ModelSource) -> Result<Backends, HostError> {
    let mut backends = match board.simulate.as_slice() {
        [] => Backends::default(),
        simulated => simulate(simulated, models)?.into_backends(),
    };
    backends.i2c.push(Arc::new(LinuxI2c::new(Some(path.to_owned()))));
    backends.spi.push(Arc::new(LinuxSpi::new(Some(path.to_owned()))));
    // The kernel keeps others from a line: there is nothing that this host has to tell them.
    backends.gpio.push(Arc::new(LinuxGpio::new()));
    backends.uart.push(Arc::new(LinuxUart::new(Some(path.to_owned()))));
    Ok(backends)
}

/// Tells on stderr what a board tells.
pub fn told_on(output: Arc<Output>) -> Listener {
    let told = Mutex::new((AuditLog::default(), Presence::default()));
    Arc::new(move |event| {
        let mut told = locked(&told);
        let (audit, presence) = &mut *told;
        match event {
            BoardEvent::Audit(event) => audit.denied(&output, event),
            BoardEvent::Warning(event) => audit.warned(&output, event),
            BoardEvent::Lifecycle(event) => presence.turned(&output, event),
        }
    })
}

/// Where a device on I2C, SPI, GPIO lines or a serial port is, for people: "bus 1 at 0x76", `SPI bus "sim" (simulated) at chip select 0`,
/// "\"relay\" on line 17 of chip 0", `serial port "ttyUSB0" at 9600 baud`.
pub fn wiring_of(board: &Board, device: &str) -> String {
    let Some(entry) = board.device(device) else { return "no bus".to_owned() };
    let i2c = entry.i2c.as_ref().map(|grant| {
        let addresses = grant.addresses.iter().map(|address| format!("0x{address:02x}")).collect::<Vec<_>>().join(", ");
        format!("bus {} at {addresses}", named(&grant.bus, board.simulates_i2c(&grant.bus)))
    });
    let spi = entry.spi.as_ref().map(|grant| {
        let bus = named(&grant.bus, board.simulates_spi(&grant.bus));
        format!("SPI bus {bus} at chip select {}", grant.chip_select)
    });
    let gpio = entry.gpio.iter().flat_map(|grant| &grant.lines).map(|(name, line)| {
        let simulated = if board.simulates_gpio(&line.chip) { " (simulated)" } else { "" };
        format!("\"{name}\" on {}{simulated}", printable(&describe_line(line), 200))
    });
    let uart = entry.uart.as_ref().map(|grant| {
        let simulated = if board.simulates_uart(&grant.port) { " (simulated)" } else { "" };
        format!("serial port {}{simulated} at {} baud", printable(&quoted(&grant.port), 200), grant.baud_rate)
    });
    let wired: Vec<String> = i2c.into_iter().chain(spi).chain(gpio).chain(uart).collect();
    if wired.is_empty() { "no bus".to_owned() } else { wired.join(", ") }
}

fn named(bus: &BusName, is_simulated: bool) -> String {
    format!("{}{}", printable(&bus.shown(), 200), if is_simulated { " (simulated)" } else { "" })
}

/// Enforces no entry of a board.
pub fn unenforce(board: &mut Board) {
    let entries = board.bridges.iter_mut().chain(&mut board.devices);
    entries.for_each(|(_, entry)| entry.enforce = false);
}

/// Says which devices are not enforced, of which there are uses: nobody should run like this for good without knowing.
pub fn tell_unenforced(uses: Vec<(String, DeviceUse)>, output: &Output) {
    let devices: Vec<String> = uses.into_iter().map(|(device, _)| device).collect();
    if devices.is_empty() {
        return;
    }
    let names = devices.join(", ");
    output.notice(
        &format!(
            "complain mode: of {names} nothing is refused that stays within the device; \"busbar grants\" writes what to enforce."
        ),
        json!({ "type": "complain", "devices": devices }),
    );
}

/// Tells of what is wrong with a cache.
pub fn cache_problems_told_on(output: Arc<Output>) -> OnProblem {
    Box::new(move |sentence| {
        output.notice(&printable(sentence, 2_000), json!({ "type": "warning", "message": sentence }))
    })
}

#[cfg(test)]
mod tests {
    use super::wiring_of;
    use busbar_core::board::parse_board;

    #[test]
    fn where_a_device_is_is_said_as_the_other_host_does() {
        let board = r#"{
            "devices": {
                "simulated": { "driver": "x", "i2c": { "bus": "sim", "address": ["0x76", "0x08"] } },
                "real": { "driver": "x", "i2c": { "bus": 1, "address": "0x76" } },
                "adc": { "driver": "x", "spi": { "bus": "spi0", "chipSelect": 1 } },
                "flash": { "driver": "x", "spi": { "bus": "sim", "chipSelect": 0 } },
                "bell": { "driver": "x", "gpio": { "lines": {
                    "button": { "chip": "gpiochip0", "line": "GPIO17", "direction": "in" },
                    "lamp": { "chip": "sim", "line": 2, "direction": "out" }
                } } },
                "gps": { "driver": "x", "uart": { "port": "/dev/ttyUSB0", "baudRate": 4800 } },
                "dust": { "driver": "x", "uart": { "port": "sim" } },
                "alone": { "driver": "x" }
            },
            "simulate": [
                { "i2c": "sim", "address": "0x76", "model": "m" },
                { "spi": "sim", "chipSelect": 0, "model": "m" },
                { "gpio": "sim", "lines": { "lamp": 2 }, "model": "m" },
                { "uart": "sim", "model": "m" }
            ]
        }"#;
        let board = parse_board(board, "board.json").expect("it is one");
        for (device, expected) in [
            ("simulated", "bus \"sim\" (simulated) at 0x76, 0x08"),
            ("real", "bus 1 at 0x76"),
            ("adc", "SPI bus 0 at chip select 1"),
            ("flash", "SPI bus \"sim\" (simulated) at chip select 0"),
            ("bell", "\"button\" on line \"GPIO17\" of chip 0, \"lamp\" on line 2 of chip \"sim\" (simulated)"),
            ("gps", "serial port \"ttyUSB0\" at 4800 baud"),
            ("dust", "serial port \"sim\" (simulated) at 9600 baud"),
            ("alone", "no bus"),
            ("unknown", "no bus"),
        ] {
            assert_eq!(wiring_of(&board, device), expected, "{device}");
        }
    }
}
