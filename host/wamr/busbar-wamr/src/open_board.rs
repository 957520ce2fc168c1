//! An open board: its drivers and apps checked and ready, each started when it is needed.

use crate::app::{App, AppSurroundings};
use crate::components::{Driver, FlattenedFile, cache_folders, files_of, find_flattened};
use crate::device::{CallableComponent, Contact, OpenedDevice, Sensor, Switch};
use crate::instance::{Drivers, Supervised, Supervisor};
use busbar_core::app::{Ended, RunOptions, RunsApps, find_app, quotas_of_driven, usb_of_driven};
use busbar_core::board::{Board, ComponentName, DeviceEntry};
use busbar_core::bridge::Supplies;
use busbar_core::bus::Backends;
use busbar_core::bus::usb::{UsbBackend, UsbHub};
use busbar_core::cache::CodeFiles;
use busbar_core::clock::Clock;
use busbar_core::components::absolute_path;
use busbar_core::device::{LastReadings, OpensSensors};
use busbar_core::error::HostError;
use busbar_core::failure::{AppFailure, BoardFailure};
use busbar_core::folder::{Folder, FolderGuard};
use busbar_core::grants::DeviceUse;
use busbar_core::link::DeviceKind;
use busbar_core::locked::locked;
use busbar_core::supervisor::at_once;
use busbar_core::trace::{Listener, Trace};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// What a board is opened with.
pub struct OpenOptions<'a> {
    /// What there is of each bus but USB.
    pub buses: Backends,
    /// Asked in this order for the devices of entries with a USB grant; the next where an entry has none of those before.
    pub usb: Vec<Arc<dyn UsbBackend>>,
    /// Told of every denial, warning and start.
    pub listener: Listener,
    /// The folder of the board file, from which components are found, and which the folders of apps are relative to.
    pub folder: &'a Path,
    /// The board file, where it is one.
    pub file: Option<&'a Path>,
    /// The machine code that was made of components.
    pub kept: &'a CodeFiles,
}

/// A board whose drivers run when they are needed.
pub struct OpenBoard {
    /// In the order of the file: each app, or why it cannot run.
    apps: Vec<(String, Result<App, HostError>)>,
    surroundings: AppSurroundings,
}

impl OpenBoard {
    /// Finds and checks the drivers and apps of a board. Nothing of them runs. One that is refused keeps no other from working:
    /// who asks for it is told why.
    ///
    /// # Errors
    ///
    /// [`HostError`] with code "board" where an app is given a folder with something in it that decides what runs here.
    pub fn open(board: Board, options: &OpenOptions<'_>) -> Result<Self, HostError> {
        let clock = Clock::start();
        let trace = Trace::new(clock, options.listener.clone());
        let mut guard = FolderGuard::new(&board, options.folder, options.file)?;
        // Machine code above all: it is held to nothing.
        for cache in cache_folders().into_iter().chain(options.kept.folders()) {
            guard.keep_folder("the cache", &cache)?;
        }
        let mut components = Components { options, guard, known: HashMap::new() };
        let wiring = Wiring { clock, trace: &trace, options, hub: UsbHub::new(options.usb.clone()) };
        let mut devices = Vec::new();
        for (name, entry) in &board.devices {
            let Some(driver) = entry.named_driver() else { continue };
            let driver = components.driver(name, entry, driver);
            devices.push((name.clone(), driver.map(|driver| wiring.supervisor(name, entry, driver))));
        }
        let mut apps = Vec::new();
        for (name, entry) in &board.apps {
            let app = components.find(name, &entry.named_component());
            apps.push((name.clone(), app.and_then(|file| App::check(name, entry, &board, file))));
        }
        let (quotas, usb) = (quotas_of_driven(&board), usb_of_driven(&board, &wiring.hub));
        let (folder, buses, guard) = (options.folder.to_owned(), options.buses.clone(), Mutex::new(components.guard));
        let surroundings = AppSurroundings {
            clock,
            trace,
            quotas,
            usb,
            open_buses: Arc::new(move |device, entry| buses.open(device, entry, clock)),
            open_folder: Box::new(move |grant| {
                locked(&guard).check()?;
                Folder::open(&absolute_path(&folder.join(&grant.path)), grant)
            }),
            drivers: Arc::new(Drivers::new(board, devices, LastReadings::new(clock))),
        };
        Ok(Self { apps, surroundings })
    }

    /// The checked board file.
    pub fn board(&self) -> Arc<Board> {
        self.drivers().board()
    }

    /// The devices with a driver, and what each drives, or why it cannot, in the order of the file.
    pub fn devices(&self) -> Vec<(String, Result<DeviceKind, HostError>)> {
        self.drivers().kinds()
    }

    /// What the devices whose entries are not enforced have needed so far, by their names, in the order of the file.
    pub fn uses(&self) -> Vec<(String, DeviceUse)> {
        self.drivers().uses(&self.surroundings.quotas)
    }

