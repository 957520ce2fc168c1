use super::exports::DeviceExports;
use super::reason::trap_reason;
use super::state::DriverState;
use crate::bindings::busbar::device::errors;
use crate::device::{DeviceError, DeviceErrorCode, answered};
use crate::engine::Machine;
use busbar_core::end_of_life::EndOfLife;
use busbar_core::guest_end::took_too_long;
use busbar_core::supervisor::{Life, OnTrap};
use busbar_core::turns::{Turns, Urgency};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use wasmtime::Store;
use wasmtime::component::Instance;

/// A driver's store, and what it exports. One store for each driver: what goes wrong in it ends it, and nobody else.
pub struct Guest {
    pub store: Store<DriverState>,
    pub instance: Instance,
    pub exports: DeviceExports,
    /// What it exports beside them, where it does, for what it sends by itself.
    #[cfg(feature = "streams")]
    pub streams: Option<crate::streams::bindings::exports::busbar::device::sensor_stream::Guest>,
}

/// One life of a driver. Calls go in one after the other, as the component model asks for.
pub struct DriverInstance {
    device: Arc<str>,
    call_limit: Duration,
    machine: Machine,
    /// None once it has ended, and while a call is under way: whoever gives a call up takes the guest with it, for its store
    /// is in the middle of something.
    guest: tokio::sync::Mutex<Option<Guest>>,
    /// Whether it is wired to GPIO lines, which the next life, or another device, may get.
    has_lines: bool,
    ended: EndOfLife,
    stop: Notify,
    turns: Turns,
    on_trap: OnTrap,
}

impl DriverInstance {
    /// `on_trap` is called once, if this life ends by a trap or a call that takes too long.
    pub fn new(machine: Machine, guest: Guest, on_trap: OnTrap) -> Self {
        let state = guest.store.data();
        Self {
            device: state.device.clone(),
            call_limit: Duration::from_millis(state.entry.limits.call_ms.into()),
            machine,
            has_lines: state.buses.gpio.is_some(),
            turns: Turns::new(state.hurry.clone()),
            guest: tokio::sync::Mutex::new(Some(guest)),
            ended: EndOfLife::default(),
            stop: Notify::new(),
            on_trap,
        }
    }

    /// The device's name in the board file.
    pub fn device(&self) -> &str {
        &self.device
    }

    /// Whether a call is under way.
    pub fn is_busy(&self) -> bool {
        self.guest.try_lock().is_err()
    }

    /// The longest time that a call may take; a longer one ends this life.
    pub fn call_limit(&self) -> Duration {
        self.call_limit
    }

    /// Waits until it has ended: why.
    #[cfg(feature = "streams")]
    pub async fn end_of_life(&self) -> DeviceError {
        self.ended.wait().await
    }

    /// Calls into the guest, after all calls before.
    ///
    /// # Errors
    ///
    /// What the guest answers; `disconnected` when it trapped or has ended, `timeout` when it took longer than its limit,
    /// which ends it too.
    pub async fn call<T>(
        &self,
        invoke: impl AsyncFnOnce(&mut Guest) -> wasmtime::Result<Result<T, errors::Error>>,
    ) -> Result<T, DeviceError> {
        self.call_with(Urgency::Plain, invoke).await
    }

    /// The same, for a call that may be one that only waits for what a device may send.
    ///
    /// # Errors
    ///
    /// As for `call`.
    pub async fn call_with<T>(
        &self,
        urgency: Urgency,
        invoke: impl AsyncFnOnce(&mut Guest) -> wasmtime::Result<Result<T, errors::Error>>,
    ) -> Result<T, DeviceError> {
        let waiting = self.turns.wait(urgency);
        let mut slot = self.guest.lock().await;
        let _turn = waiting.begin();
        if let Some(ended) = self.ended.reason() {
            return Err(ended);
        }
        let Some(mut guest) = slot.take() else { return Err(self.end("a call of the driver was given up")) };
        guest.store.data_mut().memory.begin_call();
        let outcome = tokio::select! {
            biased;
            () = self.stop.notified() => None,
            outcome = tokio::time::timeout(self.call_limit, self.machine.running_while_polled(invoke(&mut guest))) => Some(outcome),
        };
        match outcome {
            Some(Ok(Ok(answer))) => {
                *slot = Some(guest);
                answer.map_err(|error| answered(&self.device, error))
            }
            Some(Err(_)) => {
                let reason = took_too_long(self.call_limit.as_millis());
                self.trapped(&reason);
                Err(DeviceError::new(&self.device, DeviceErrorCode::Timeout, reason))
            }
            Some(Ok(Err(trap))) => {
                let reason = format!("the driver failed: {}", trap_reason(&trap, &guest.store.data().memory));
                Err(self.trapped(&reason))
            }
            None => Err(self.ended.reason().unwrap_or_else(|| self.end("the driver has ended"))),
        }
    }

    fn trapped(&self, reason: &str) -> DeviceError {
        let error = self.end(reason);
        (self.on_trap)(reason);
        error
    }

    fn end(&self, reason: &str) -> DeviceError {
        self.ended.end(&self.device, reason)
    }
}

impl Life for DriverInstance {
    fn is_alive(&self) -> bool {
        self.ended.reason().is_none()
    }

    fn stop(&self, reason: &str) {
        if !self.is_alive() {
            return;
        }
        self.end(reason);
        self.stop.notify_one();
        if let Ok(mut slot) = self.guest.try_lock() {
            *slot = None;
        }
    }

    /// What it was wired to goes with its store, which the call under way has, where there is one; of that, only lines are waited for.
    async fn gone(&self) {
        if self.has_lines {
            // Whoever made that call may not look at it any more.
            let _ = tokio::time::timeout(self.call_limit, async { *self.guest.lock().await = None }).await;
        }
    }
}
