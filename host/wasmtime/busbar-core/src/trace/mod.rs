//! What a board tells: what was refused, what drivers warn of, how they live.

mod line_limit;

use crate::clock::Clock;
use crate::locked::{Mutex, MutexGuard, locked};
use crate::text::{cut, printable, quoted};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use line_limit::LineLimit;

/// The most characters of a warning, as the WIT says.
const LONGEST_WARNING: usize = 500;
/// How much of a name that is not its own a component gets into the audit trail.
pub const LONGEST_NAME: usize = 64;

/// Something that a driver asked for and did not get, or would not have got were its entry enforced.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    pub device: String,
    /// When, in milliseconds of the board's clock.
    pub start_ms: f64,
    /// What was asked for: "i2c transaction on bus 1 at 0x77: write 2".
    pub call: String,
    /// What of it is not granted: "bus", "address", "direction", "length", "rate", "name".
    pub denied: &'static str,
    /// One sentence for the operator.
    pub reason: String,
    /// How many denials this line stands for.
    pub count: u64,
    /// False where the entry is not enforced: it was allowed, and only told.
    pub enforced: bool,
}

/// What a driver says to the operator although nothing failed.
#[derive(Debug, Clone, PartialEq)]
pub struct WarningEvent {
    pub device: String,
    pub start_ms: f64,
    /// One sentence, safe to show.
    pub message: String,
    /// How many warnings this line stands for.
    pub count: u64,
}

/// A turn in the life of a driver instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Its USB device is not plugged in; the reason says why it has none.
    Waiting,
    Started,
    Stopped,
    Trapped,
}

impl Turn {
    /// As `--json` writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Started => "started",
            Self::Stopped => "stopped",
            Self::Trapped => "trapped",
        }
    }
}

/// A turn in the life of a driver instance, when, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct LifecycleEvent {
    pub device: String,
    pub start_ms: f64,
    pub event: Turn,
    pub reason: Option<String>,
}

/// Everything that a board tells.
#[derive(Debug, Clone, PartialEq)]
pub enum BoardEvent {
    Audit(AuditEvent),
    Warning(WarningEvent),
    Lifecycle(LifecycleEvent),
}

/// Receives a board's events.
pub type Listener = Arc<dyn Fn(&BoardEvent) + Send + Sync>;

/// Tells one listener of events; of refusals and warnings that come in masses, a few and then their count.
#[derive(Clone)]
pub struct Trace {
    clock: Clock,
    listener: Listener,
    limit: Arc<Mutex<LineLimit>>,
}

impl Trace {
    pub fn new(clock: Clock, listener: Listener) -> Self {
        Self { clock, listener, limit: Arc::default() }
    }

    /// Tells of an event. What was left out of its kind before is told first, once its second is over.
    pub fn emit(&self, event: BoardEvent) {
        let lines = match &event {
            BoardEvent::Lifecycle(_) => vec![event],
            _ => self.limit().add(event),
        };
        self.tell(lines);
    }

    /// Tells of one denial; or, of an entry that is not enforced, of what would have been one.
    pub fn audit(&self, device: &str, call: String, denied: &'static str, reason: &str, enforced: bool) {
        self.emit(BoardEvent::Audit(AuditEvent {
            device: device.to_owned(),
            start_ms: self.clock.now_ms(),
            call,
            denied,
            reason: reason.to_owned(),
            count: 1,
            enforced,
        }));
    }

    /// Tells of a driver that asked for a name that is not its own, in the call of this name; gives the reason.
    pub fn audit_name(&self, device: &str, name: &str, call: &str) -> String {
        let name = quoted(&cut(name, LONGEST_NAME));
        let reason = format!("the name {name} is not this driver's");
        self.audit(device, format!("{call}({name})"), "name", &reason, true);
        reason
    }

    /// Tells of what a driver warns of, made safe to show.
    pub fn warn(&self, device: &str, message: &str) {
        self.emit(BoardEvent::Warning(WarningEvent {
            device: device.to_owned(),
            start_ms: self.clock.now_ms(),
            message: printable(message, LONGEST_WARNING),
            count: 1,
        }));
    }

    /// Tells of a turn in the life of a device's driver, and why.
    pub fn turned(&self, device: &str, event: Turn, reason: Option<&str>) {
        let (device, reason) = (device.to_owned(), reason.map(str::to_owned));
        self.emit(BoardEvent::Lifecycle(LifecycleEvent { device, start_ms: self.clock.now_ms(), event, reason }));
    }

    /// Tells of what was only counted in a second that is over: to be called about once a second, and `flush` at the end.
    pub fn catch_up(&self) {
        let lines = self.limit().take_older(self.clock.now_ms());
        self.tell(lines);
    }

    /// Tells of all that was only counted so far. Nothing is to come any more.
    pub fn flush(&self) {
        let lines = self.limit().take_older(f64::INFINITY);
        self.tell(lines);
    }

    fn limit(&self) -> MutexGuard<'_, LineLimit> {
        locked(&self.limit)
    }

    fn tell(&self, lines: Vec<BoardEvent>) {
        for line in &lines {
            (self.listener)(line);
        }
    }
}