    /// Opens a sensor; its driver is started first where it does not run.
    ///
    /// # Errors
    ///
    /// When the board has no sensor of this name, when its driver cannot be started, and what that answers.
    pub async fn sensor(&self, name: &str) -> Result<Sensor, BoardFailure> {
        let readings = &self.drivers().readings;
        self.open_sensor(name).await.inspect_err(|failure| readings.note(name, Err(failure.clone())))
    }

    /// Opens a device of any kind; its driver is started first where it does not run.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn device(&self, name: &str, kind: DeviceKind) -> Result<OpenedDevice, BoardFailure> {
        let instance = self.drivers().find(name, kind)?.instance().await?;
        let opened = OpenedDevice::open(name, kind, instance, &self.drivers().readings).await;
        opened.map_err(|failure| failure.error(name).into())
    }

    /// Opens a switch; likewise.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn switch(&self, name: &str) -> Result<Switch, BoardFailure> {
        self.device(name, DeviceKind::Switch).await.map(Switch::new)
    }

    /// Opens a contact; likewise.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn contact(&self, name: &str) -> Result<Contact, BoardFailure> {
        self.device(name, DeviceKind::Contact).await.map(Contact::new)
    }

    /// Opens a component of somebody else's, whose functions take their handles as parameters; likewise.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn component(&self, name: &str) -> Result<CallableComponent, BoardFailure> {
        let supervisor = self.drivers().find(name, DeviceKind::Component)?;
        let (driver, grant) = (supervisor.driver().clone(), supervisor.entry().i2c.clone());
        let functions = driver.functions(name)?;
        Ok(CallableComponent::new(name, functions, driver, grant, supervisor.instance().await?))
    }

    async fn open_sensor(&self, name: &str) -> Result<Sensor, BoardFailure> {
        let instance = self.drivers().find(name, DeviceKind::Sensor)?.instance().await?;
        Ok(Sensor::open(name, instance, &self.drivers().readings).await?)
    }

    fn drivers(&self) -> &Drivers {
        &self.surroundings.drivers
    }
}

impl RunsApps for OpenBoard {
    async fn run(&self, name: &str, options: RunOptions, stop: impl Future<Output = ()>) -> Result<Ended, AppFailure> {
        find_app(&self.apps, name)?.run(&self.surroundings, options, stop).await
    }

    async fn close(&self) {
        self.drivers().stop().await;
        self.trace().flush();
    }

    fn trace(&self) -> &Trace {
        &self.surroundings.trace
    }
}

/// The components of a board, which are kept from its apps.
struct Components<'a> {
    options: &'a OpenOptions<'a>,
    guard: FolderGuard,
    /// The drivers that devices before have, by how the board names them.
    known: HashMap<ComponentName, Driver>,
}

impl Components<'_> {
    /// The driver of a device. Devices with one driver share its code.
    fn driver(&mut self, device: &str, entry: &DeviceEntry, name: ComponentName) -> Result<Driver, HostError> {
        if let Some(driver) = self.known.get(&name) {
            return driver.check_for(device, entry);
        }
        let driver = Driver::check(device, entry, self.find(device, &name)?)?;
        self.known.insert(name, driver.clone());
        Ok(driver)
    }

    /// The flattened component of an entry.
    fn find(&mut self, entry: &str, name: &ComponentName) -> Result<FlattenedFile, HostError> {
        let OpenOptions { folder, kept, .. } = self.options;
        let guarded = files_of(name, folder)
            .and_then(|files| files.into_iter().try_for_each(|(what, path)| self.guard.keep_file(&what, &path)));
        guarded.and_then(|()| find_flattened(name, folder, kept)).map_err(|error| error.named(entry))
    }
}

impl OpensSensors for OpenBoard {
    type Sensor = Sensor;

    async fn sensor(&self, name: &str) -> Result<Sensor, BoardFailure> {
        OpenBoard::sensor(self, name).await
    }
}

/// What drivers are wired to.
struct Wiring<'a> {
    clock: Clock,
    trace: &'a Trace,
    options: &'a OpenOptions<'a>,
    hub: Arc<UsbHub>,
}

impl Wiring<'_> {
    fn supervisor(&self, device: &str, entry: &DeviceEntry, driver: Driver) -> Arc<Supervisor> {
        let entry = Arc::new(entry.clone());
        let (buses, opened_for, name, clock) =
            (self.options.buses.clone(), entry.clone(), device.to_owned(), self.clock);
        Supervisor::new(Supervised {
            device: device.into(),
            driver,
            clock: self.clock,
            trace: self.trace.clone(),
            open_buses: Arc::new(move || {
                let opened = buses.open(&name, &opened_for, clock).map_err(BoardFailure::from);
                Box::pin(async move { opened })
            }),
            supplies: Supplies::default(),
            usb: entry.usb.as_ref().map(|grant| self.hub.add_slot(device, grant)),
            // This host has no serial ports: a board with one was refused.
            uart: None,
            after: at_once(),
            entry,
        })
    }
}
