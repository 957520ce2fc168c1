use super::guest::DriverInstance;
use super::memory::MemoryLimit;
use super::state::DriverState;
use crate::board::DeviceEntry;
use crate::clock::Clock;
use crate::components::Driver;
use crate::device::DeviceError;
use crate::engine::Machine;
use crate::error::HostError;
use crate::grants::DeviceQuota;
use crate::i2c::I2cBus;
use crate::trace::{BoardEvent, LifecycleEvent, Trace, Turn};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use wasmtime::component::ResourceTable;

/// The first wait before a driver that trapped is started again; it doubles with each trap.
const FIRST_BACK_OFF_MS: f64 = 100.0;
const LONGEST_BACK_OFF_MS: f64 = 30_000.0;
/// A life this long shows that the driver works: the next trap starts the back-off anew.
const HEALTHY_LIFE_MS: f64 = 60_000.0;

/// Opens the bus of an entry; none where the entry has none.
pub type OpenBus = Box<dyn Fn() -> Result<Option<Box<dyn I2cBus>>, HostError> + Send + Sync>;

/// What a supervisor starts its driver with.
pub struct Supervised {
    pub device: Arc<str>,
    pub entry: Arc<DeviceEntry>,
    pub driver: Driver,
    pub machine: Machine,
    pub clock: Clock,
    pub trace: Trace,
    pub open_bus: OpenBus,
}

/// Why a device cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoardFailure {
    /// Something that a person has to change.
    Host(HostError),
    /// What the device, or its driver, answered.
    Device(DeviceError),
}

