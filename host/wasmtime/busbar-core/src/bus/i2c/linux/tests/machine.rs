use crate::bus::i2c::linux::backend::LinuxI2c;
use crate::bus::i2c::linux::constants::{I2C_SMBUS_I2C_BLOCK_DATA, I2C_SMBUS_READ};
use crate::bus::i2c::linux::ioctl::SmbusBytes;
use crate::bus::i2c::linux::system::{I2cDevice, LinuxSystem, SmbusCall};
use crate::bus::i2c::{I2cUser, Operation};
use crate::bus::linux::Errno;
use crate::bus::linux::tests::{FakeFile, FakeTree, fake_files};
use crate::locks::DeviceLocks;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

/// All `I2C_FUNC_...` bits of the kernel's I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL, linux/i2c.h.
pub const FULL_I2C: u32 = 0x0eff_0009;
/// What i2c-stub has by default: QUICK, BYTE, BYTE_DATA, WORD_DATA, I2C_BLOCK.
pub const STUB_SMBUS: u32 = 0x0c7f_0000;

pub const ADAPTER: &str = "bcm2835 (i2c@7e804000)";
pub const INDOOR: I2cUser<'static> = I2cUser { device: "indoor", addresses: &[0x76] };

/// An adapter as i2c-dev shows it.
#[derive(Default)]
pub struct FakeAdapter {
    pub functionality: u32,
    /// What each target reads as, endlessly, or an errno. An address that is not here does not acknowledge.
    pub targets: BTreeMap<u16, Result<Vec<u8>, i32>>,
    /// Addresses with a bound kernel driver.
    pub bound: BTreeSet<u16>,
    /// Makes `open` fail.
    pub open_errno: Option<i32>,
    /// Makes I2C_FUNCS fail.
    pub funcs_errno: Option<i32>,
    /// Lets I2C_RDWR report fewer messages.
    pub transferred: Option<usize>,
    /// How many bytes an SMBus block read claims to have read.
    pub block_length: Option<u8>,
    /// What reached the wire, in order.
    pub wire: Vec<String>,
    /// Files that are open.
    pub opened: usize,
}

/// What a test arranges, and looks at.
#[derive(Default)]
pub struct State {
    pub tree: FakeTree,
    pub adapters: BTreeMap<u32, FakeAdapter>,
    /// How many milliseconds each probe takes.
    pub probe_ms: u64,
    /// Of the device file that was made last.
    pub last_inode: u64,
}

impl State {
    pub fn adapter(&mut self, number: u32) -> &mut FakeAdapter {
        self.adapters.get_mut(&number).expect("the test added it")
    }

    pub fn file(&mut self, path: &str) -> &mut FakeFile {
        self.tree.entry(path.to_owned()).or_default()
    }

    /// Adds an adapter with its files in /sys and /dev.
    pub fn add_adapter(&mut self, number: u32, name: &str, functionality: u32) -> &mut FakeAdapter {
        self.file(&format!("/sys/bus/i2c/devices/i2c-{number}/name")).text = format!("{name}\n");
        self.file(&format!("/sys/class/i2c-dev/i2c-{number}/name")).text = format!("{name}\n");
        self.last_inode += 1;
        let device = FakeFile { mode: 0o660, group: 998, inode: self.last_inode, ..FakeFile::default() };
        self.tree.insert(format!("/dev/i2c-{number}"), device);
        self.adapters.entry(number).or_insert(FakeAdapter { functionality, ..FakeAdapter::default() })
    }

    /// Pulls an adapter out: its files go at once, and what is open of it only fails.
    pub fn pull_out(&mut self, number: u32) {
        let of_it =
            [format!("/sys/bus/i2c/devices/i2c-{number}/name"), format!("/sys/class/i2c-dev/i2c-{number}/name")];
        self.tree.retain(|path, _| !of_it.contains(path) && *path != format!("/dev/i2c-{number}"));
        for target in self.adapter(number).targets.values_mut() {
            *target = Err(libc::EIO);
        }
    }

    /// Binds a kernel driver to an address.
    pub fn bind(&mut self, bus: u32, address: u16, driver: &str) {
        self.adapter(bus).bound.insert(address);
        let link = format!("../../../../bus/i2c/drivers/{driver}");
        self.file(&format!("/sys/bus/i2c/devices/{bus}-{address:04x}/driver")).link = Some(link);
    }
}

/// A machine without hardware: a file tree, adapters behind the system calls, and what happened to them.
#[derive(Clone)]
pub struct FakeMachine {
    state: Arc<Mutex<State>>,
    /// Of a machine of its own: nobody else is there.
    locks: DeviceLocks,
}

impl FakeMachine {
    fn tree(&self) -> FakeTree {
        self.state().tree.clone()
    }

    /// With nothing at all.
    pub fn empty() -> Self {
        Self { state: Arc::default(), locks: DeviceLocks::new(Vec::new()) }
    }

