use super::ending::Ending;
use super::state::DriverState;
use crate::component::ComponentInstance;
use crate::components::{DeviceExports, Driver};
use crate::engine::Limits;
use crate::trap::Trap;
use busbar_core::device::{DeviceError, DeviceErrorCode};
use busbar_core::end_of_life::EndOfLife;
use busbar_core::guest_end::took_too_long;
use busbar_core::supervisor::{Life, OnTrap, Wired};
use busbar_core::turns::{Turns, Urgency};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot, watch};

/// The native stack of a driver's thread, in bytes: the guest's own stack is WAMR's.
const THREAD_STACK: usize = 512 << 10;

/// A driver that runs, and what it exports. Only its own thread has it.
pub struct Guest {
    pub component: ComponentInstance<DriverState>,
    pub exports: DeviceExports,
}

/// What a driver is asked to do. It gives the trap that ended the guest.
type Job = Box<dyn FnOnce(&mut Guest) -> Result<(), Trap> + Send>;

/// One life of a driver, in a thread of its own: neither a loop without end nor a bus that is slow keeps anybody else from going
/// on. Calls go in one after the other, as the component model asks for.
pub struct DriverInstance {
    device: Arc<str>,
    /// The device interface that it exports, as its component spells it; empty where it exports functions of its own.
    interface: Arc<str>,
    call_limit: Duration,
    jobs: Sender<Job>,
    /// Who calls now.
    turn: tokio::sync::Mutex<()>,
    turns: Turns,
    ended: EndOfLife,
    stop: Notify,
    ending: Ending,
    /// Becomes true when its thread is gone, and with it its bus.
    gone: watch::Receiver<bool>,
    on_trap: OnTrap,
}

impl DriverInstance {
    /// Starts a life of a driver. `on_trap` is called once, if it ends by a trap or a call that takes too long.
    ///
    /// # Errors
    ///
    /// When it does not start, or not within the time of a call: why.
    pub async fn start(driver: &Driver, wired: Wired, on_trap: OnTrap) -> Result<Self, String> {
        let device = wired.device.clone();
        let call_limit = Duration::from_millis(wired.entry.limits.call_ms.into());
        let ending = Ending::new(Handle::current());
        let (jobs, queue) = channel::<Job>();
        let (started, starting) = oneshot::channel();
        let (left, gone) = watch::channel(false);
        let (interface, turns) = (driver.export_name().cloned().unwrap_or_default(), Turns::new(wired.hurry.clone()));
        let state = DriverState::new(wired, ending.pace.clone());
        let (driver, ended) = (driver.clone(), ending.clone());
        let run = move || {
            // What the host does for it may start something that goes on.
            let _entered = ended.pace.runtime().enter();
            match begin(&driver, state, &ended) {
                Ok(guest) => {
                    // Who asked for it may have given up.
                    let _ = started.send(Ok(()));
                    work(guest, &queue);
                }
                Err(reason) => {
                    let _ = started.send(Err(reason));
                }
            }
            // The last thing that it does.
            left.send_replace(true);
        };
        let thread = thread::Builder::new().name(format!("driver {device}")).stack_size(THREAD_STACK).spawn(run);
        thread.map_err(|cause| format!("it gets no thread ({cause})"))?;
        // From here on whoever gives this up ends the guest with it.
        let instance = Self {
            device,
            interface,
            call_limit,
            jobs,
            turn: tokio::sync::Mutex::default(),
            turns,
            ended: EndOfLife::default(),
            stop: Notify::new(),
            ending,
            gone,
            on_trap,
        };
        match tokio::time::timeout(call_limit, starting).await {
            Ok(Ok(Ok(()))) => Ok(instance),
            Ok(Ok(Err(reason))) => Err(reason),
            Ok(Err(_)) => Err("its thread is gone".to_owned()),
            Err(_) => Err(took_too_long(call_limit.as_millis())),
        }
    }

    /// The device interface that it exports, as its component spells it; empty where it exports functions of its own.
    pub fn interface(&self) -> &str {
        &self.interface
    }

    /// The longest time that a call may take; a longer one ends this life.
    pub fn call_limit(&self) -> Duration {
        self.call_limit
    }

