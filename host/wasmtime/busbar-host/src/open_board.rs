//! An open board: its drivers checked and ready, each started when it is needed.

use crate::app::{App, AppFailure, AppSurroundings, Ended, RunOptions};
use crate::board::{Board, DeviceEntry};
use crate::clock::Clock;
use crate::components::{ComponentSource, Driver, LoadedComponent, absolute};
use crate::device::{BlockDevice, Camera, Hid, Sensor, SerialPort, TextDisplay, UsbEcho};
use crate::drivers::Drivers;
use crate::engine::Machine;
use crate::error::HostError;
use crate::folder::{Folder, FolderGuard};
use crate::grants::DeviceQuota;
use crate::i2c::{BusName, I2cBackend, I2cBus, I2cUser};
use crate::instance::{BoardFailure, Supervised, Supervisor};
use crate::link::DeviceKind;
use crate::trace::{Listener, Trace};
use crate::usb::{UsbBackend, UsbHub};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// What a board is opened with.
pub struct OpenOptions<'a> {
    /// Asked in this order for the bus of a name.
    pub i2c: Vec<Arc<dyn I2cBackend>>,
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
    apps: Vec<(String, Result<App, HostError>)>,
    surroundings: AppSurroundings,
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
        let mut components = Components { options: &options, guard, loaded: HashMap::new() };
        let mut devices = Vec::new();
        let hub = UsbHub::new(options.usb.clone());
        for (name, entry) in &board.devices {
            let Some(specifier) = &entry.driver else { continue };
            let supervisor = components
                .load(name, specifier)
                .and_then(|component| Driver::check(&options.machine, name, entry, &component))
                .map(|driver| supervisor(name, entry, driver, &options, clock, &trace, &hub));
            devices.push((name.clone(), supervisor));
        }
        let mut apps = Vec::new();
        for (name, entry) in &board.apps {
            let app = components
                .load(name, &entry.component)
                .and_then(|component| App::check(&options.machine, name, entry, &board, &component));
            apps.push((name.clone(), app));
        }
        let bare = board.devices.iter().filter(|(_, entry)| entry.driver.is_none());
        let quotas = bare.map(|(name, entry)| (name.clone(), Arc::new(Mutex::new(DeviceQuota::new(entry)))));
        let (folder, guard, i2c) = (options.folder.to_owned(), components.guard, options.i2c.clone());
        let surroundings = AppSurroundings {
            machine: options.machine.clone(),
            clock,
            trace,
            quotas: quotas.collect(),
            open_bus: Arc::new(move |device, grant| open_bus(device, &grant.bus, &grant.addresses, &i2c)),
            open_folder: Box::new(move |grant| {
                guard.check()?;
                Folder::open(&absolute(&folder.join(&grant.path)), grant)
            }),
            drivers: Arc::new(Drivers { board, devices }),
        };
        Ok(Self { apps, surroundings })
    }

    /// The checked board file.
    pub fn board(&self) -> &Board {
        &self.surroundings.drivers.board
    }

    /// Tells of what refusals and warnings were only counted in the second before.
    pub fn trace(&self) -> &Trace {
        &self.surroundings.trace
    }

    /// The devices with a driver, and what each drives, or why it cannot, in the order of the file.
    pub fn devices(&self) -> impl Iterator<Item = (&str, Result<DeviceKind, &HostError>)> {
        self.surroundings.drivers.devices.iter().map(|(name, device)| {
            let kind = device.as_ref().map(|supervisor| supervisor.driver().kind());
            (name.as_str(), kind)
        })
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
        match self.apps.iter().find(|(each, _)| each == name) {
            Some((_, Ok(app))) => app.run(&self.surroundings, options, stop).await,
            Some((_, Err(error))) => Err(error.clone().into()),
            None => {
                let names = self.apps.iter().map(|(each, _)| format!("\"{each}\"")).collect::<Vec<_>>().join(", ");
                let names = if names.is_empty() { "none" } else { &names };
                Err(HostError::board(format!("the board has no app \"{name}\"; it has {names}.")).into())
            }
        }
    }

    /// Opens a sensor; its driver is started first where it does not run.
    ///
    /// # Errors
    ///
    /// When the board has no sensor of this name, when its driver cannot be started, and what that answers.
    pub async fn sensor(&self, name: &str) -> Result<Sensor, BoardFailure> {
        let supervisor = self.surroundings.drivers.find(name, DeviceKind::Sensor)?;
        let instance = supervisor.instance().await?;
        Ok(Sensor::open(name, instance).await?)
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

    /// Stops all drivers.
    pub async fn close(&self) {
        for supervisor in self.surroundings.drivers.devices.iter().filter_map(|(_, device)| device.as_ref().ok()) {
            supervisor.stop("the board was closed").await;
        }
        self.trace().flush();
    }
}

