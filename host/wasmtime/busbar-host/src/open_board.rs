//! An open board: its drivers checked and ready, each started when it is needed.

use crate::app::{App, AppFailure, AppSurroundings, Ended, RunOptions};
use crate::board::{Board, ComponentName, DeviceEntry, PlacedEntry};
use crate::bridge::{Bridges, DriverBridge};
use crate::bus::usb::{UsbBackend, UsbHub};
use crate::bus::{Backends, Later, OpenedBuses};
use crate::clock::Clock;
use crate::components::{ComponentSource, Driver, LoadedComponent, absolute_path};
#[cfg(feature = "streams")]
use crate::device::StreamingSensor;
use crate::device::{
    BlockDevice, CallableComponent, Camera, Contact, Hid, LastReadings, Sensor, SerialPort, Switch, TextDisplay,
    UsbEcho,
};
use crate::engine::Machine;
use crate::error::HostError;
use crate::folder::{Folder, FolderGuard};
use crate::grants::DeviceUse;
use crate::instance::{After, BoardFailure, DriverOrRefusal, Drivers, Supervised, Supervisor, at_once};
use crate::link::DeviceKind;
use crate::locked::locked;
use crate::trace::{Listener, Trace};
use busbar_core::app::{find_app, quotas_of_driven, usb_of_driven};
use busbar_core::bridge::{Supplies, Supply, bridges_of, depth_of};
use busbar_core::device::OpensSensors;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// What a board is opened with.
pub struct OpenOptions<'a> {
    /// What there is of each bus but USB.
    pub buses: Backends,
    /// Asked in this order for the devices of entries with a USB grant; the next where an entry has none of those before.
    pub usb: Vec<Arc<dyn UsbBackend>>,
    /// What runs the drivers.
    pub machine: Machine,
    /// Where the code of components comes from.
    pub components: &'a dyn ComponentSource,
    /// Told of every denial, warning and start.
    pub listener: Listener,
    /// The folder of the board file, which the folders of apps are relative to.
    pub folder: &'a Path,
    /// The board file, where it is one.
    pub file: Option<&'a Path>,
    /// Other files and folders that no app may be given, and what people call them.
    pub kept: Vec<(String, PathBuf)>,
}

/// A board whose drivers run when they are needed.
pub struct OpenBoard {
    /// In the order of the file: each app, or why it cannot run.
    pub(crate) apps: Vec<(String, Result<App, HostError>)>,
    pub(crate) surroundings: AppSurroundings,
    pub(crate) wiring: Wiring,
    /// Keeps from the apps what decides what runs here.
    pub(crate) guard: Arc<Mutex<FolderGuard>>,
    /// One change after the other.
    pub(crate) changing: tokio::sync::Mutex<()>,
}

/// What drivers are wired to.
pub(crate) struct Wiring {
    clock: Clock,
    trace: Trace,
    buses: Backends,
    pub(crate) hub: Arc<UsbHub>,
    pub(crate) bridges: Bridges,
}

