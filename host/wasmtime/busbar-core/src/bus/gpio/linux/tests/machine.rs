use crate::bus::BusName;
use crate::bus::gpio::linux::backend::LinuxGpio;
use crate::bus::gpio::linux::structures::{ChipInfo, LineConfig, LineEvent, LineInfo};
use crate::bus::gpio::linux::system::{ChipDev, EventListener, GpioSystem, LineDev};
use crate::bus::gpio::{GpioBackend, GpioDirection, GpioLevel, GpioLine, GpioLineName, GpioLineUse};
use crate::bus::linux::Errno;
use crate::bus::linux::tests::{FakeFile, FakeTree, fake_files};
use crate::clock::Clock;
use crate::error::HostError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// A chip as the kernel shows it.
#[derive(Clone, Default)]
pub struct FakeChip {
    pub label: String,
    /// The names of its lines, by offset.
    pub lines: Vec<String>,
    pub open_errno: Option<i32>,
    pub info_errno: Option<i32>,
}

/// A line that was taken.
pub struct FakeLine {
    pub consumer: String,
    pub config: LineConfig,
    pub level: GpioLevel,
    /// What the kernel keeps, two of which it gives at a time.
    pub events: Vec<LineEvent>,
    listener: Option<EventListener>,
}

/// What a test arranges, and looks at.
#[derive(Default)]
pub struct State {
    pub tree: FakeTree,
    /// By their numbers.
    pub chips: BTreeMap<u32, FakeChip>,
    /// By chip and offset.
    pub lines: BTreeMap<(u32, u32), FakeLine>,
    /// Makes the next call of this name fail.
    pub fails: Option<(&'static str, i32)>,
    /// What was called of lines.
    pub log: Vec<String>,
    pub open_chips: usize,
}

impl State {
    fn strike(&mut self, call: &str) -> Result<(), Errno> {
        match self.fails.take_if(|(name, _)| *name == call) {
            Some((_, errno)) => Err(Errno(errno)),
            None => Ok(()),
        }
    }
}

/// A machine with GPIO chips behind the system calls.
#[derive(Clone, Default)]
pub struct FakeMachine {
    state: Arc<Mutex<State>>,
}

impl FakeMachine {
    /// With the chip 0 of three lines.
    pub fn with_one() -> Self {
        let machine = Self::default();
        machine.add(0, "pinctrl", &["ID_SD", "GPIO1", "GPIO2"]);
        machine
    }

    pub fn add(&self, number: u32, label: &str, lines: &[&str]) {
        let mut state = self.state();
        state.tree.insert(format!("/sys/bus/gpio/devices/gpiochip{number}/dev"), FakeFile::default());
        let lines = lines.iter().map(|name| (*name).to_owned()).collect();
        state.chips.insert(number, FakeChip { label: label.to_owned(), lines, ..FakeChip::default() });
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics with it")
    }

    fn tree(&self) -> FakeTree {
        self.state().tree.clone()
    }

    /// A line of the chip 0 changes; the kernel keeps that where it was told to look for it, and says that there is something.
    pub fn change(&self, offset: u32, level: GpioLevel, timestamp_ns: u64) {
        let mut state = self.state();
        let line = state.lines.get_mut(&(0, offset)).expect("somebody has it");
        line.level = level;
        if line.config.edges {
            line.events.push(LineEvent { level, timestamp_ns });
        }
        if let Some(listener) = &mut line.listener {
            let events = std::mem::take(&mut line.events);
            listener(&events);
        }
    }

    pub fn open(&self, chip: BusName, line: GpioLineName, direction: GpioDirection) -> Opened {
        self.open_with(&GpioLineUse { chip: &chip, line: &line, direction, ..usage() })
    }

    pub fn open_with(&self, usage: &GpioLineUse<'_>) -> Opened {
        LinuxGpio::of(Arc::new(self.clone())).open(usage)
    }
}

pub type Opened = Result<Option<Box<dyn GpioLine>>, HostError>;

/// How the line 1 of the chip 0 is used by most tests.
pub fn usage() -> GpioLineUse<'static> {
    GpioLineUse {
        device: "bell",
        chip: &BusName::Number(0),
        line: &GpioLineName::Offset(1),
        direction: GpioDirection::In,
        pull: None,
        debounce_ms: None,
        initial: GpioLevel::Low,
        // Two milliseconds of the board are the kernel's fifth second.
        clock: Clock::counting(|| Duration::from_millis(2)),
    }
}

