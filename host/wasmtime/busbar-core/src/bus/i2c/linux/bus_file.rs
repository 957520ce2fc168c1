use super::check::refusal;
use super::constants::{ANY_SMBUS_OPERATION, I2C_FUNC_I2C};
use super::errno::transaction_error;
use super::remedies::open_error;
use super::sysfs::{client_name, device_path, driver_at};
use super::system::{I2cDevice, LinuxSystem};
use crate::bus::i2c::I2cError;
use crate::bus::linux::Errno;
use crate::error::HostError;
use std::sync::Arc;

/// What an adapter can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BusKind {
    /// Any transaction.
    I2c,
    /// SMBus operations only.
    Smbus,
}

impl BusKind {
    /// As the other hosts and `--json` write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::I2c => "i2c",
            Self::Smbus => "smbus",
        }
    }
}

/// An opened `/dev/i2c-N`. Dropping it closes the file.
pub(super) struct BusFile {
    /// N.
    pub(super) number: u32,
    /// `/dev/i2c-N`.
    pub(super) path: String,
    /// What the adapter can do: `I2C_FUNC_...` bits.
    pub(super) functionality: u32,
    pub(super) device: Box<dyn I2cDevice>,
    system: Arc<dyn LinuxSystem>,
}

impl BusFile {
    /// Opens a bus; `None` when there is no such device file. No bus traffic.
    pub(super) fn open(number: u32, system: &Arc<dyn LinuxSystem>) -> Result<Option<Self>, HostError> {
        let path = device_path(number);
        let device = match system.open(&path) {
            Ok(device) => device,
            Err(errno) => return open_error(errno, &path, system.as_ref()).map_or(Ok(None), Err),
        };
        let functionality = device.funcs().map_err(|errno| {
            HostError::backend(format!("{path} is not a usable I2C bus: asking what it can do failed with {errno}."))
        })?;
        Ok(Some(Self { number, path, functionality, device, system: system.clone() }))
    }

    /// `None` for an adapter that can neither run I2C messages nor SMBus operations.
    pub(super) fn kind(&self) -> Option<BusKind> {
        if self.functionality & I2C_FUNC_I2C != 0 {
            Some(BusKind::I2c)
        } else if self.functionality & ANY_SMBUS_OPERATION != 0 {
            Some(BusKind::Smbus)
        } else {
            None
        }
    }

    /// Makes sure that no kernel driver is bound to `address`, as i2cget and i2ctransfer do: two drivers on one chip spoil
    /// each other's settings, and I2C_RDWR itself does not check. Asked before every transaction, because a driver can be
    /// bound at any time; it costs half a microsecond and no bus traffic. The error names the driver and the line that
    /// releases the address.
    pub(super) fn claim(&self, address: u16) -> Result<(), I2cError> {
        self.device.slave(address).map_err(|errno| match errno {
            Errno(libc::EBUSY) => self.busy(address),
            _ => transaction_error(errno, &self.path, address),
        })
    }

    fn busy(&self, address: u16) -> I2cError {
        let client = client_name(self.number, address);
        let reason = match driver_at(self.number, address, self.system.as_ref()) {
            Some(driver) => format!(
                "the kernel driver {driver} uses this address; \
                 release it with: echo {client} | sudo tee /sys/bus/i2c/drivers/{driver}/unbind"
            ),
            None => "a kernel driver uses this address; unbind it first, see /sys/bus/i2c/drivers".to_owned(),
        };
        refusal(&self.path, address, &reason)
    }
}
