//! A machine with serial ports behind the system calls: what it is asked is noted, and what it answers is the test's.

use crate::bus::linux::Errno;
use crate::bus::linux::tests::{FakeFile, FakeTree, fake_files};
use crate::bus::uart::linux::backend::LinuxUart;
use crate::bus::uart::linux::constants::TERMIOS2_SIZE;
use crate::bus::uart::linux::counters::LineCounters;
use crate::bus::uart::linux::system::{DeviceNumber, Queue, UartDev, UartSystem};
use crate::bus::uart::linux::termios::Termios;
use crate::bus::uart::{FlowControl, Later, Parity, UartBackend, UartLineSettings, UartPort, UartUsage};
use crate::error::HostError;
use crate::locks::DeviceLocks;
use std::collections::{BTreeMap, VecDeque};
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// What a driver makes of settings.
pub type Takes = Box<dyn Fn(&Termios) -> Termios + Send>;

/// What a test arranges, and looks at.
pub struct State {
    pub tree: FakeTree,
    /// The character devices, by their paths.
    pub numbers: BTreeMap<String, DeviceNumber>,
    /// What was called, in order, but for reads and questions.
    pub log: Vec<String>,
    /// What is read next: bytes, or an errno; nothing to be read where there are none.
    pub reads: VecDeque<Result<Vec<u8>, i32>>,
    /// What a write takes: so many bytes, or an errno; all where there is none.
    pub writes: VecDeque<Result<usize, i32>>,
    /// What each look at what is unsent gives; 0 from the end on.
    pub unsent: VecDeque<usize>,
    pub counters: Option<LineCounters>,
    pub open_errno: Option<i32>,
    pub termios_errno: Option<i32>,
    pub is_locked: bool,
    pub takes: Takes,
    pub termios: Termios,
}

/// A machine with the port "ttyUSB0".
#[derive(Clone)]
pub struct FakeMachine {
    state: Arc<Mutex<State>>,
    locks: DeviceLocks,
}

/// Of the port that most tests are about.
pub const PATH: &str = "/dev/ttyUSB0";

/// How that is set.
pub const LINE: UartLineSettings = UartLineSettings {
    baud_rate: 9600,
    data_bits: 8,
    parity: Parity::None,
    stop_bits: 1,
    flow_control: FlowControl::None,
};

/// How that is used.
pub const USAGE: UartUsage<'static> = UartUsage { device: "gps", settings: LINE };

impl FakeMachine {
    pub fn new() -> Self {
        let state = State {
            tree: FakeTree::new(),
            numbers: BTreeMap::new(),
            log: Vec::new(),
            reads: VecDeque::new(),
            writes: VecDeque::new(),
            unsent: VecDeque::new(),
            counters: None,
            open_errno: None,
            termios_errno: None,
            is_locked: false,
            takes: Box::new(|termios| *termios),
            termios: [0; TERMIOS2_SIZE],
        };
        let machine = Self { state: Arc::new(Mutex::new(state)), locks: DeviceLocks::new(Vec::new()) };
        machine.add(PATH, 188, 0, 7);
        let link = Some("../../../../class/tty".to_owned());
        let tty = FakeFile { link, ..FakeFile::default() };
        machine.state().tree.insert("/sys/dev/char/188:0/subsystem".to_owned(), tty);
        machine
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics with it")
    }

    fn tree(&self) -> FakeTree {
        self.state().tree.clone()
    }

    /// Adds a device file of the group 20; another inode is another device.
    pub fn add(&self, path: &str, major: u32, minor: u32, inode: u64) {
        let mut state = self.state();
        let file = FakeFile { mode: 0o660, group: 20, inode, ..FakeFile::default() };
        state.tree.insert(path.to_owned(), file);
        state.numbers.insert(path.to_owned(), DeviceNumber { major, minor });
    }

    /// Takes a device file away.
    pub fn remove(&self, path: &str) {
        self.state().tree.remove(path);
    }

    /// What was called since it was asked last.
    pub fn log(&self) -> Vec<String> {
        std::mem::take(&mut self.state().log)
    }

    /// What is read next.
    pub fn comes(&self, bytes: &[u8]) {
        self.state().reads.push_back(Ok(bytes.to_vec()));
    }