impl OpenBoard {
    /// Finds and checks the drivers and apps of a board. Nothing of them runs. One that is refused keeps no other from
    /// working: who asks for it is told why.
    ///
    /// # Errors
    ///
    /// [`HostError`] with code "board" where an app is given a folder with something in it that decides what runs here.
    pub fn open(board: Board, options: OpenOptions<'_>) -> Result<Self, HostError> {
        let clock = Clock::start();
        let trace = Trace::new(clock, options.listener.clone());
        let mut guard = FolderGuard::new(&board, options.folder, options.file)?;
        for (what, path) in &options.kept {
            guard.keep_folder(what, path)?;
        }
        let bridges = Bridges::default();
        // A board without bridges has nothing to ask for their buses.
        let buses = if board.bridges.is_empty() { options.buses.clone() } else { bridges.backends(&options.buses) };
        let hub = UsbHub::new(options.usb.clone());
        let wiring = Wiring { clock, trace: trace.clone(), buses: buses.clone(), hub, bridges };
        let mut components = Components { options: &options, guard, loaded: HashMap::new() };
        let mut devices = Vec::new();
        // Bridges first, and those behind others last: what is wired to them has to find them.
        let mut placed: Vec<_> = board.entries().collect();
        placed.sort_by_key(|placed| depth_of(placed.entry, &board));
        for entry in placed {
            let Some(driver) = entry.entry.named_driver() else { continue };
            let driver = components
                .load(entry.name, driver)
                .and_then(|component| Driver::check(&options.machine, &board, entry, &component));
            devices.push((entry.name.to_owned(), wiring.supervisor(&board, entry, driver, at_once())));
        }
        let place_of = |name: &str| board.entries().position(|entry| entry.name == name);
        devices.sort_by_key(|(name, _)| place_of(name));
        let mut apps = Vec::new();
        for (name, entry) in &board.apps {
            let app = components
                .load(name, entry.named_component())
                .and_then(|component| App::check(&options.machine, name, entry, &board, &component));
            apps.push((name.clone(), app));
        }
        let (quotas, usb) = (quotas_of_driven(&board), usb_of_driven(&board, &wiring.hub));
        let folder = options.folder.to_owned();
        let guard = Arc::new(Mutex::new(components.guard));
        let looked_at = guard.clone();
        let surroundings = AppSurroundings {
            machine: options.machine.clone(),
            clock,
            trace,
            quotas,
            usb,
            open_buses: Arc::new(move |device, entry| buses.open(device, entry, clock)),
            open_folder: Box::new(move |grant| {
                locked(&looked_at).check()?;
                Folder::open(&absolute_path(&folder.join(&grant.path)), grant)
            }),
            drivers: Arc::new(Drivers::new(board, devices, LastReadings::new(clock))),
        };
        Ok(Self { apps, surroundings, wiring, guard, changing: tokio::sync::Mutex::new(()) })
    }

    /// The checked board file, as it is now.
    pub fn board(&self) -> Arc<Board> {
        self.surroundings.drivers.board()
    }

    /// How the sensors do that were read, or could not be opened.
    pub fn last_readings(&self) -> &LastReadings {
        &self.surroundings.drivers.readings
    }

    /// The board's time.
    pub fn clock(&self) -> Clock {
        self.surroundings.clock
    }

    /// Tells of what refusals and warnings were only counted in the second before.
    pub fn trace(&self) -> &Trace {
        &self.surroundings.trace
    }

    /// The devices with a driver, and what each drives, or why it cannot, in the order of the file.
    pub fn devices(&self) -> Vec<(String, Result<DeviceKind, HostError>)> {
        self.surroundings.drivers.kinds()
    }

    /// The bridges, or why one cannot be used, in the order of the file.
    pub fn bridges(&self) -> Vec<(String, Result<DeviceKind, HostError>)> {
        self.surroundings.drivers.bridges()
    }

    /// What the devices whose entries are not enforced have needed so far, by their names, in the order of the file.
    pub fn uses(&self) -> Vec<(String, DeviceUse)> {
        self.surroundings.drivers.uses(&self.surroundings.quotas)
    }

    /// Runs an app to its end, or until `stop` settles. Each device that it opens is an instance of the driver that the
    /// board wires to the name.
    ///
    /// # Errors
    ///
    /// When the board has no such app, when it does not start, and when it ends with an error or traps.
    pub async fn run(
        &self,
        name: &str,
        options: RunOptions,
        stop: impl Future<Output = ()>,
    ) -> Result<Ended, AppFailure> {
        find_app(&self.apps, name)?.run(&self.surroundings, options, stop).await
    }

    /// Opens a sensor; its driver is started first where it does not run.
    ///
    /// # Errors
    ///
    /// When the board has no sensor of this name, when its driver cannot be started, and what that answers.
    pub async fn sensor(&self, name: &str) -> Result<Sensor, BoardFailure> {
        let readings = &self.surroundings.drivers.readings;
        let opened = self.open_sensor(name).await;
        let sensor = opened.inspect_err(|failure| readings.note(name, Err(failure.clone())))?;
        Ok(sensor.noted_in(readings.clone()))
    }

