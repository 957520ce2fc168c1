use super::bus_file::{BusFile, BusKind};
use super::constants::{
    I2C_FUNC_SMBUS_QUICK, I2C_FUNC_SMBUS_READ_BYTE, I2C_SMBUS_BYTE, I2C_SMBUS_QUICK, I2C_SMBUS_READ, I2C_SMBUS_WRITE,
};
use super::errno::transaction_error;
use super::ioctl::SmbusBytes;
use super::remedies::{missing_bus, no_device_file};
use super::sysfs::{Adapter, adapters, device_path, driver_at, resolve_bus};
use super::system::{LinuxSystem, SmbusCall};
use crate::bus::BusName;
use crate::bus::i2c::I2cErrorCode;
use crate::bus::linux::Errno;
use crate::bus::linux::ThisMachine;
use crate::error::HostError;
use std::sync::Arc;

/// A bus of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct I2cBusInfo {
    pub adapter: Adapter,
    /// `/dev/i2c-N`.
    pub path: String,
    /// What its adapter can do, or why it cannot be opened, with the line that mends it: one sentence.
    pub ability: Result<I2cAbility, String>,
}

/// What an adapter can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct I2cAbility {
    /// The `I2C_FUNC_...` bits, linux/i2c.h.
    pub functionality: u32,
    /// `None` where it is of no use here.
    pub kind: Option<BusKind>,
}

/// What a scan found at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum I2cScanState {
    /// A device answers.
    Acknowledges,
    /// None does.
    Absent {
        /// What the controller reported, where that was something else than a missing acknowledge.
        fault: Option<String>,
    },
    /// A kernel driver is bound to it, so it was not probed (i2cdetect prints UU).
    Busy {
        /// The kernel driver's name, where sysfs has it.
        driver: Option<String>,
    },
    /// The adapter lacks the operation that is safe at this address.
    NotProbed,
}

/// A scanned bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct I2cScan {
    pub adapter: Adapter,
    /// Every 7-bit address from 0x08 to 0x77, in order, with what was found there.
    pub entries: Vec<(u16, I2cScanState)>,
}

/// The addresses that i2cdetect scans by default. Until i2c-tools 4.1 it began at 0x03; the I2C specification reserves
/// 0x00..0x07 and 0x78..0x7f (UM10204 section 3.1.12), and 4.2 left them out.
const FIRST_ADDRESS: u16 = 0x08;
const LAST_ADDRESS: u16 = 0x77;

/// A bus whose lines are held low times out at every address, a second each on some controllers.
const PATIENCE_MS: u64 = 10_000;

/// All I2C buses of this machine, with what each can do. Opens them, but causes no bus traffic.
pub fn list_i2c_buses() -> Vec<I2cBusInfo> {
    list(&(Arc::new(ThisMachine::new()) as Arc<dyn LinuxSystem>))
}

/// Whether the kernel knows a bus, by its number or its name; none is opened.
pub fn has_i2c_bus(bus: &BusName) -> bool {
    adapters(&ThisMachine::new()).into_iter().any(|adapter| match bus {
        BusName::Number(number) => adapter.number == *number,
        BusName::Text(name) => adapter.name == *name,
    })
}

/// Finds out which addresses of a bus acknowledge, with the operations and the precautions of i2cdetect's default mode.
/// No probing is free of risk: a few chips take even these as an order. Synchronous; 112 short transactions.
///
/// Fails when the bus does not exist or cannot be used, when its adapter has no operation to probe with, or when its
/// lines seem stuck.
pub fn scan_i2c(bus: &BusName) -> Result<I2cScan, HostError> {
    scan(bus, &(Arc::new(ThisMachine::new()) as Arc<dyn LinuxSystem>))
}

/// [`list_i2c_buses`] of any machine.
pub(super) fn list(system: &Arc<dyn LinuxSystem>) -> Vec<I2cBusInfo> {
    let describe = |adapter: Adapter| {
        let opened = open_existing(adapter.number, system);
        let ability = opened
            .map(|file| I2cAbility { functionality: file.functionality, kind: file.kind() })
            .map_err(|error| error.message);
        I2cBusInfo { path: device_path(adapter.number), adapter, ability }
    };
    adapters(system.as_ref()).into_iter().map(describe).collect()
}

