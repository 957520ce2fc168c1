use super::exports::DeviceExports;
use super::state::DriverState;
use super::turns::Turns;
pub use super::turns::Urgency;
use crate::bindings::busbar::device::errors;
use crate::device::{DeviceError, DeviceErrorCode};
use crate::engine::Machine;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use wasmtime::component::Instance;
use wasmtime::{Store, Trap};

/// A driver's store, and what it exports. One store for each driver: what goes wrong in it ends it, and nobody else.
pub struct Guest {
    pub store: Store<DriverState>,
    pub instance: Instance,
    pub exports: DeviceExports,
}

/// One life of a driver. Calls go in one after the other, as the component model asks for.
pub struct DriverInstance {
    device: Arc<str>,
    call_limit: Duration,
    machine: Machine,
    /// None once it has ended.
    guest: tokio::sync::Mutex<Option<Guest>>,
    /// Why it has ended.
    ended: Mutex<Option<DeviceError>>,
    stop: Notify,
    turns: Turns,
    on_trap: Box<dyn Fn(&str) + Send + Sync>,
}

impl DriverInstance {
    /// `on_trap` is called once, if this life ends by a trap or a call that takes too long.
    pub fn new(machine: Machine, guest: Guest, on_trap: Box<dyn Fn(&str) + Send + Sync>) -> Self {
        let state = guest.store.data();
        Self {
            device: state.device.clone(),
            call_limit: Duration::from_millis(state.entry.limits.call_ms.into()),
            machine,
            turns: Turns::new(state.hurry.clone()),
            guest: tokio::sync::Mutex::new(Some(guest)),
            ended: Mutex::new(None),
            stop: Notify::new(),
            on_trap,
        }
    }

    /// The device's name in the board file.
    pub fn device(&self) -> &str {
        &self.device
    }

    /// The longest time that a call may take; a longer one ends this life.
    pub fn call_limit(&self) -> Duration {
        self.call_limit
    }

    /// Whether calls still reach the guest.
    pub fn is_alive(&self) -> bool {
        self.ended().is_none()
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
        if let Some(ended) = self.ended() {
            return Err(ended);
        }
        let Some(guest) = slot.as_mut() else { return Err(self.end("the driver has ended")) };
        guest.store.data_mut().memory.begin_call();
        let outcome = {
            let _running = self.machine.running();
            tokio::select! {
                biased;
                () = self.stop.notified() => None,
                outcome = tokio::time::timeout(self.call_limit, invoke(guest)) => Some(outcome),
            }
        };
        match outcome {
            Some(Ok(Ok(answer))) => answer.map_err(|error| DeviceError::answered(&self.device, error)),
            // A call that is given up has left the guest in the middle of something: its store goes.
            Some(Err(_)) => {
                let reason = format!("the driver took longer than its limit of {} ms", self.call_limit.as_millis());
                self.trapped(&mut slot, &reason);
                Err(DeviceError::new(&self.device, DeviceErrorCode::Timeout, reason))
            }
            Some(Ok(Err(trap))) => {
                let reason = format!("the driver failed: {}", trap_reason(&trap, guest.store.data()));
                Err(self.trapped(&mut slot, &reason))
            }
            None => {
                *slot = None;
                Err(self.ended().unwrap_or_else(|| self.end("the driver has ended")))
            }
        }
    }

    /// Ends this life: the call under way, if there is one, ends with `disconnected`, and so does every later one.
    pub fn stop(&self, reason: &str) {
        if !self.is_alive() {
            return;
        }
        self.end(reason);
        self.stop.notify_one();
        if let Ok(mut slot) = self.guest.try_lock() {
            *slot = None;
        }
    }

    fn trapped(&self, slot: &mut Option<Guest>, reason: &str) -> DeviceError {
        *slot = None;
        let error = self.end(reason);
        (self.on_trap)(reason);
        error
    }

    fn ended(&self) -> Option<DeviceError> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn end(&self, reason: &str) -> DeviceError {
        let error = DeviceError::disconnected(&self.device, reason);
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
        error
    }
}

/// Why a guest ended, as what comes after "it failed:" in a sentence for the operator. An engine says what the code did,
/// which helps nobody but its author.
pub fn trap_reason(error: &wasmtime::Error, state: &DriverState) -> String {
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => "its calls are nested too deeply, which its author has to mend".to_owned(),
        Some(trap) => state
            .memory
            .reason()
            .unwrap_or_else(|| format!("it trapped ({}), which its author has to mend", trap_name(*trap))),
        None => error.root_cause().to_string(),
    }
}

/// What the code did, without the engine's "wasm trap: ".
fn trap_name(trap: Trap) -> String {
    let text = trap.to_string();
    text.strip_prefix("wasm trap: ").unwrap_or(&text).replace("wasm `unreachable` instruction executed", "unreachable")
}
