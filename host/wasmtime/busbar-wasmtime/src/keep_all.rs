use crate::session::Session;
use busbar_command::CatchUp;
use busbar_command::exit::Failure;
use busbar_command::stop::Stop;
use busbar_command::{Attempt, Kept, keep_reading};
use busbar_host::device::Sensor;
use busbar_host::update::BoardChange;
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::poll_fn;
use std::rc::Rc;
use tokio::task::JoinSet;

/// Told of what comes of sensors that are kept.
pub trait Listener {
    /// Of every attempt, as they come.
    fn attempt(&self, device: &str, attempt: Attempt<'_, Sensor>);
    /// Of a sensor that is given up, because trying again cannot help; the others are read on.
    fn given_up(&self, device: &str, failure: &Failure);
    /// Whether nobody reads any more what is told: a pipe that was closed, a terminal that is gone.
    fn is_gone(&self) -> bool;
}

/// What to read, how often, and who is told.
pub struct KeepOptions {
    pub session: Rc<Session>,
    pub stop: Stop,
    /// Milliseconds from one reading to the next.
    pub every_ms: f64,
    /// How many attempts of each sensor; without end where there is none.
    pub times: Option<u64>,
    pub listener: Rc<dyn Listener>,
    /// Whether the board is followed: edits end sensors and begin new ones, so that it goes on where none is left.
    pub follows: bool,
}

/// Reads sensors side by side until each had its attempts, or a signal ends it: neither a slow sensor nor one that fails
/// holds up another. One that follows its board goes on until a signal, or until every sensor was given up.
pub struct KeptSensors {
    options: KeepOptions,
    /// The end of each that is read.
    ends: RefCell<HashMap<String, Stop>>,
    running: RefCell<JoinSet<()>>,
    /// Why sensors were given up, or never worked; in the order in which they failed first.
    failed: RefCell<Vec<(String, Failure)>>,
    _catch_up: CatchUp,
}

impl KeptSensors {
    /// Begins to read sensors.
    pub fn start(options: KeepOptions, sensors: &[String]) -> Rc<Self> {
        let kept = Rc::new(Self {
            _catch_up: CatchUp::of(options.session.board.trace().clone()),
            options,
            ends: RefCell::default(),
            running: RefCell::default(),
            failed: RefCell::default(),
        });
        for device in sensors {
            kept.begin(device, false);
        }
        kept
    }

    /// These changes of the board are made now: devices that are replaced or removed are about to go.
    pub fn changing(&self, change: &BoardChange) {
        for device in change.replaced.iter().chain(&change.removed) {
            self.forget_failure(device);
            if let Some(end) = self.ends.borrow_mut().remove(device) {
                end.now();
            }
        }
    }

    /// They are made.
    pub fn changed(self: &Rc<Self>, change: &BoardChange) {
        let sensors = self.options.session.sensors();
        for device in change.replaced.iter().chain(&change.added).filter(|device| sensors.contains(device)) {
            self.begin(device, true);
        }
    }

    /// Waits until all is over. Gives the failures of the sensors that were given up or, there from the start, never worked.
    pub async fn end(&self) -> Vec<Failure> {
        // An edit may end all of them, and the next one begin new ones.
        if self.options.follows {
            self.options.stop.stopped().await;
        }
        while poll_fn(|context| self.running.borrow_mut().poll_join_next(context)).await.is_some() {}
        self.options.session.board.close().await;
        self.failed.take().into_iter().map(|(_, failure)| failure).collect()
    }

    /// `patient`: after an edit, everything may pass.
    fn begin(self: &Rc<Self>, device: &str, patient: bool) {
        let end = self.options.stop.part();
        self.ends.borrow_mut().insert(device.to_owned(), end.clone());
        let (itself, device) = (self.clone(), device.to_owned());
        let mut running = self.running.borrow_mut();
        // Those that an edit ended are not waited for at the end.
        while running.try_join_next().is_some() {}
        running.spawn_local(async move { itself.keep(&device, &end, patient).await });
    }

    async fn keep(&self, device: &str, stop: &Stop, patient: bool) {
        let KeepOptions { session, every_ms, times, listener, .. } = &self.options;
        let kept = Kept { board: &session.board, device, every_ms: *every_ms, times: *times, stop, patient };
        let mut worked = false;
        let ended = keep_reading(&kept, |attempt| {
            match &attempt {
                Attempt::Reading { .. } => {
                    worked = true;
                    self.forget_failure(device);
                }
                Attempt::Failure { failure, .. } if !worked && !patient => self.note_failure(device, failure),
                Attempt::Failure { .. } => {}
            }
            listener.attempt(device, attempt);
            if listener.is_gone() {
                self.options.stop.now();
            }
        });
        if let Err(failure) = ended.await {
            self.note_failure(device, &failure);
            self.ends.borrow_mut().remove(device);
            listener.given_up(device, &failure);
            // The last one: nothing is left to go on with.
            if self.ends.borrow().is_empty() {
                self.options.stop.now();
            }
        }
    }

    fn note_failure(&self, device: &str, failure: &Failure) {
        let mut failed = self.failed.borrow_mut();
        match failed.iter_mut().find(|(each, _)| each == device) {
            Some((_, known)) => *known = failure.clone(),
            None => failed.push((device.to_owned(), failure.clone())),
        }
    }

    fn forget_failure(&self, device: &str) {
        self.failed.borrow_mut().retain(|(each, _)| each != device);
    }
}
