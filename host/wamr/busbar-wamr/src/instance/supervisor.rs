use super::driver_instance::DriverInstance;
use super::pace::Pace;
use super::state::DriverState;
use crate::components::Driver;
use busbar_core::back_off::BackOff;
use busbar_core::board::DeviceEntry;
use busbar_core::clock::Clock;
use busbar_core::device::DeviceError;
use busbar_core::error::HostError;
use busbar_core::failure::BoardFailure;
use busbar_core::grants::{DeviceQuota, DeviceUse, noted_use};
use busbar_core::guest_end::start_failure;
use busbar_core::i2c::I2cBus;
use busbar_core::locked::locked;
use busbar_core::trace::{Trace, Turn};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// Opens the bus of an entry; none where the entry has none.
pub type OpenBus = Arc<dyn Fn() -> Result<Option<Box<dyn I2cBus>>, HostError> + Send + Sync>;

/// What a supervisor starts its driver with.
#[derive(Clone)]
pub struct Supervised {
    pub device: Arc<str>,
    pub entry: Arc<DeviceEntry>,
    pub driver: Driver,
    pub clock: Clock,
    pub trace: Trace,
    pub open_bus: OpenBus,
}

/// Keeps the driver of one board entry running: starts it when it is needed, and again, with back-off, after a trap.
pub struct Supervisor {
    supervised: Supervised,
    /// Of all its lives together.
    quota: Arc<Mutex<DeviceQuota>>,
    back_off: Arc<Mutex<BackOff>>,
    /// Who starts a life: one after the other.
    starting: tokio::sync::Mutex<()>,
    /// The last that started.
    current: Mutex<Option<Arc<DriverInstance>>>,
    /// Once it was stopped for good, why.
    stopped: watch::Sender<Option<DeviceError>>,
}

impl Supervisor {
    pub fn new(supervised: Supervised) -> Self {
        let quota = Arc::new(Mutex::new(DeviceQuota::new(&supervised.entry)));
        Self {
            supervised,
            quota,
            back_off: Arc::default(),
            starting: tokio::sync::Mutex::default(),
            current: Mutex::default(),
            stopped: watch::Sender::new(None),
        }
    }

    /// The driver that it keeps running.
    pub fn driver(&self) -> &Driver {
        &self.supervised.driver
    }

    /// What the device needed so far; none where its entry is enforced.
    pub fn noted_use(&self) -> Option<DeviceUse> {
        noted_use(&self.quota)
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
            started = self.living() => started,
        }
    }

    /// Stops the instance; nothing starts any more.
    pub async fn stop(&self, reason: &str) {
        // Who starts it gives up.
        self.stopped.send_replace(Some(DeviceError::disconnected(&self.supervised.device, reason)));
        drop(self.starting.lock().await);
        let Some(instance) = locked(&self.current).take() else { return };
        if instance.is_alive() {
            instance.stop(reason);
            self.tell(Turn::Stopped, Some(reason));
        }
        instance.gone().await;
    }

    async fn living(&self) -> Result<Arc<DriverInstance>, BoardFailure> {
        let _starting = self.starting.lock().await;
        let known = locked(&self.current).clone();
        if let Some(instance) = known.filter(|instance| instance.is_alive()) {
            return Ok(instance);
        }
        // The life before gives its bus back first.
        let before = locked(&self.current).take();
        if let Some(before) = before {
            before.gone().await;
        }
        self.start().await
    }

    async fn start(&self) -> Result<Arc<DriverInstance>, BoardFailure> {
        let Supervised { device, entry, driver, clock, trace, open_bus } = &self.supervised;
        let wait = locked(&self.back_off).wait(clock.now_ms());
        if wait > Duration::ZERO {
            tokio::time::sleep(wait).await;
        }
        let state = DriverState {
            device: device.clone(),
            entry: entry.clone(),
            clock: *clock,
            trace: trace.clone(),
            quota: self.quota.clone(),
            bus: open_bus()?,
            pace: Arc::<Pace>::default(),
        };
        let (back_off, trace, clock) = (self.back_off.clone(), trace.clone(), *clock);
        let trapped = device.clone();
        let on_trap = move |reason: &str| {
            locked(&back_off).trapped(clock.now_ms());
            trace.turned(&trapped, Turn::Trapped, Some(reason));
        };
        let started = DriverInstance::start(driver, state, Box::new(on_trap)).await;
        let instance = Arc::new(started.map_err(|reason| start_failure(device, driver.label(), &reason))?);
        locked(&self.back_off).started(clock.now_ms());
        self.tell(Turn::Started, None);
        *locked(&self.current) = Some(instance.clone());
        Ok(instance)
    }

    fn tell(&self, event: Turn, reason: Option<&str>) {
        self.supervised.trace.turned(&self.supervised.device, event, reason);
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
