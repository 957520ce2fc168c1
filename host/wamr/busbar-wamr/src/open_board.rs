use crate::components::{Driver, find_flattened};
use crate::device::{OpenedDevice, Sensor};
use crate::instance::{DriverOrRefusal, Drivers, Supervised, Supervisor};
use busbar_core::board::{Board, DeviceEntry};
use busbar_core::cache::CodeFiles;
use busbar_core::clock::Clock;
use busbar_core::device::{LastReadings, OpensSensors};
use busbar_core::error::HostError;
use busbar_core::failure::BoardFailure;
use busbar_core::grants::DeviceUse;
use busbar_core::i2c::{I2cBackend, open_bus};
use busbar_core::link::DeviceKind;
use busbar_core::supervisor::{StartsLives, at_once};
use busbar_core::trace::{Listener, Trace};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// What a board is opened with.
pub struct OpenOptions<'a> {
    /// Asked in this order for the bus of a name.
    pub i2c: Vec<Arc<dyn I2cBackend>>,
    /// Told of every denial, warning and start.
    pub listener: Listener,
    /// The folder of the board file, from which components are found.
    pub folder: &'a Path,
    /// The machine code that was made of drivers.
    pub kept: &'a CodeFiles,
}

/// A board whose drivers run when they are needed.
pub struct OpenBoard {
    trace: Trace,
    drivers: Drivers,
}

impl OpenBoard {
    /// Finds and checks the drivers of a board. Nothing of them runs. One that is refused keeps no other from working: who asks
    /// for it is told why.
    pub fn open(board: Board, options: &OpenOptions<'_>) -> Self {
        let clock = Clock::start();
        let trace = Trace::new(clock, options.listener.clone());
        let mut wiring = Wiring { clock, trace: &trace, options, known: HashMap::new() };
        let drivers = board.devices.iter().filter_map(|(name, entry)| Some((name, entry, entry.driver.as_ref()?)));
        let devices = drivers.map(|(name, entry, specifier)| (name.clone(), wiring.supervisor(name, entry, specifier)));
        let devices = devices.collect();
        Self { trace, drivers: Drivers::new(board, devices, LastReadings::new(clock)) }
    }

    /// The checked board file.
    pub fn board(&self) -> Arc<Board> {
        self.drivers.board()
    }

    /// Tells of what refusals and warnings were only counted in the second before.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The devices with a driver, and what each drives, or why it cannot, in the order of the file.
    pub fn devices(&self) -> Vec<(String, Result<DeviceKind, HostError>)> {
        let kind_of = |device: DriverOrRefusal| device.map(|supervisor| supervisor.driver().kind());
        self.drivers.all().into_iter().map(|(name, device)| (name, kind_of(device))).collect()
    }

    /// What the devices whose entries are not enforced have needed so far, by their names, in the order of the file.
    pub fn uses(&self) -> Vec<(String, DeviceUse)> {
        let noted = |(name, device): (String, DriverOrRefusal)| Some((name, device.ok()?.noted_use()?));
        self.drivers.all().into_iter().filter_map(noted).collect()
    }

    /// Opens a sensor; its driver is started first where it does not run.
    ///
    /// # Errors
    ///
    /// When the board has no sensor of this name, when its driver cannot be started, and what that answers.
    pub async fn sensor(&self, name: &str) -> Result<Sensor, BoardFailure> {
        let readings = &self.drivers.readings;
        self.open_sensor(name).await.inspect_err(|failure| readings.note(name, Err(failure.clone())))
    }

    /// Opens a device of any kind; its driver is started first where it does not run.
    ///
    /// # Errors
    ///
    /// As for a sensor.
    pub async fn device(&self, name: &str, kind: DeviceKind) -> Result<OpenedDevice, BoardFailure> {
        let instance = self.drivers.find(name, kind)?.instance().await?;
        let opened = OpenedDevice::open(name, kind, instance, &self.drivers.readings).await;
        opened.map_err(|failure| failure.error(name).into())
    }

    /// Stops all drivers.
    pub async fn close(&self) {
        for supervisor in self.drivers.all().into_iter().filter_map(|(_, device)| device.ok()) {
            supervisor.stop("the board was closed").await;
        }
        self.trace.flush();
    }

    async fn open_sensor(&self, name: &str) -> Result<Sensor, BoardFailure> {
        let instance = self.drivers.find(name, DeviceKind::Sensor)?.instance().await?;
        Ok(Sensor::open(name, instance, &self.drivers.readings).await?)
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
    /// The drivers that devices before have, by how the board names them.
    known: HashMap<String, Driver>,
}

impl Wiring<'_> {
    fn driver(&mut self, device: &str, entry: &DeviceEntry, specifier: &str) -> Result<Driver, HostError> {
        if let Some(driver) = self.known.get(specifier) {
            return driver.check_for(device, entry);
        }
        let OpenOptions { folder, kept, .. } = self.options;
        let file = find_flattened(specifier, folder, kept).map_err(|error| error.named(device))?;
        let driver = Driver::check(device, entry, file)?;
        self.known.insert(specifier.to_owned(), driver.clone());
        Ok(driver)
    }

    fn supervisor(&mut self, device: &str, entry: &DeviceEntry, specifier: &str) -> Result<Arc<Supervisor>, HostError> {
        let driver = self.driver(device, entry, specifier)?;
        let OpenOptions { i2c, .. } = self.options;
        let entry = Arc::new(entry.clone());
        let (buses, opened_for, name) = (i2c.clone(), entry.clone(), device.to_owned());
        let open_bus = move || match &opened_for.i2c {
            Some(grant) => open_bus(&name, &grant.bus, &grant.addresses, &buses).map(Some),
            None => Ok(None),
        };
        Ok(Supervisor::new(Supervised {
            device: device.into(),
            entry,
            driver,
            clock: self.clock,
            trace: self.trace.clone(),
            open_bus: Arc::new(open_bus),
            usb: None,
            after: at_once(),
        }))
    }
}