    async fn open_sensor(&self, name: &str) -> Result<Sensor, BoardFailure> {
        let instance = self.surroundings.drivers.find(name, DeviceKind::Sensor)?.instance().await?;
        Ok(Sensor::open(name, instance).await?)
    }

    /// Opens a sensor that sends readings by itself; its driver is started first where it does not run.
    ///
    /// # Errors
    ///
    /// As for a sensor, and when its driver sends none by itself.
    #[cfg(feature = "streams")]
    pub async fn streaming_sensor(&self, name: &str) -> Result<StreamingSensor, BoardFailure> {
        let supervisor = self.surroundings.drivers.find(name, DeviceKind::Sensor)?;
        supervisor.driver().require_streams(name)?;
        Ok(StreamingSensor::open(name, supervisor.instance().await?).await?)
    }

    /// Opens a text display; its driver is started first where it does not run.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn text_display(&self, name: &str) -> Result<TextDisplay, BoardFailure> {
        let instance = self.surroundings.drivers.find(name, DeviceKind::TextDisplay)?.instance().await?;
        Ok(TextDisplay::open(name, instance).await?)
    }

    /// Opens a human interface device; its driver is started first where it does not run, and that waits until the device
    /// is plugged in.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn hid(&self, name: &str) -> Result<Hid, BoardFailure> {
        let instance = self.surroundings.drivers.find(name, DeviceKind::Hid)?.instance().await?;
        Ok(Hid::open(name, instance).await?)
    }

    /// Opens a serial port; likewise.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn serial_port(&self, name: &str) -> Result<SerialPort, BoardFailure> {
        let instance = self.surroundings.drivers.find(name, DeviceKind::SerialPort)?.instance().await?;
        Ok(SerialPort::open(name, instance).await?)
    }

    /// Opens a disk; likewise.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn block_device(&self, name: &str) -> Result<BlockDevice, BoardFailure> {
        let instance = self.surroundings.drivers.find(name, DeviceKind::BlockDevice)?.instance().await?;
        Ok(BlockDevice::open(name, instance).await?)
    }

    /// Opens a camera; likewise.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn camera(&self, name: &str) -> Result<Camera, BoardFailure> {
        let instance = self.surroundings.drivers.find(name, DeviceKind::Camera)?.instance().await?;
        Ok(Camera::open(name, instance).await?)
    }

    /// Opens a device that sends back what it is sent; likewise.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn usb_echo(&self, name: &str) -> Result<UsbEcho, BoardFailure> {
        let instance = self.surroundings.drivers.find(name, DeviceKind::UsbEcho)?.instance().await?;
        Ok(UsbEcho::open(name, instance).await?)
    }

    /// Opens a switch; its driver is started first where it does not run.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn switch(&self, name: &str) -> Result<Switch, BoardFailure> {
        let instance = self.surroundings.drivers.find(name, DeviceKind::Switch)?.instance().await?;
        Ok(Switch::open(name, instance).await?)
    }

    /// Opens a contact; likewise.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn contact(&self, name: &str) -> Result<Contact, BoardFailure> {
        let instance = self.surroundings.drivers.find(name, DeviceKind::Contact)?.instance().await?;
        Ok(Contact::open(name, instance).await?)
    }

    /// Opens a component of somebody else's, whose functions take their handles as parameters; likewise.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn component(&self, name: &str) -> Result<CallableComponent, BoardFailure> {
        let supervisor = self.surroundings.drivers.find(name, DeviceKind::Component)?;
        let functions = supervisor.driver().functions(name)?;
        Ok(CallableComponent::new(name, functions, supervisor.instance().await?))
    }

    /// Stops all drivers.
    pub async fn close(&self) {
        self.surroundings.drivers.stop().await;
        self.trace().flush();
    }
}

impl OpensSensors for OpenBoard {
    type Sensor = Sensor;

    async fn sensor(&self, name: &str) -> Result<Sensor, BoardFailure> {
        self.sensor(name).await
    }
}

