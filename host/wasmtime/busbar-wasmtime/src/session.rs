use crate::audit::AuditLog;
use crate::compiler::compile_beside;
use crate::exit::Failure;
use crate::output::Output;
use crate::presence::Presence;
use busbar_host::board::{Board, SimulatedAt, read_board};
use busbar_host::components::CodeStore;
use busbar_host::engine::{Addresses, Machine};
use busbar_host::error::HostError;
use busbar_host::i2c::linux::LinuxI2c;
use busbar_host::i2c::{BusName, I2cBackend};
use busbar_host::link::DeviceKind;
use busbar_host::simulate::simulate;
use busbar_host::text::{printable, quoted};
use busbar_host::trace::{BoardEvent, Listener};
use busbar_host::usb::libusb::Libusb;
use busbar_host::{OpenBoard, OpenOptions};
use serde_json::json;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// A board opened for a command that runs drivers.
pub struct Session {
    pub board: OpenBoard,
    path: String,
}

impl Session {
    /// Opens a board as every command does: with the simulator if the board has something to simulate, and with denials and
    /// warnings told on stderr.
    ///
    /// # Errors
    ///
    /// When the board file is wrong. A device that is refused is not an error here: who asks for it is told why.
    pub fn open(path: &str, complain: bool, output: &Arc<Output>) -> Result<Self, Failure> {
        let file = Path::new(path);
        let mut board = read_board(file)?;
        if complain {
            unenforce(&mut board, output);
        }
        let machine = Machine::new(Addresses::Plenty)?;
        let store = CodeStore::of_user()
            .ok_or_else(|| HostError::backend("there is no place for compiled drivers; set HOME or XDG_CACHE_HOME."))?;
        let mut i2c: Vec<Arc<dyn I2cBackend>> = Vec::new();
        if !board.simulate.is_empty() {
            i2c.push(Arc::new(simulate(&board.simulate)?));
        }
        i2c.push(Arc::new(LinuxI2c::new(Some(path.to_owned()))));
        let folder = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let options = OpenOptions {
            folder,
            i2c,
            usb: vec![Arc::new(Libusb::new(Some(path.to_owned())))],
            machine,
            store: &store,
            compile: &compile_beside,
            listener: listener_of(output.clone()),
        };
        Ok(Self { board: OpenBoard::open(board, options), path: path.to_owned() })
    }

    /// The sensors that a command is about. What was refused when the board was opened is among them: asking for it says
    /// why.
    ///
    /// # Errors
    ///
    /// When a name is unknown or no sensor, or there is no sensor at all.
    pub fn choose_sensors(&self, names: &[String]) -> Result<Vec<String>, Failure> {
        let path = &self.path;
        let sensors: Vec<String> = self
            .board
            .devices()
            .filter(|(_, kind)| matches!(kind, Ok(DeviceKind::Sensor) | Err(_)))
            .map(|(name, _)| name.to_owned())
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

    /// Where a device is, for people: "bus 1 at 0x76", `bus "sim" (simulated) at 0x76`.
    pub fn wiring_of(&self, device: &str) -> String {
        let board = self.board.board();
        let Some(grant) = board.device(device).and_then(|entry| entry.i2c.as_ref()) else { return "no bus".to_owned() };
        let addresses = grant.addresses.iter().map(|address| format!("0x{address:02x}")).collect::<Vec<_>>().join(", ");
        let is_simulated = board.simulate.iter().any(|entry| match &entry.at {
            SimulatedAt::I2c { bus, .. } => *bus == grant.bus,
            SimulatedAt::Usb { .. } => false,
        });
        let bus = match &grant.bus {
            BusName::Number(number) => number.to_string(),
            BusName::Text(name) => printable(&quoted(name), 200),
        };
        format!("bus {bus}{} at {addresses}", if is_simulated { " (simulated)" } else { "" })
    }
}

/// Nobody should run like this for good without knowing.
fn unenforce(board: &mut Board, output: &Output) {
    let mut devices = Vec::new();
    for (name, entry) in &mut board.devices {
        entry.enforce = false;
        devices.push(name.clone());
    }
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

fn listener_of(output: Arc<Output>) -> Listener {
    let told = Mutex::new((AuditLog::default(), Presence::default()));
    Arc::new(move |event| {
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        let (audit, presence) = &mut *told;
        match event {
            BoardEvent::Audit(event) => audit.denied(&output, event),
            BoardEvent::Warning(event) => audit.warned(&output, event),
            BoardEvent::Lifecycle(event) => presence.turned(&output, event),
        }
    })
}