/// [`scan_i2c`] of any machine.
pub(super) fn scan(bus: &BusName, system: &Arc<dyn LinuxSystem>) -> Result<I2cScan, HostError> {
    let number = resolve_bus(bus, system.as_ref())?;
    let adapter = adapters(system.as_ref())
        .into_iter()
        .find(|adapter| Some(adapter.number) == number)
        .ok_or_else(|| HostError::backend(missing_bus(bus, system.as_ref())))?;
    let file = open_existing(adapter.number, system)?;
    Ok(I2cScan { entries: scan_file(&file, system.as_ref())?, adapter })
}

fn open_existing(number: u32, system: &Arc<dyn LinuxSystem>) -> Result<BusFile, HostError> {
    BusFile::open(number, system)?.ok_or_else(|| no_device_file(number, system.as_ref()).into_error())
}

fn scan_file(file: &BusFile, system: &dyn LinuxSystem) -> Result<Vec<(u16, I2cScanState)>, HostError> {
    if file.functionality & (I2C_FUNC_SMBUS_QUICK | I2C_FUNC_SMBUS_READ_BYTE) == 0 {
        return Err(HostError::backend(format!(
            "{} cannot be scanned: its adapter has neither quick write nor receive byte.",
            file.path
        )));
    }
    let started = system.now_ms();
    let mut entries = Vec::new();
    for address in FIRST_ADDRESS..=LAST_ADDRESS {
        let (state, is_stuck) = scan_address(file, address, system)?;
        if is_stuck && system.now_ms() - started > PATIENCE_MS {
            return Err(HostError::backend(format!(
                "{} seems stuck: probes keep timing out; check that SDA and SCL have pull-up resistors and that no \
                 device holds them low.",
                file.path
            )));
        }
        entries.push((address, state));
    }
    Ok(entries)
}

/// What is at an address, and whether the bus seems stuck.
fn scan_address(file: &BusFile, address: u16, system: &dyn LinuxSystem) -> Result<(I2cScanState, bool), HostError> {
    let probe = probe_for(address);
    if file.functionality & probe.needs == 0 {
        return Ok((I2cScanState::NotProbed, false));
    }
    match file.device.slave(address) {
        Ok(()) => {}
        Err(Errno(libc::EBUSY)) => {
            return Ok((I2cScanState::Busy { driver: driver_at(file.number, address, system) }, false));
        }
        Err(errno) => return Err(HostError::backend(transaction_error(errno, &file.path, address).message)),
    }
    let Err(errno) = file.device.smbus(probe.call, &mut SmbusBytes::default()) else {
        return Ok((I2cScanState::Acknowledges, false));
    };
    let error = transaction_error(errno, &file.path, address);
    let fault = match error.code {
        I2cErrorCode::NoAcknowledge(_) => None,
        _ => Some(error.message),
    };
    Ok((I2cScanState::Absent { fault }, matches!(errno.0, libc::ETIMEDOUT | libc::EBUSY)))
}

struct Probe {
    /// The `I2C_FUNC_...` bit of the operation.
    needs: u32,
    call: SmbusCall,
}

/// The address byte with the write bit, and a stop. Known to corrupt the Atmel AT24RF08 EEPROM of old laptops.
const QUICK_WRITE: Probe = Probe {
    needs: I2C_FUNC_SMBUS_QUICK,
    call: SmbusCall { read_write: I2C_SMBUS_WRITE, command: 0, size: I2C_SMBUS_QUICK },
};

/// Reads one byte. Known to lock the bus on some write-only chips, mainly clock generators.
const RECEIVE_BYTE: Probe = Probe {
    needs: I2C_FUNC_SMBUS_READ_BYTE,
    call: SmbusCall { read_write: I2C_SMBUS_READ, command: 0, size: I2C_SMBUS_BYTE },
};

/// i2cdetect's default mode (tools/i2cdetect.c, MODE_AUTO): EEPROMs are read, everything else gets a quick write.
fn probe_for(address: u16) -> Probe {
    match address {
        0x30..=0x37 | 0x50..=0x5f => RECEIVE_BYTE,
        _ => QUICK_WRITE,
    }
}