/// The components of a board. Entries with the same one share its code.
struct Components<'a, 'b> {
    options: &'a OpenOptions<'b>,
    /// Keeps them from the apps.
    guard: FolderGuard,
    loaded: HashMap<ComponentName, Result<LoadedComponent, HostError>>,
}

impl Components<'_, '_> {
    /// The component of an entry.
    fn load(&mut self, entry: &str, name: ComponentName) -> Result<LoadedComponent, HostError> {
        let component = match self.loaded.get(&name) {
            Some(component) => component.clone(),
            None => {
                let component = self.find(&name);
                self.loaded.insert(name, component.clone());
                component
            }
        };
        component.map_err(|error| error.named(entry))
    }

    fn find(&mut self, name: &ComponentName) -> Result<LoadedComponent, HostError> {
        let OpenOptions { machine, components, .. } = self.options;
        for (what, path) in components.files(name)? {
            self.guard.keep_file(&what, &path)?;
        }
        components.load(machine, name)
    }
}

impl Wiring {
    /// What keeps the driver of an entry running, or why it has none. The bridges that it is behind have been put in their places before.
    pub(crate) fn supervisor(
        &self,
        board: &Board,
        entry: PlacedEntry<'_>,
        driver: Result<Driver, HostError>,
        after: After,
    ) -> DriverOrRefusal {
        let supervisor = driver.map(|driver| Supervisor::new(self.supervised(board, entry, driver, after)));
        if entry.is_bridge {
            let bridge = supervisor.as_ref().map_err(HostError::clone).map(|supervisor| {
                DriverBridge::new(entry.name, supervisor.clone(), self.bridges.turns_of(entry.entry))
            });
            self.bridges.put(entry.name, bridge);
        }
        supervisor
    }

    /// What the driver of an entry is started with.
    fn supervised(&self, board: &Board, placed: PlacedEntry<'_>, driver: Driver, after: After) -> Supervised {
        let usb = placed.entry.usb.as_ref().map(|grant| self.hub.add_slot(placed.name, grant));
        Supervised { usb, ..self.unplugged(board, placed, driver, after) }
    }

    /// [`Wiring::supervised`] without a USB device.
    pub(crate) fn unplugged(
        &self,
        board: &Board,
        PlacedEntry { name: device, entry, .. }: PlacedEntry<'_>,
        driver: Driver,
        after: After,
    ) -> Supervised {
        let behind = bridges_of(entry, board).into_iter().filter_map(|(name, _)| self.bridges.get(name));
        let supplies = Supplies::new(behind.map(|bridge| bridge as Arc<dyn Supply>).collect());
        let entry = Arc::new(entry.clone());
        let opening = Opening {
            bridges: self.bridges.clone(),
            buses: self.buses.clone(),
            device: device.to_owned(),
            entry: entry.clone(),
            clock: self.clock,
        };
        let opening = Arc::new(opening);
        Supervised {
            device: device.into(),
            usb: None,
            uart: self.buses.uart_wiring(device, &entry),
            supplies,
            entry,
            driver,
            clock: self.clock,
            trace: self.trace.clone(),
            open_buses: Arc::new(move || opening.clone().open()),
            after,
        }
    }
}

/// What opens the buses of an entry.
struct Opening {
    bridges: Bridges,
    /// Those of the bridges first.
    buses: Backends,
    device: String,
    entry: Arc<DeviceEntry>,
    clock: Clock,
}

impl Opening {
    fn open(self: Arc<Self>) -> Later<Result<OpenedBuses, BoardFailure>> {
        Box::pin(async move {
            let opening = self.clone();
            // A task, because whoever starts the driver may give up, and the bridge's driver is not to end with that.
            let prepared = tokio::spawn(async move { opening.bridges.prepare(&opening.device, &opening.entry).await });
            prepared.await.unwrap_or_else(|_| Err(HostError::backend("the host ends.").into()))?;
            let opened = self.buses.open(&self.device, &self.entry, self.clock)?;
            if let Some(gpio) = &opened.gpio {
                gpio.ready().await?;
            }
            Ok(opened)
        })
    }
}