    pub fn backend(&self) -> LinuxUart {
        LinuxUart::of(Arc::new(self.clone()), None)
    }

    /// Opens the port.
    pub fn open(&self, port: &str, usage: &UartUsage<'_>) -> Result<Option<Arc<dyn UartPort>>, HostError> {
        self.backend().open(port, usage)
    }

    /// [`PATH`], opened; that is not in the log any more.
    pub fn opened(&self) -> Arc<dyn UartPort> {
        self.opened_with(LINE)
    }

    /// [`Self::opened`], set like that.
    pub fn opened_with(&self, settings: UartLineSettings) -> Arc<dyn UartPort> {
        let opened = self.open("ttyUSB0", &UartUsage { settings, ..USAGE });
        let port = opened.expect("it can be used").expect("it is there");
        self.log();
        port
    }
}

fake_files!(FakeMachine);

impl UartSystem for FakeMachine {
    fn device_number(&self, path: &str) -> Option<DeviceNumber> {
        self.state().numbers.get(path).copied()
    }

    fn permits(&self, path: &str) -> bool {
        self.state().tree.get(path).is_some_and(|file| !file.unusable)
    }

    fn open(&self, path: &str) -> Result<Box<dyn UartDev>, Errno> {
        let mut state = self.state();
        state.log.push(format!("open {path}"));
        match state.open_errno {
            Some(errno) => Err(Errno(errno)),
            None => Ok(Box::new(FakeTty(self.clone()))),
        }
    }

    fn locks(&self) -> &DeviceLocks {
        &self.locks
    }

    /// Takes no time, once it is waited for.
    fn pause(&self, _duration: Duration) -> Later<'_, ()> {
        Box::pin(async { self.state().log.push("pause".to_owned()) })
    }
}

struct FakeTty(FakeMachine);

impl Drop for FakeTty {
    fn drop(&mut self) {
        self.0.state().log.push("close".to_owned());
    }
}

impl UartDev for FakeTty {
    fn lock(&self) -> bool {
        !self.0.state().is_locked
    }

    fn set_exclusive(&self, is_exclusive: bool) -> Result<(), Errno> {
        self.0.state().log.push(if is_exclusive { "exclusive" } else { "shared" }.to_owned());
        Ok(())
    }

    fn termios(&self) -> Result<Termios, Errno> {
        let state = self.0.state();
        state.termios_errno.map_or(Ok(state.termios), |errno| Err(Errno(errno)))
    }

    fn set_termios(&self, termios: &Termios) -> Result<(), Errno> {
        let mut state = self.0.state();
        state.log.push("set".to_owned());
        state.termios = (state.takes)(termios);
        Ok(())
    }

    fn read(&self, bytes: &mut [u8]) -> Result<usize, Errno> {
        let mut state = self.0.state();
        let next = state.reads.pop_front().unwrap_or(Err(libc::EAGAIN)).map_err(Errno)?;
        let length = next.len().min(bytes.len());
        bytes[..length].copy_from_slice(&next[..length]);
        if length < next.len() {
            state.reads.push_front(Ok(next[length..].to_vec()));
        }
        Ok(length)
    }

    fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        let mut state = self.0.state();
        let taken = state.writes.pop_front().unwrap_or(Ok(bytes.len())).map_err(Errno)?;
        state.log.push(format!("write {:?}", &bytes[..taken]));
        Ok(taken)
    }

    fn discard(&self, queue: Queue) -> Result<(), Errno> {
        let queue = if queue == Queue::Input { "input" } else { "output" };
        self.0.state().log.push(format!("discard {queue}"));
        Ok(())
    }

    fn unsent(&self) -> Result<usize, Errno> {
        Ok(self.0.state().unsent.pop_front().unwrap_or(0))
    }

    fn is_empty(&self) -> Option<bool> {
        None
    }

    fn counters(&self) -> Option<LineCounters> {
        self.0.state().counters
    }

    fn readable(&self) -> Later<'_, Result<(), Errno>> {
        if self.0.state().reads.is_empty() { Box::pin(pending()) } else { Box::pin(async { Ok(()) }) }
    }
}
