use crate::bus::BusName;
use crate::bus::Direction;
use crate::bus::linux::Errno;
use crate::bus::linux::tests::{FakeFile, FakeTree, fake_files};
use crate::bus::spi::linux::backend::LinuxSpi;
use crate::bus::spi::linux::message::SpiTransfer;
use crate::bus::spi::linux::system::{SpiDev, SpiSystem};
use crate::bus::spi::{BitOrder, LONGEST_SPI_LENGTH, SpiGrant};
use crate::locks::DeviceLocks;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// A device as spidev shows it.
pub struct FakeSpiDevice {
    /// The mode bits that its controller has.
    pub bits: u32,
    pub mode: u32,
    pub open_errno: Option<i32>,
    pub mode_errno: Option<i32>,
    pub message_errno: Option<i32>,
    /// Makes a message report fewer bytes.
    pub transferred: Option<usize>,
    /// Whether mode bits are taken without an error, and without effect.
    pub is_deaf: bool,
    /// Messages, each transfer as "w2:f701 d5" or "r8".
    pub wire: Vec<String>,
    /// Files that are open.
    pub opened: usize,
}

impl Default for FakeSpiDevice {
    fn default() -> Self {
        Self {
            bits: 0x0b,
            mode: 0,
            open_errno: None,
            mode_errno: None,
            message_errno: None,
            transferred: None,
            is_deaf: false,
            wire: Vec::new(),
            opened: 0,
        }
    }
}

/// What a test arranges, and looks at.
#[derive(Default)]
pub struct State {
    pub tree: FakeTree,
    /// By the paths of their files.
    pub devices: BTreeMap<String, FakeSpiDevice>,
}

/// A machine with SPI devices behind the system calls, each a wire from MOSI to MISO.
#[derive(Clone)]
pub struct FakeMachine {
    state: Arc<Mutex<State>>,
    /// Of a machine of its own: nobody else is there.
    locks: DeviceLocks,
}

/// Of the device that most tests are about.
pub const PATH: &str = "/dev/spidev0.1";

impl FakeMachine {
    /// With nothing at all.
    pub fn empty() -> Self {
        Self { state: Arc::default(), locks: DeviceLocks::new(Vec::new()) }
    }

    /// With the device on chip select 1 of the bus 0.
    pub fn with_one() -> Self {
        let machine = Self::empty();
        machine.add(0, 1, Some("spidev"));
        machine
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics with it")
    }

    fn tree(&self) -> FakeTree {
        self.state().tree.clone()
    }

    /// What there is at [`PATH`].
    pub fn change(&self, change: impl FnOnce(&mut FakeSpiDevice)) {
        change(self.state().devices.get_mut(PATH).expect("the test added it"));
    }

    /// Adds a device with its files in /sys and /dev.
    pub fn add(&self, bus: u32, chip_select: u8, driver: Option<&str>) {
        let mut state = self.state();
        let (path, sysfs) =
            (format!("/dev/spidev{bus}.{chip_select}"), format!("/sys/bus/spi/devices/spi{bus}.{chip_select}"));
        state.tree.insert(format!("/sys/class/spi_master/spi{bus}/uevent"), FakeFile::default());
        state.tree.insert(format!("{sysfs}/modalias"), FakeFile::default());
        if let Some(driver) = driver {
            let link = Some(format!("../../../bus/spi/drivers/{driver}"));
            state.tree.insert(format!("{sysfs}/driver"), FakeFile { link, ..FakeFile::default() });
        }
        if driver == Some("spidev") {
            let file = FakeFile { mode: 0o660, group: 998, ..FakeFile::default() };
            state.tree.insert(path.clone(), file);
            state.devices.insert(path, FakeSpiDevice::default());
        }
    }

    /// Pulls the adapter of [`PATH`] out.
    pub fn pull_out(&self) {
        self.state().tree.remove(PATH);
        self.change(|device| device.message_errno = Some(libc::ESHUTDOWN));
    }

    pub fn backend(&self) -> LinuxSpi {
        LinuxSpi::of(Arc::new(self.clone()), None)
    }
}

/// How [`PATH`] is wired.
pub fn wiring() -> SpiGrant {
    SpiGrant {
        bus: BusName::Number(0),
        chip_select: 1,
        mode: 0,
        maximum_hz: 500_000,
        bit_order: BitOrder::MsbFirst,
        direction: Direction::ReadWrite,
        maximum_length: LONGEST_SPI_LENGTH,
    }
}

fake_files!(FakeMachine);

impl SpiSystem for FakeMachine {
    fn open(&self, path: &str) -> Result<Box<dyn SpiDev>, Errno> {
        let mut state = self.state();
        let device = state.devices.get_mut(path).ok_or(Errno(libc::ENOENT))?;
        if let Some(errno) = device.open_errno {
            return Err(Errno(errno));
        }
        device.opened += 1;
        Ok(Box::new(FakeDevice { machine: self.clone(), path: path.to_owned() }))
    }

    fn locks(&self) -> &DeviceLocks {
        &self.locks
    }
}

struct FakeDevice {
    machine: FakeMachine,
    path: String,
}

impl FakeDevice {
    fn with<T>(&self, act: impl FnOnce(&mut FakeSpiDevice) -> T) -> T {
        act(self.machine.state().devices.get_mut(&self.path).expect("it was opened"))
    }
}

impl Drop for FakeDevice {
    fn drop(&mut self) {
        self.with(|device| device.opened -= 1);
    }
}

impl SpiDev for FakeDevice {
    fn mode(&self) -> Result<u32, Errno> {
        Ok(self.with(|device| device.mode))
    }

    fn set_mode(&self, mode: u32) -> Result<(), Errno> {
        self.with(|device| {
            if let Some(errno) = device.mode_errno {
                return Err(Errno(errno));
            }
            // spi_setup: bits that the controller does not have.
            if mode & !(device.bits | 0x04) != 0 {
                return Err(Errno(libc::EINVAL));
            }
            if !device.is_deaf {
                device.mode = mode;
            }
            Ok(())
        })
    }

    fn message(&self, transfers: &mut [SpiTransfer<'_>], hz: u32) -> Result<usize, Errno> {
        self.with(|device| {
            if let Some(errno) = device.message_errno {
                return Err(Errno(errno));
            }
            let shown: Vec<String> = transfers.iter_mut().map(exchange).collect();
            device.wire.push(format!("{} @{hz}", shown.join(", ")));
            Ok(device.transferred.unwrap_or_else(|| transfers.iter().map(|transfer| transfer.length()).sum()))
        })
    }
}

/// One transfer, and how it is shown.
fn exchange(transfer: &mut SpiTransfer<'_>) -> String {
    let length = transfer.length();
    let mut text = String::new();
    if transfer.sent.is_some() {
        text.push('w');
    }
    if let Some(received) = &mut transfer.received {
        text.push('r');
        if let Some(sent) = transfer.sent {
            received.copy_from_slice(sent);
        }
    }
    text.push_str(&length.to_string());
    if let Some(sent) = transfer.sent {
        text.push(':');
        sent.iter().for_each(|byte| text.push_str(&format!("{byte:02x}")));
    }
    if transfer.delay_usecs > 0 {
        text.push_str(&format!(" d{}", transfer.delay_usecs));
    }
    text
}