fake_files!(FakeMachine);

impl GpioSystem for FakeMachine {
    fn open(&self, path: &str) -> Result<Box<dyn ChipDev>, Errno> {
        let number = path.strip_prefix("/dev/gpiochip").and_then(|digits| digits.parse().ok()).expect("a chip");
        let mut state = self.state();
        let chip = state.chips.get(&number).ok_or(Errno(libc::ENOENT))?;
        if let Some(errno) = chip.open_errno {
            return Err(Errno(errno));
        }
        state.open_chips += 1;
        Ok(Box::new(OpenedChip { machine: self.clone(), number }))
    }

    fn monotonic_ns(&self) -> u64 {
        5_000_000_000
    }
}

struct OpenedChip {
    machine: FakeMachine,
    number: u32,
}

impl Drop for OpenedChip {
    fn drop(&mut self) {
        self.machine.state().open_chips -= 1;
    }
}

impl ChipDev for OpenedChip {
    fn info(&self) -> Result<ChipInfo, Errno> {
        let chip = self.machine.state().chips[&self.number].clone();
        if let Some(errno) = chip.info_errno {
            return Err(Errno(errno));
        }
        let lines = u32::try_from(chip.lines.len()).expect("a few");
        Ok(ChipInfo { name: format!("gpiochip{}", self.number), label: chip.label, lines })
    }

    fn line_info(&self, offset: u32) -> Result<LineInfo, Errno> {
        let mut state = self.machine.state();
        state.strike("line_info")?;
        let name = state.chips[&self.number].lines[offset as usize].clone();
        let consumer = state.lines.get(&(self.number, offset)).map(|line| line.consumer.clone()).unwrap_or_default();
        Ok(LineInfo { name, consumer })
    }

    fn request(&self, offset: u32, consumer: &str, config: &LineConfig) -> Result<Box<dyn LineDev>, Errno> {
        let mut state = self.machine.state();
        state.strike("request")?;
        let place = (self.number, offset);
        if state.lines.contains_key(&place) {
            return Err(Errno(libc::EBUSY));
        }
        let line = FakeLine {
            consumer: consumer.to_owned(),
            config: *config,
            level: config.initial,
            events: Vec::new(),
            listener: None,
        };
        state.lines.insert(place, line);
        Ok(Box::new(TakenLine { machine: self.machine.clone(), place }))
    }
}

struct TakenLine {
    machine: FakeMachine,
    place: (u32, u32),
}

impl TakenLine {
    fn with<T>(&self, call: &str, act: impl FnOnce(&mut FakeLine) -> T) -> Result<T, Errno> {
        let mut state = self.machine.state();
        state.strike(call)?;
        Ok(act(state.lines.get_mut(&self.place).expect("it was taken")))
    }
}

impl Drop for TakenLine {
    fn drop(&mut self) {
        self.machine.state().lines.remove(&self.place);
    }
}

impl LineDev for TakenLine {
    fn configure(&self, config: &LineConfig) -> Result<(), Errno> {
        self.with("configure", |line| line.config = *config)?;
        self.machine.state().log.push(format!("configure {} edges {}", self.place.1, config.edges));
        Ok(())
    }

    fn level(&self) -> Result<GpioLevel, Errno> {
        self.with("level", |line| line.level)
    }

    fn set_level(&self, level: GpioLevel) -> Result<(), Errno> {
        self.with("set_level", |line| line.level = level)?;
        self.machine.state().log.push(format!("set {} {}", self.place.1, level.name()));
        Ok(())
    }

    fn events(&self) -> Result<Vec<LineEvent>, Errno> {
        self.with("events", |line| line.events.drain(..line.events.len().min(2)).collect())
    }

    fn listen(&mut self, listener: EventListener) -> Result<(), Errno> {
        self.with("listen", |line| line.listener = Some(listener))
    }

    fn ignore(&mut self) {
        let mut state = self.machine.state();
        state.lines.get_mut(&self.place).expect("it was taken").listener = None;
    }
}
