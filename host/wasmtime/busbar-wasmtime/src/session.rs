use crate::audit::AuditLog;
use crate::commands::BoardOptions;
use crate::compiler::{CompilerBeside, find_compiler};
use crate::confine::confine;
use crate::exit::Failure;
use crate::output::Output;
use crate::presence::Presence;
use busbar_host::address_space::{ThisProcess, addresses_for};
use busbar_host::board::{Board, folder_of_board, read_board};
use busbar_host::bundle::{Bundle, is_bundle};
use busbar_host::cache::{CheckedFiles, CodeStore};
use busbar_host::clock::Clock;
use busbar_host::components::{ComponentSource, InstalledComponents};
use busbar_host::engine::Machine;
use busbar_host::error::HostError;
use busbar_host::i2c::I2cBackend;
use busbar_host::i2c::linux::LinuxI2c;
use busbar_host::link::DeviceKind;
use busbar_host::models::BoardModels;
use busbar_host::simulate::simulate;
use busbar_host::text::printable;
use busbar_host::trace::{BoardEvent, Listener};
use busbar_host::usb::libusb::Libusb;
use busbar_host::{OpenBoard, OpenOptions};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A board opened for a command that runs drivers.
pub struct Session {
    pub board: OpenBoard,
    path: String,
}

impl Session {
    /// [`Session::open`] for a command that runs drivers: the process then gives up what they do not need.
    pub fn start(options: &BoardOptions, output: &Arc<Output>) -> Result<Self, Failure> {
        let session = Self::open(options, output)?;
        let folder = folder_of_board(Path::new(&session.path));
        for (_, app) in &session.board.board().apps {
            // It is made while that is possible; an app that needs it and does not have it says why.
            if let Some(grant) = app.folder.as_ref().filter(|grant| grant.write) {
                let _ = std::fs::create_dir(folder.join(&grant.path));
            }
        }
        confine(session.board.board(), folder, output);
        Ok(session)
    }

    /// Opens a board, or a bundle: with the simulator if the board has something to simulate, and with denials and warnings
    /// told on stderr. Nothing runs yet.
    ///
    /// # Errors
    ///
    /// When the board file is wrong. A device that is refused is not an error here: who asks for it is told why.
    pub fn open(options: &BoardOptions, output: &Arc<Output>) -> Result<Self, Failure> {
        if is_bundle(Path::new(&options.path)) {
            return Self::open_bundle(options, output);
        }
        if options.lock.is_some() {
            let shown = printable(&options.path, 200);
            return Err(Failure::Usage(format!("--lock is for a bundle, and {shown} is none.")));
        }
        let file = Path::new(&options.path);
        let board = read_board(file)?;
        let machine = Machine::new(addresses_for(drivers_of(&board), &ThisProcess))?;
        let told = output.clone();
        let store = CodeStore::of_user(Box::new(move |sentence| {
            told.notice(&printable(sentence, 2_000), json!({ "type": "warning", "message": sentence }));
        }));
        let components = InstalledComponents { folder: folder_of_board(file), store: &store, compile: &CompilerBeside };
        let compiler = find_compiler().map(|compiler| ("the compiler".to_owned(), compiler));
        let cache = store.folder().map(|folder| ("the cache".to_owned(), folder));
        let kept = compiler.into_iter().chain(cache).collect();
        Self::open_with(board, machine, &components, kept, options, output)
    }

    fn open_bundle(options: &BoardOptions, output: &Arc<Output>) -> Result<Self, Failure> {
        let folder = Path::new(&options.path);
        let bundle = Bundle::read(folder, options.lock.as_deref(), CheckedFiles::of_user())?;
        let board = bundle.board().clone();
        let machine = Machine::new(bundle.addresses(addresses_for(drivers_of(&board), &ThisProcess))?)?;
        let path = bundle.path().display().to_string();
        let options = BoardOptions { path, ..options.clone() };
        let kept = vec![("the bundle".to_owned(), bundle.folder().to_owned())];
        Self::open_with(board, machine, &bundle, kept, &options, output)
    }

    fn open_with(
        mut board: Board,
        machine: Machine,
        components: &dyn ComponentSource,
        kept: Vec<(String, PathBuf)>,
        BoardOptions { path, complain, .. }: &BoardOptions,
        output: &Arc<Output>,
    ) -> Result<Self, Failure> {
        if *complain {
            unenforce(&mut board, output);
        }
        let mut i2c: Vec<Arc<dyn I2cBackend>> = Vec::new();
        if !board.simulate.is_empty() {
            let mut models = BoardModels::new(&machine, components, Clock::start());
            i2c.push(Arc::new(simulate(&board.simulate, &mut models)?));
        }
        i2c.push(Arc::new(LinuxI2c::new(Some(path.clone()))));
        let file = Path::new(path);
        let options = OpenOptions {
            i2c,
            usb: vec![Arc::new(Libusb::new(Some(path.to_owned())))],
            machine,
            components,
            listener: listener_of(output.clone()),
            folder: folder_of_board(file),
            file: Some(file),
            kept,
        };
        Ok(Self { board: OpenBoard::open(board, options)?, path: path.clone() })
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

    /// The devices that were refused, and why, in the order of the board file.
    pub fn refused_devices(&self) -> Vec<(String, Failure)> {
        let refused = self.board.devices().filter_map(|(name, kind)| Some((name, kind.err()?)));
        refused.map(|(name, error)| (name.to_owned(), error.clone().into())).collect()
    }

    /// The one app of the board. `why` goes before "for a board with one".
    ///
    /// # Errors
    ///
    /// Where it has none, or several.
    pub fn one_app(&self, why: &str) -> Result<String, Failure> {
        let count = match self.board.board().apps.as_slice() {
            [(app, _)] => return Ok(app.clone()),
            [] => "no app",
            _ => "several apps",
        };
        Err(HostError::board(format!("{} has {count}; {why} for a board with one.", self.path)).into())
    }

    /// Where a device is, for people: "bus 1 at 0x76", `bus "sim" (simulated) at 0x76`.
    pub fn wiring_of(&self, device: &str) -> String {
        let board = self.board.board();
        let Some(grant) = board.device(device).and_then(|entry| entry.i2c.as_ref()) else { return "no bus".to_owned() };
        let addresses = grant.addresses.iter().map(|address| format!("0x{address:02x}")).collect::<Vec<_>>().join(", ");
        let simulated = if board.simulates(&grant.bus) { " (simulated)" } else { "" };
        format!("bus {}{simulated} at {addresses}", printable(&grant.bus.shown(), 200))
    }
}

fn drivers_of(board: &Board) -> usize {
    board.devices.iter().filter(|(_, entry)| entry.driver.is_some()).count()
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