/// The components of a board. Entries with the same one share its code.
struct Components<'a, 'b> {
    options: &'a OpenOptions<'b>,
    /// Keeps them from the apps.
    guard: FolderGuard,
    loaded: HashMap<String, Result<LoadedComponent, HostError>>,
}

impl Components<'_, '_> {
    /// The component of an entry.
    fn load(&mut self, name: &str, specifier: &str) -> Result<LoadedComponent, HostError> {
        let component = match self.loaded.get(specifier) {
            Some(component) => component.clone(),
            None => {
                let component = self.find(specifier);
                self.loaded.insert(specifier.to_owned(), component.clone());
                component
            }
        };
        component.map_err(|error| {
            let is_named = error.message.starts_with(&format!("{name}: "));
            if is_named { error } else { HostError::new(error.code, format!("{name}: {}", error.message)) }
        })
    }

    fn find(&mut self, specifier: &str) -> Result<LoadedComponent, HostError> {
        let OpenOptions { machine, components, .. } = self.options;
        for (what, path) in components.files(specifier)? {
            self.guard.keep_file(&what, &path)?;
        }
        components.load(machine, specifier)
    }
}

fn supervisor(
    device: &str,
    entry: &DeviceEntry,
    driver: Driver,
    options: &OpenOptions<'_>,
    clock: Clock,
    trace: &Trace,
    hub: &Arc<UsbHub>,
) -> Arc<Supervisor> {
    let entry = Arc::new(entry.clone());
    let usb = entry.usb.clone();
    let (buses, opened_for, name) = (options.i2c.clone(), entry.clone(), device.to_owned());
    let open_bus = move || match &opened_for.i2c {
        Some(grant) => open_bus(&name, &grant.bus, &grant.addresses, &buses).map(Some),
        None => Ok(None),
    };
    Supervisor::new(Supervised {
        device: device.into(),
        entry,
        driver,
        machine: options.machine.clone(),
        clock,
        trace: trace.clone(),
        open_bus: Box::new(open_bus),
        usb: usb.as_ref().map(|grant| hub.add_slot(device, grant)),
    })
}

/// Opens the bus of a grant.
fn open_bus(
    device: &str,
    bus: &BusName,
    addresses: &[u16],
    backends: &[Arc<dyn I2cBackend>],
) -> Result<Box<dyn I2cBus>, HostError> {
    for backend in backends {
        if let Some(opened) = backend.open(bus, &I2cUser { device, addresses })? {
            return Ok(opened);
        }
    }
    let tried = backends.iter().map(|backend| backend.name()).collect::<Vec<_>>().join(" and ");
    let tried = if tried.is_empty() { "no I2C backend" } else { &tried };
    let bus = match bus {
        BusName::Number(number) => number.to_string(),
        BusName::Text(name) => crate::text::quoted(name),
    };
    Err(HostError::backend(format!(
        "{device}: there is no I2C bus {bus} (asked {tried}); list the buses with \"busbar scan\", or simulate it."
    )))
}
