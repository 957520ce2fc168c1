use crate::exit::Failure;
use busbar_core::error::HostError;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

/// How long a reading that is under way at the end may still take.
pub const GRACE: Duration = Duration::from_millis(300);
/// How long the end may take as a whole.
const DEADLINE: Duration = Duration::from_millis(700);

/// Called once when the end begins.
type OnStopping = Box<dyn FnOnce()>;

/// Ends a command cleanly at SIGINT (Ctrl-C) and SIGTERM: sensors are put to sleep, the exit code is 0. What has not ended
/// after 700 ms is not waited for: the process ends by the signal, and so does it at once at a second one.
#[derive(Clone, Default)]
pub struct Stop {
    stopped: Rc<Cell<bool>>,
    changed: Rc<Notify>,
    listeners: Rc<RefCell<Vec<OnStopping>>>,
    /// What a part of the command ends with.
    whole: Option<Rc<Stop>>,
}

impl Stop {
    /// Listens for the signals from now on. What does not end by itself within 300 ms, a driver that waits, is ended by
    /// `close`, which closes the board.
    ///
    /// # Errors
    ///
    /// When signals cannot be listened for.
    pub fn of(close: impl Future<Output = ()> + 'static) -> Result<Self, Failure> {
        let stop = Self::default();
        let mut signals = [listen_for(SignalKind::interrupt())?, listen_for(SignalKind::terminate())?];
        let told = stop.clone();
        tokio::task::spawn_local(async move {
            let number = next(&mut signals).await;
            told.now();
            tokio::select! {
                _ = next(&mut signals) => {}
                () = tokio::time::sleep(DEADLINE) => {}
                () = async { tokio::time::sleep(GRACE).await; close.await; std::future::pending().await } => {}
            }
            end_by(number);
        });
        Ok(stop)
    }

    /// The end of a part of the command, which ends with all of it, or alone.
    pub fn part(&self) -> Self {
        Self { whole: Some(Rc::new(self.clone())), ..Self::default() }
    }

    /// Ends it without a signal: there is nothing left to do.
    pub fn now(&self) {
        if !self.stopped.replace(true) {
            self.listeners.take().into_iter().for_each(|listener| listener());
        }
        self.changed.notify_waiters();
    }

    /// Calls this once when the end begins.
    pub fn on_stopping(&self, listener: impl FnOnce() + 'static) {
        self.listeners.borrow_mut().push(Box::new(listener));
    }

    /// Whether the end has begun.
    pub fn is_stopped(&self) -> bool {
        self.stopped.get() || self.whole.as_ref().is_some_and(|whole| whole.is_stopped())
    }

    /// Settles when the end begins.
    pub async fn stopped(&self) {
        let own = self.changed.notified();
        let whole = async {
            match &self.whole {
                Some(whole) => Box::pin(whole.stopped()).await,
                None => std::future::pending().await,
            }
        };
        if !self.is_stopped() {
            tokio::select! {
                () = own => {}
                () = whole => {}
            }
        }
    }

    /// Waits, but no longer than until the end begins.
    pub async fn sleep(&self, duration: Duration) {
        tokio::select! {
            () = tokio::time::sleep(duration) => {}
            () = self.stopped() => {}
        }
    }
}

/// Listens for a signal, which then does nothing else any more.
///
/// # Errors
///
/// When that cannot be.
pub fn listen_for(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|cause| HostError::backend(format!("signals cannot be listened for ({cause}).")).into())
}

/// The number of the next signal.
async fn next(signals: &mut [Signal; 2]) -> i32 {
    let [interrupt, terminate] = signals;
    tokio::select! {
        _ = interrupt.recv() => libc::SIGINT,
        _ = terminate.recv() => libc::SIGTERM,
    }
}

/// Ends the process by a signal, as a shell expects it of one that was told to end.
fn end_by(number: i32) -> ! {
    // SAFETY: both take numbers only; the handler is the system's own, and the signal is for this process.
    unsafe {
        libc::signal(number, libc::SIG_DFL);
        libc::raise(number);
    }
    // It is ignored only where the process is the first of its container.
    std::process::exit(128 + number)
}