impl fmt::Display for BoardFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(error) => error.fmt(formatter),
            Self::Device(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for BoardFailure {}

impl From<HostError> for BoardFailure {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

impl From<DeviceError> for BoardFailure {
    fn from(error: DeviceError) -> Self {
        Self::Device(error)
    }
}

/// How long a driver that trapped has to wait.
#[derive(Debug)]
struct BackOff {
    wait_ms: f64,
    not_before_ms: f64,
    started_ms: f64,
}

/// Keeps the driver of one board entry running: starts it when it is needed, and again, with back-off, after a trap.
pub struct Supervisor {
    supervised: Supervised,
    /// Of all its lives together.
    quota: Arc<Mutex<DeviceQuota>>,
    back_off: Arc<Mutex<BackOff>>,
    life: tokio::sync::Mutex<Option<Arc<DriverInstance>>>,
    /// Why nothing starts any more.
    stopped: watch::Sender<Option<DeviceError>>,
}

impl Supervisor {
    pub fn new(supervised: Supervised) -> Self {
        let quota = Arc::new(Mutex::new(DeviceQuota::new(&supervised.entry)));
        let back_off = BackOff { wait_ms: FIRST_BACK_OFF_MS, not_before_ms: f64::NEG_INFINITY, started_ms: 0.0 };
        Self {
            supervised,
            quota,
            back_off: Arc::new(Mutex::new(back_off)),
            life: tokio::sync::Mutex::new(None),
            stopped: watch::Sender::new(None),
        }
    }

    /// The driver that it keeps running.
    pub fn driver(&self) -> &Driver {
        &self.supervised.driver
    }

    /// The entry of the board.
    pub fn entry(&self) -> &DeviceEntry {
        &self.supervised.entry
    }

    /// The running instance, started first where there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be started, and `disconnected` once it was stopped for good.
    pub async fn instance(&self) -> Result<Arc<DriverInstance>, BoardFailure> {
        let mut stopped = self.stopped.subscribe();
        tokio::select! {
            biased;
            error = stopped_for(&mut stopped) => Err(error.into()),
            instance = self.living() => instance,
        }
    }

    async fn living(&self) -> Result<Arc<DriverInstance>, BoardFailure> {
        let mut life = self.life.lock().await;
        if let Some(instance) = life.as_ref().filter(|instance| instance.is_alive()) {
            return Ok(instance.clone());
        }
        // The life before gives its bus back first.
        *life = None;
        let instance = Arc::new(self.start().await?);
        *life = Some(instance.clone());
        Ok(instance)
    }

    /// Stops the instance; nothing starts any more.
    pub async fn stop(&self, reason: &str) {
        // Who waits for a start gives it up.
        self.stopped.send_replace(Some(DeviceError::disconnected(&self.supervised.device, reason)));
        let life = self.life.lock().await.take();
        if let Some(instance) = life.filter(|instance| instance.is_alive()) {
            instance.stop(reason);
            self.tell(Turn::Stopped, Some(reason));
        }
    }

    async fn start(&self) -> Result<DriverInstance, BoardFailure> {
        let Supervised { device, entry, driver, machine, clock, trace, open_bus } = &self.supervised;
        let wait_ms = locked(&self.back_off).not_before_ms - clock.now_ms();
        if wait_ms > 0.0 {
            tokio::time::sleep(Duration::from_secs_f64(wait_ms / 1e3)).await;
        }
        let state = DriverState {
            device: device.clone(),
            entry: entry.clone(),
            clock: *clock,
            trace: trace.clone(),
            quota: self.quota.clone(),
            bus: open_bus()?,
            table: ResourceTable::new(),
            memory: MemoryLimit::new(entry.limits.memory_mib),
        };
        let guest = driver.start(state).await?;
        locked(&self.back_off).started_ms = clock.now_ms();
        self.tell(Turn::Started, None);
        let (back_off, device, trace, clock) = (self.back_off.clone(), device.clone(), trace.clone(), *clock);
        let on_trap = move |reason: &str| {
            locked(&back_off).trapped(clock.now_ms());
            tell(&trace, &device, clock, Turn::Trapped, Some(reason));
        };
        Ok(DriverInstance::new(machine.clone(), guest, Box::new(on_trap)))
    }

    fn tell(&self, event: Turn, reason: Option<&str>) {
        let Supervised { device, clock, trace, .. } = &self.supervised;
        tell(trace, device, *clock, event, reason);
    }
}

impl BackOff {
    fn trapped(&mut self, now_ms: f64) {
        if now_ms - self.started_ms > HEALTHY_LIFE_MS {
            self.wait_ms = FIRST_BACK_OFF_MS;
        }
        self.not_before_ms = now_ms + self.wait_ms;
        self.wait_ms = (self.wait_ms * 2.0).min(LONGEST_BACK_OFF_MS);
    }
}

/// Settles once it is stopped.
async fn stopped_for(stopped: &mut watch::Receiver<Option<DeviceError>>) -> DeviceError {
    let error = stopped.wait_for(Option::is_some).await.ok().and_then(|error| error.clone());
    match error {
        Some(error) => error,
        // Its supervisor is gone, and so is whoever asks.
        None => std::future::pending().await,
    }
}

fn tell(trace: &Trace, device: &str, clock: Clock, event: Turn, reason: Option<&str>) {
    let (device, reason) = (device.to_owned(), reason.map(str::to_owned));
    trace.emit(BoardEvent::Lifecycle(LifecycleEvent { device, start_ms: clock.now_ms(), event, reason }));
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::BackOff;

    #[test]
    fn the_wait_doubles_and_begins_anew_after_a_healthy_life() {
        let mut back_off = BackOff { wait_ms: 100.0, not_before_ms: f64::NEG_INFINITY, started_ms: 0.0 };
        back_off.trapped(1_000.0);
        assert_eq!(back_off.not_before_ms, 1_100.0);
        back_off.trapped(2_000.0);
        assert_eq!(back_off.not_before_ms, 2_200.0);
        for _ in 0..20 {
            back_off.trapped(3_000.0);
        }
        assert_eq!(back_off.not_before_ms, 33_000.0);
        back_off.trapped(70_000.0);
        assert_eq!(back_off.not_before_ms, 70_100.0);
    }
}
