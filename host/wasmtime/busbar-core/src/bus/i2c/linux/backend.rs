use super::bus_file::{BusFile, BusKind};
use super::errno::{format_address, transaction_error};
use super::rdwr::RdwrBus;
use super::remedies::{missing_bus, no_device_file};
use super::smbus::SmbusBus;
use super::sysfs::{adapters, device_path, resolve_bus};
use super::system::LinuxSystem;
use crate::bus::BusName;
use crate::bus::i2c::{I2cBackend, I2cBus, I2cError, I2cErrorCode, I2cUser, Operation};
use crate::bus::linux::Errno;
use crate::bus::linux::ThisMachine;
use crate::error::HostError;
use crate::locks::{DeviceLock, LockUse};
use std::sync::Arc;

/// The I2C buses of Linux: `/dev/i2c-N` under the number N, or the adapter's own name as in
/// `/sys/class/i2c-dev/i2c-N/name` where only one adapter has it.
///
/// An adapter that takes any I2C message runs transactions whole (`I2C_RDWR`, up to 42 operations of up to 8192 bytes
/// each); of one that knows SMBus operations only, what SMBus cannot express in one operation is refused. An address to
/// which a kernel driver is bound is refused as well, and so is a target that another process of busbar uses: the error
/// says which.
///
/// A bus whose adapter is pulled out lets go of it at the next transaction, which the kernel waits for before it looks at what is
/// plugged in next; and the one after that finds the adapter when it is back, also where it was back before anybody looked.
#[derive(Clone)]
pub struct LinuxI2c {
    system: Arc<dyn LinuxSystem>,
    /// Whose buses they are, where that is a file: for whoever finds a target in use.
    board: Option<String>,
}

impl LinuxI2c {
    /// The buses of this machine. `board` is the path of the board file.
    pub fn new(board: Option<String>) -> Self {
        Self::of(Arc::new(ThisMachine::new()), board)
    }

    /// Of another machine than this one: a test's.
    pub(super) fn of(system: Arc<dyn LinuxSystem>, board: Option<String>) -> Self {
        Self { system, board }
    }

    /// Keeps others from the targets. Two entries of one process that name one bus differently meet here as well.
    fn take_targets(&self, number: u32, user: &I2cUser<'_>) -> Result<Vec<DeviceLock>, HostError> {
        let usage = LockUse { device: Some(user.device.to_owned()), board: self.board.clone() };
        let take = |address: &u16| {
            let address = format_address(*address);
            self.system.locks().take(&format!("i2c-{number}-{address}"), &usage).map_err(|holder| {
                let path = device_path(number);
                HostError::backend(format!(
                    "{}: the target {address} of {path} is used by {holder}; end that first.",
                    user.device
                ))
            })
        };
        user.addresses.iter().map(take).collect()
    }

    fn open_for(&self, bus: &BusName, user: &I2cUser<'_>) -> Result<Option<Opened>, HostError> {
        let Some(number) = resolve_bus(bus, self.system.as_ref())? else { return Ok(None) };
        let targets = self.take_targets(number, user)?;
        let inode = self.inode_of(&device_path(number));
        let Some(bus) = self.open_bus(number)? else { return Ok(None) };
        Ok(Some(Opened { number, inode, bus, _targets: targets }))
    }

    fn inode_of(&self, path: &str) -> Option<u64> {
        self.system.status(path).map(|status| status.inode)
    }

    /// Opens a bus in the way that its adapter allows.
    fn open_bus(&self, number: u32) -> Result<Option<OpenedBus>, HostError> {
        let system = &self.system;
        if system.status(&device_path(number)).is_none() {
            let exists = adapters(system.as_ref()).iter().any(|adapter| adapter.number == number);
            return if exists { Err(no_device_file(number, system.as_ref()).into_error()) } else { Ok(None) };
        }
        let Some(file) = BusFile::open(number, system)? else { return Ok(None) };
        match file.kind() {
            Some(BusKind::I2c) => Ok(Some(OpenedBus::Rdwr(RdwrBus(file)))),
            Some(BusKind::Smbus) => Ok(Some(OpenedBus::Smbus(SmbusBus(file)))),
            None => Err(HostError::backend(format!(
                "{} can neither run I2C messages nor SMBus operations; use another adapter.",
                file.path
            ))),
        }
    }
}

impl I2cBackend for LinuxI2c {
    fn name(&self) -> &str {
        "Linux i2c-dev"
    }

    fn open(&self, bus: &BusName, user: &I2cUser<'_>) -> Result<Option<Box<dyn I2cBus>>, HostError> {
        let Some(opened) = self.open_for(bus, user)? else { return Ok(None) };
        Ok(Some(Box::new(LinuxBus {
            backend: self.clone(),
            name: bus.clone(),
            device: user.device.to_owned(),
            addresses: user.addresses.to_vec(),
            path: device_path(opened.number),
            opened: Some(opened),
        })))
    }
}

/// Why no backend has the bus that a board names, as one sentence with what to do: the buses that there are, or how to
/// switch I2C on. For the case that every backend's `open` gave `None`.
pub fn explain_missing_i2c_bus(bus: &BusName) -> String {
    missing_bus(bus, &ThisMachine::new())
}

enum OpenedBus {
    Rdwr(RdwrBus),
    Smbus(SmbusBus),
}

/// An opened bus, and the targets that it keeps from others. Each has a file of its own: the kernel keeps transactions apart,
/// and remembers the address of an SMBus operation for each file.
struct Opened {
    number: u32,
    /// Of the device file, as it was opened.
    inode: Option<u64>,
    bus: OpenedBus,
    _targets: Vec<DeviceLock>,
}

/// A bus as it is used, for as long as it is used.
struct LinuxBus {
    backend: LinuxI2c,
    name: BusName,
    device: String,
    addresses: Vec<u16>,
    /// Where it was last.
    path: String,
    /// None once its adapter is gone, until that is back.
    opened: Option<Opened>,
}

impl LinuxBus {
    fn open_again(&self, address: u16) -> Result<Opened, I2cError> {
        let user = I2cUser { device: &self.device, addresses: &self.addresses };
        match self.backend.open_for(&self.name, &user) {
            Ok(Some(opened)) => Ok(opened),
            Ok(None) => Err(transaction_error(Errno(libc::ENODEV), &self.path, address)),
            Err(error) => Err(I2cError::new(I2cErrorCode::Other, error.message)),
        }
    }
}

impl I2cBus for LinuxBus {
    fn transaction(&mut self, address: u16, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError> {
        let opened = match self.opened.take() {
            Some(opened) => opened,
            None => {
                let opened = self.open_again(address)?;
                self.path = device_path(opened.number);
                opened
            }
        };
        let done = match &opened.bus {
            OpenedBus::Rdwr(bus) => bus.transaction(address, operations),
            OpenedBus::Smbus(bus) => bus.transaction(address, operations),
        };
        // Where it was pulled out it may even be back already: the open file would only fail from now on.
        if done.is_ok() || self.backend.inode_of(&self.path) == opened.inode {
            self.opened = Some(opened);
        }
        done
    }
}
