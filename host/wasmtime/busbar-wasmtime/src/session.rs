use crate::commands::BoardOptions;
use crate::compiler::{COMPILER, CompiledBeside};
use crate::confine::{Sockets, confine, is_kept};
use crate::output::Output;
use busbar_command::board::{
    backends, cache_problems_told_on, choose_sensors, one_app, refused_devices, tell_unenforced, told_on, unenforce,
    wiring_of,
};
use busbar_command::exit::Failure;
use busbar_host::address_space::{ThisProcess, addresses_for};
use busbar_host::app::{AppFailure, Ended, RunOptions, RunsApps};
use busbar_host::board::{Board, DeviceEntry, folder_of_board, parse_board, read_board_text};
use busbar_host::bundle::{Bundle, is_bundle};
use busbar_host::bus::BusName;
use busbar_host::bus::gpio::linux::has_gpio_chip;
use busbar_host::bus::i2c::linux::has_i2c_bus;
use busbar_host::bus::spi::linux::has_spi_controller;
use busbar_host::bus::uart::UartBackend;
use busbar_host::bus::uart::linux::LinuxUart;
use busbar_host::bus::usb::libusb::Libusb;
use busbar_host::cache::{CheckedFiles, CodeStore};
use busbar_host::clock::Clock;
use busbar_host::components::{ComponentSource, InstalledComponents};
use busbar_host::device::{OpensSensors, Sensor};
use busbar_host::engine::Machine;
use busbar_host::instance::BoardFailure;
use busbar_host::link::DeviceKind;
use busbar_host::locked::locked;
use busbar_host::models::BoardModels;
use busbar_host::text::printable;
use busbar_host::trace::{BoardEvent, Listener, Trace};
use busbar_host::{OpenBoard, OpenOptions};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex, Weak};

/// A board opened for a command that runs drivers.
pub struct Session {
    pub board: OpenBoard,
    /// What a person named: the board file, or the folder of a bundle.
    named: String,
    path: String,
    /// What the board file said when it was opened; none of a bundle.
    text: Option<String>,
    /// The board that it was opened with: what the process keeps when it is confined.
    opened: Arc<Board>,
    machine: Machine,
    complain: bool,
    watchers: Watchers,
}

/// Told of everything that a board tells.
type Watcher = dyn Fn(&BoardEvent) + Send + Sync;

/// Those of a session who watch yet.
type Watchers = Arc<Mutex<Vec<Weak<Watcher>>>>;