    /// Calls into the guest, after all calls before.
    ///
    /// # Errors
    ///
    /// What the guest answers; `disconnected` when it trapped or has ended, `timeout` when it took longer than its limit, which
    /// ends it too.
    pub async fn call<T: Send + 'static>(
        &self,
        invoke: impl FnOnce(&mut Guest) -> Result<Result<T, DeviceError>, Trap> + Send + 'static,
    ) -> Result<T, DeviceError> {
        self.call_with(Urgency::Plain, invoke).await
    }

    /// The same, for a call that may be one that only waits for what a device may send.
    ///
    /// # Errors
    ///
    /// As for `call`.
    pub async fn call_with<T: Send + 'static>(
        &self,
        urgency: Urgency,
        invoke: impl FnOnce(&mut Guest) -> Result<Result<T, DeviceError>, Trap> + Send + 'static,
    ) -> Result<T, DeviceError> {
        let waiting = self.turns.wait(urgency);
        let _only_one = self.turn.lock().await;
        let _turn = waiting.begin();
        if let Some(ended) = self.ended.reason() {
            return Err(ended);
        }
        let mut given_up = EndUnlessDone(Some(self));
        let (done, answer) = oneshot::channel();
        let job: Job = Box::new(move |guest| {
            let answer = invoke(guest);
            let trap = answer.as_ref().err().cloned();
            // Who asked for it may have given up.
            let _ = done.send(answer);
            trap.map_or(Ok(()), Err)
        });
        if self.jobs.send(job).is_err() {
            return Err(self.end("the driver has ended"));
        }
        let outcome = tokio::select! {
            biased;
            () = self.stop.notified() => None,
            outcome = tokio::time::timeout(self.call_limit, answer) => Some(outcome),
        };
        given_up.0 = None;
        match outcome {
            Some(Ok(Ok(Ok(answer)))) => answer,
            Some(Ok(Ok(Err(Trap::Failed(reason))))) => Err(self.trapped(&format!("the driver failed: {reason}"))),
            Some(Err(_)) => {
                self.leave();
                let reason = took_too_long(self.call_limit.as_millis());
                self.trapped(&reason);
                Err(DeviceError::new(&self.device, DeviceErrorCode::Timeout, reason))
            }
            Some(Ok(Ok(Err(Trap::Ended | Trap::Exited(_))) | Err(_))) | None => {
                Err(self.ended.reason().unwrap_or_else(|| self.end("the driver has ended")))
            }
        }
    }

    /// Makes its thread end: in the midst of what it does, or when nothing is left to do.
    fn leave(&self) {
        self.ending.end();
        // Where it has left already, there is nobody to tell.
        let _ = self.jobs.send(Box::new(|_| Err(Trap::Ended)));
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
        self.leave();
        self.stop.notify_one();
    }

    /// Until its thread is gone, and its bus is free: what waits for the bus itself takes as long as that.
    async fn gone(&self) {
        // Where nobody is left to say so, it is gone.
        let _ = self.gone.clone().wait_for(|is_gone| *is_gone).await;
    }
}

impl Drop for DriverInstance {
    fn drop(&mut self) {
        // Its thread ends with the last job, for nobody can send another one.
        self.ending.end();
    }
}

/// Ends the guest of a call that is given up: it is in the middle of something.
struct EndUnlessDone<'a>(Option<&'a DriverInstance>);

impl Drop for EndUnlessDone<'_> {
    fn drop(&mut self) {
        if let Some(instance) = self.0 {
            instance.end("a call of the driver was given up");
            instance.leave();
        }
    }
}

fn begin(driver: &Driver, state: DriverState, ending: &Ending) -> Result<Guest, String> {
    let limits = Limits::of_entry(state.wired.entry.limits.memory_mib);
    let mut component = ComponentInstance::new(driver.linked(), limits, state)?;
    let exports = match driver.export_name() {
        Some(interface) => DeviceExports::of(interface, &mut component)?,
        None => DeviceExports::default(),
    };
    let begun = ending.may_begin(component.ender()).and_then(|()| component.initialize());
    begun.map_err(|trap| trap.to_string())?;
    Ok(Guest { component, exports })
}

/// Does what is asked for, until nobody asks any more or the guest has ended.
fn work(mut guest: Guest, queue: &Receiver<Job>) {
    while let Ok(job) = queue.recv() {
        if job(&mut guest).is_err() {
            break;
        }
    }
}
