use super::manager::ServiceManager;
use crate::health::BoardHealth;
use busbar_command::stop::Stop;
use rustix::time::{ClockId, clock_gettime};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// So often the state is looked at where no watchdog wants it more often.
const LOOK: Duration = Duration::from_secs(5);

/// A run as a service of systemd's.
pub struct Service {
    telling: Rc<Telling>,
    task: JoinHandle<()>,
}

struct Telling {
    manager: Rc<ServiceManager>,
    health: Rc<BoardHealth>,
    /// The devices of which something is overdue: while there are any, the watchdog gets nothing.
    overdue: Box<dyn Fn() -> Vec<String>>,
    last_status: RefCell<String>,
    is_ready: Cell<bool>,
}

impl Service {
    /// Begins to tell systemd how the run is.
    pub fn new(
        manager: Rc<ServiceManager>,
        health: Rc<BoardHealth>,
        overdue: impl Fn() -> Vec<String> + 'static,
    ) -> Self {
        // sd_watchdog_enabled(3): half of the time.
        let half = manager.watchdog.map_or(LOOK, |watchdog| watchdog / 2);
        let every = half.clamp(Duration::from_millis(1), LOOK);
        let telling = Rc::new(Telling {
            manager,
            health,
            overdue: Box::new(overdue),
            last_status: RefCell::default(),
            is_ready: Cell::new(false),
        });
        let told = telling.clone();
        let task = tokio::task::spawn_local(async move {
            let mut ticks = tokio::time::interval(every);
            ticks.tick().await;
            loop {
                ticks.tick().await;
                told.status();
            }
        });
        Self { telling, task }
    }

    /// Everything that can be known at the start is: drivers are checked, loops have begun.
    pub fn ready(&self) {
        let Telling { manager, health, is_ready, last_status, .. } = &*self.telling;
        is_ready.set(true);
        let status = health.report().status();
        manager.notify(&["READY=1", &format!("STATUS={status}")]);
        *last_status.borrow_mut() = status;
        self.telling.status();
    }

    /// The board file is taken over from now on until [`Service::ready`].
    pub fn reloading(&self) {
        // The first look at the file is a part of the start.
        if self.telling.is_ready.get() {
            // systemd tells by its time whether it was this reload that became ready: sd_notify(3).
            let now = clock_gettime(ClockId::Monotonic);
            let microseconds = now.tv_sec * 1_000_000 + now.tv_nsec / 1_000;
            self.telling.manager.notify(&["RELOADING=1", &format!("MONOTONIC_USEC={microseconds}")]);
        }
    }

    /// The end begins with this.
    pub fn tell_stopping(&self, stop: &Stop) {
        let manager = self.telling.manager.clone();
        stop.on_stopping(move || manager.notify(&["STOPPING=1", "STATUS=putting devices to sleep"]));
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Telling {
    /// Tells the state, and pets the watchdog where everything is alive.
    fn status(&self) {
        let overdue = (self.overdue)();
        let status = match overdue.is_empty() {
            true => self.health.report().status(),
            false => format!("nothing comes of {} any more", overdue.join(", ")),
        };
        let news = (*self.last_status.borrow() != status).then(|| format!("STATUS={status}"));
        let alive = (self.manager.watchdog.is_some() && overdue.is_empty()).then_some("WATCHDOG=1");
        let states: Vec<&str> = news.as_deref().into_iter().chain(alive).collect();
        if !states.is_empty() {
            self.manager.notify(&states);
        }
        *self.last_status.borrow_mut() = status;
    }
}