/// Watches a board as long as it lives.
pub struct Watching(#[allow(dead_code, reason = "it is only kept")] Arc<Watcher>);

impl OpensSensors for Session {
    type Sensor = Sensor;

    async fn sensor(&self, name: &str) -> Result<Sensor, BoardFailure> {
        self.board.sensor(name).await
    }
}

impl Session {
    /// [`Session::open`] for a command that runs drivers: the process then gives up what they do not need.
    pub fn start(options: &BoardOptions, output: &Arc<Output>) -> Result<Self, Failure> {
        let session = Self::open(options, output)?;
        session.confine(Sockets::default(), output);
        Ok(session)
    }

    /// Gives up what drivers do not need, for the rest of this process's life. `sockets` are those that are open and used.
    pub fn confine(&self, sockets: Sockets, output: &Output) {
        let folder = folder_of_board(Path::new(&self.path));
        for (_, app) in &self.opened.apps {
            // It is made while that is possible; an app that needs it and does not have it says why.
            if let Some(grant) = app.folder.as_ref().filter(|grant| grant.write) {
                let _ = std::fs::create_dir(folder.join(&grant.path));
            }
        }
        confine(&self.opened, folder, sockets, output);
    }

    /// Whether this process, which is confined, can have what an edited entry is granted. `before` is the entry that it takes
    /// the place of.
    pub fn can_have(&self, before: Option<&DeviceEntry>, entry: &DeviceEntry) -> bool {
        // Of a bus that does not exist, the trial of what takes the place of another says so.
        let board = self.board.board();
        let is_asked = before.is_none();
        let i2c =
            entry.i2c.clone().filter(|grant| is_asked || board.simulates_i2c(&grant.bus) || has_i2c_bus(&grant.bus));
        let spi = entry.spi.clone().filter(|grant| {
            is_asked
                || board.simulates_spi(&grant.bus)
                || matches!(grant.bus, BusName::Number(bus) if has_spi_controller(bus))
        });
        let gpio = entry.gpio.clone().filter(|grant| {
            let is_there = |chip: &BusName| board.simulates_gpio(chip) || has_gpio_chip(chip);
            is_asked || grant.lines.iter().all(|(_, line)| is_there(&line.chip))
        });
        let uart = entry
            .uart
            .clone()
            .filter(|grant| is_asked || board.simulates_uart(&grant.port) || LinuxUart::new(None).has(&grant.port));
        let asked = DeviceEntry { i2c, spi, gpio, uart, ..entry.clone() };
        is_kept(&self.opened, &asked)
    }

    /// Tells of everything that the board tells from now on.
    pub fn watch(&self, watcher: impl Fn(&BoardEvent) + Send + Sync + 'static) -> Watching {
        let watcher: Arc<Watcher> = Arc::new(watcher);
        locked(&self.watchers).push(Arc::downgrade(&watcher));
        Watching(watcher)
    }

    /// The board file, or the folder of a bundle, as a person named it.
    pub fn named(&self) -> &str {
        &self.named
    }

    /// Whether it is a bundle, which nobody edits.
    pub fn is_bundle(&self) -> bool {
        self.text.is_none()
    }

    /// What the board file said when it was opened; nothing of a bundle.
    pub fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// What runs the drivers.
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// An edited board, as this one was opened.
    pub fn as_opened(&self, mut board: Board) -> Board {
        if self.complain {
            unenforce(&mut board);
        }
        board
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
        let text = read_board_text(file)?;
        let board = parse_board(&text, &options.path)?;
        let machine = Machine::new(addresses_for(drivers_of(&board), &ThisProcess))?;
        let store = code_store(output);
        let components = InstalledComponents { folder: folder_of_board(file), store: &store, compile: &CompiledBeside };
        let compiler = COMPILER.find().map(|compiler| ("the compiler".to_owned(), compiler));
        let caches = store.folders().into_iter().map(|folder| ("the cache".to_owned(), folder));
        let kept = compiler.into_iter().chain(caches).collect();
        Self::open_with(board, Some(text), machine, &components, kept, options, output)
    }

    fn open_bundle(options: &BoardOptions, output: &Arc<Output>) -> Result<Self, Failure> {
        let folder = Path::new(&options.path);
        let bundle = Bundle::read(folder, options.lock.as_deref(), CheckedFiles::of_user())?;
        let board = bundle.board().clone();
        let machine = Machine::new(bundle.addresses(addresses_for(drivers_of(&board), &ThisProcess))?)?;
        let path = bundle.path().display().to_string();
        let named = options.path.clone();
        let options = BoardOptions { path, ..options.clone() };
        let kept = vec![("the bundle".to_owned(), bundle.folder().to_owned())];
        let session = Self::open_with(board, None, machine, &bundle, kept, &options, output)?;
        Ok(Self { named, ..session })
    }

    fn open_with(
        mut board: Board,
        text: Option<String>,
        machine: Machine,
        components: &dyn ComponentSource,
        kept: Vec<(String, PathBuf)>,
        BoardOptions { path, complain, .. }: &BoardOptions,
        output: &Arc<Output>,
    ) -> Result<Self, Failure> {
        if *complain {
            unenforce(&mut board);
        }
        let watchers = Watchers::default();
        let mut models = BoardModels::new(&machine, components, Clock::start());
        let file = Path::new(path);
        let options = OpenOptions {
            buses: backends(&board, path, &mut models)?,
            usb: vec![Arc::new(Libusb::new(Some(path.to_owned())))],
            machine: machine.clone(),
            components,
            listener: listener_of(output.clone(), watchers.clone()),
            folder: folder_of_board(file),
            file: Some(file),
            kept,
        };
        let board = OpenBoard::open(board, options)?;
        tell_unenforced(board.uses(), output);
        let (opened, complain) = (board.board(), *complain);
        Ok(Self { board, named: path.clone(), path: path.clone(), text, opened, machine, complain, watchers })
    }

    /// The sensors that a command is about. What was refused when the board was opened is among them: asking for it says
    /// why.
    ///
    /// # Errors
    ///
    /// When a name is unknown or no sensor, or there is no sensor at all.
    pub fn choose_sensors(&self, names: &[String]) -> Result<Vec<String>, Failure> {
        choose_sensors(&self.path, self.board.devices(), names)
    }

    /// The devices that are sensors now.
    pub fn sensors(&self) -> Vec<String> {
        let devices = self.board.devices().into_iter();
        devices.filter(|(_, kind)| *kind == Ok(DeviceKind::Sensor)).map(|(name, _)| name).collect()
    }

    /// The bridges and devices that were refused, and why, in the order of the board file.
    pub fn refused_devices(&self) -> Vec<(String, Failure)> {
        refused_devices(self.board.bridges().into_iter().chain(self.board.devices()).collect())
    }

    /// The one app of the board. `why` goes before "for a board with one".
    ///
    /// # Errors
    ///
    /// Where it has none, or several.
    pub fn one_app(&self, why: &str) -> Result<String, Failure> {
        one_app(&self.path, &self.board.board(), why)
    }

    /// Where a device is, for people: "bus 1 at 0x76", `bus "sim" (simulated) at 0x76`.
    pub fn wiring_of(&self, device: &str) -> String {
        wiring_of(&self.board.board(), device)
    }
}

impl RunsApps for Session {
    async fn run(&self, name: &str, options: RunOptions, stop: impl Future<Output = ()>) -> Result<Ended, AppFailure> {
        self.board.run(name, options, stop).await
    }

    async fn close(&self) {
        self.board.close().await;
    }

    fn trace(&self) -> &Trace {
        self.board.trace()
    }
}

/// Closes a session's board.
pub async fn closing(session: Rc<Session>) {
    session.board.close().await;
}

fn drivers_of(board: &Board) -> usize {
    board.entries().filter(|placed| placed.entry.driver.is_some()).count()
}

/// Where the code of components is kept; what is wrong with it is told.
pub fn code_store(output: &Arc<Output>) -> CodeStore {
    CodeStore::of_user(cache_problems_told_on(output.clone()))
}

fn listener_of(output: Arc<Output>, watchers: Watchers) -> Listener {
    let tell = told_on(output);
    Arc::new(move |event| {
        // One that ends watches no more.
        locked(&watchers).retain(|watcher| watcher.strong_count() > 0);
        let watching: Vec<_> = locked(&watchers).iter().filter_map(Weak::upgrade).collect();
        watching.iter().for_each(|watcher| watcher(event));
        tell(event);
    })
}