    /// With the adapter 1, which takes any message, and a target at 0x76.
    pub fn new() -> Self {
        let machine = Self::empty();
        machine.state().add_adapter(1, ADAPTER, FULL_I2C).targets.insert(0x76, Ok(vec![0xde, 0xad]));
        machine
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics with it")
    }

    pub fn system(&self) -> Arc<dyn LinuxSystem> {
        Arc::new(self.clone())
    }

    pub fn backend(&self) -> LinuxI2c {
        LinuxI2c::of(self.system(), None)
    }

    /// What reached the wire of an adapter.
    pub fn wire(&self, number: u32) -> Vec<String> {
        self.state().adapter(number).wire.clone()
    }

    /// How many files are open.
    pub fn opened(&self) -> usize {
        self.state().adapters.values().map(|adapter| adapter.opened).sum()
    }
}

fake_files!(FakeMachine);

impl LinuxSystem for FakeMachine {
    fn open(&self, path: &str) -> Result<Box<dyn I2cDevice>, Errno> {
        let mut state = self.state();
        let number = path.strip_prefix("/dev/i2c-").and_then(|number| number.parse().ok()).unwrap_or(u32::MAX);
        let adapter = state.adapters.get_mut(&number).ok_or(Errno(libc::ENOENT))?;
        if let Some(errno) = adapter.open_errno {
            return Err(Errno(errno));
        }
        adapter.opened += 1;
        Ok(Box::new(FakeDevice { machine: self.clone(), number, address: Mutex::new(0) }))
    }

    fn now_ms(&self) -> u64 {
        let state = self.state();
        let probes: usize = state.adapters.values().map(|adapter| adapter.wire.len()).sum();
        probes as u64 * state.probe_ms
    }

    fn locks(&self) -> &DeviceLocks {
        &self.locks
    }
}

/// An opened `/dev/i2c-N` of the machine.
struct FakeDevice {
    machine: FakeMachine,
    number: u32,
    address: Mutex<u16>,
}

impl FakeDevice {
    fn adapter<T>(&self, action: impl FnOnce(&mut FakeAdapter) -> T) -> T {
        action(self.machine.state().adapter(self.number))
    }
}

impl Drop for FakeDevice {
    fn drop(&mut self) {
        self.adapter(|adapter| adapter.opened -= 1);
    }
}

impl I2cDevice for FakeDevice {
    fn slave(&self, address: u16) -> Result<(), Errno> {
        if self.adapter(|adapter| adapter.bound.contains(&address)) {
            return Err(Errno(libc::EBUSY));
        }
        *self.address.lock().expect("no test panics with it") = address;
        Ok(())
    }

    fn funcs(&self) -> Result<u32, Errno> {
        self.adapter(|adapter| adapter.funcs_errno.map_or(Ok(adapter.functionality), |errno| Err(Errno(errno))))
    }

    fn rdwr(&self, address: u16, operations: &[Operation], results: &mut [Vec<u8>]) -> Result<usize, Errno> {
        self.adapter(|adapter| {
            let shown: Vec<String> = operations.iter().map(|operation| show(address, operation)).collect();
            adapter.wire.push(shown.join(" "));
            let target = acknowledged(adapter, address)?;
            for result in results {
                for (byte, value) in result.iter_mut().zip(target.iter().cycle()) {
                    *byte = *value;
                }
            }
            Ok(adapter.transferred.unwrap_or(operations.len()))
        })
    }

    fn smbus(&self, call: SmbusCall, bytes: &mut SmbusBytes) -> Result<(), Errno> {
        let address = *self.address.lock().expect("no test panics with it");
        self.adapter(|adapter| {
            let SmbusCall { read_write, command, size } = call;
            let shown = format!("smbus@{address:02x} rw={read_write} command={command} size={size}");
            let sent = if read_write == I2C_SMBUS_READ { String::new() } else { format!(" {}", hex(&bytes.0[..4])) };
            adapter.wire.push(shown + &sent);
            let target = acknowledged(adapter, address)?;
            if size == I2C_SMBUS_I2C_BLOCK_DATA {
                bytes.0[0] = adapter.block_length.unwrap_or(bytes.0[0]);
                for (byte, value) in bytes.0[1..].iter_mut().zip(target.iter().cycle()) {
                    *byte = *value;
                }
            } else {
                let word = u16::from_le_bytes([target[0], target[1 % target.len()]]);
                bytes.0[..2].copy_from_slice(&if size == 3 { word.to_ne_bytes() } else { [target[0], 0] });
            }
            Ok(())
        })
    }
}

fn acknowledged(adapter: &FakeAdapter, address: u16) -> Result<Vec<u8>, Errno> {
    adapter.targets.get(&address).cloned().unwrap_or(Err(libc::ENXIO)).map_err(Errno)
}

fn show(address: u16, operation: &Operation) -> String {
    match operation {
        Operation::Read(length) => format!("r{length}@{address:02x}"),
        Operation::Write(data) => format!("w{}@{address:02x}:{}", data.len(), hex(&data[..data.len().min(4)])),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
