use super::manager::ServiceManager;
use super::schedule::Schedule;
use super::tell::Service;
use crate::health::{BoardHealth, HealthPlace, HealthServer, serve_health};
use crate::output::Output;
use crate::outside::Outside;
use crate::session::{Session, Watching};
use crate::use_record::KeptRecord;
use busbar_command::Attempt;
use busbar_command::apps::{AppState, CaresForApps};
use busbar_command::exit::Failure;
use busbar_command::stop::Stop;
use busbar_host::device::Sensor;
use busbar_host::locked::locked;
use busbar_host::text::printable;
use busbar_host::trace::{BoardEvent, Turn};
use busbar_host::update::BoardChange;
use serde_json::json;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

/// What a run that goes on is asked to do for who looks after it.
pub struct CareOptions {
    /// Where to serve health; nowhere where there is none.
    pub health: Option<HealthPlace>,
    /// Where to keep what devices needed.
    pub record: Option<String>,
    /// How often every sensor is read; none where apps read them as they like.
    pub every_ms: Option<f64>,
    /// Writes and removes files for this process.
    pub outside: Option<Rc<Outside>>,
}

/// Tells whoever looks after a run how it is: over HTTP, to systemd, and in a record of what was needed.
pub struct Care {
    session: Rc<Session>,
    health: Rc<BoardHealth>,
    expected: Arc<Mutex<Expected>>,
    service: Option<Service>,
    record: Option<KeptRecord>,
    server: RefCell<Option<HealthServer>>,
    options: CareOptions,
    _watching: Watching,
}

/// What is expected of devices.
#[derive(Default)]
struct Expected {
    schedule: Schedule,
    /// Nobody knows when they are plugged in.
    waiting: HashSet<String>,
    /// The longest time of a call into each, in milliseconds.
    call_ms: HashMap<String, f64>,
}

impl Care {
    /// Begins to look after a run: before the process is confined.
    ///
    /// # Errors
    ///
    /// Where health cannot be served, and where the record cannot be kept.
    pub async fn take(session: Rc<Session>, output: &Arc<Output>, options: CareOptions) -> Result<Self, Failure> {
        let health = Rc::new(BoardHealth::new(session.clone(), options.every_ms));
        let record = match (&options.record, &options.outside) {
            (Some(path), Some(outside)) => Some(KeptRecord::start(path, session.clone(), outside.clone()).await?),
            _ => None,
        };
        let server = match &options.health {
            Some(place) => {
                let reported = health.clone();
                let server = serve_health(place, move || reported.report()).await?;
                let location = &server.location;
                let record = json!({ "type": "health", "where": location });
                output.info(&format!("health is served at {location}."), record);
                Some(server)
            }
            None => None,
        };
        let expected: Arc<Mutex<Expected>> = Arc::default();
        let told = output.clone();
        let manager = ServiceManager::of_this_process(move |sentence| {
            told.notice(&printable(sentence, 2_000), json!({ "type": "warning", "message": sentence }));
        });
        let service = manager.map(|manager| {
            let (expected, clock) = (expected.clone(), session.board.clock());
            Service::new(manager, health.clone(), move || locked(&expected).schedule.overdue(clock.now_ms()))
        });
        let watching = watch_presence(&session, &expected, options.every_ms.is_some());
        let server = RefCell::new(server);
        Ok(Self { session, health, expected, service, record, server, options, _watching: watching })
    }

    /// Everything has begun, and can be told to stop.
    pub fn ready(&self, stop: &Stop) {
        if let Some(service) = &self.service {
            service.tell_stopping(stop);
            service.ready();
        }
    }

    /// A device is to be read soon.
    pub fn expect(&self, device: &str) {
        self.expect_in(device, 0.0);
    }

    /// Something came of a device.
    pub fn attempt(&self, device: &str, attempt: &Attempt<'_, Sensor>) {
        let wait_ms = match attempt {
            Attempt::Failure { retry_ms, .. } => *retry_ms,
            Attempt::Reading { .. } => self.options.every_ms.unwrap_or(0.0),
        };
        self.expect_in(device, wait_ms);
    }

    /// A device is not tried again.
    pub fn given_up(&self, device: &str, failure: &Failure) {
        locked(&self.expected).schedule.release(device);
        self.health.given_up(device, failure);
    }

    /// The board file is read again.
    pub fn reloading(&self) {
        if let Some(service) = &self.service {
            service.reloading();
        }
    }

    /// That is over.
    pub fn reloaded(&self) {
        if let Some(service) = &self.service {
            service.ready();
        }
    }

    /// The board is about to change.
    pub fn changing(&self, change: &BoardChange) {
        if let Some(record) = &self.record {
            record.take();
        }
        let mut expected = locked(&self.expected);
        for device in change.replaced.iter().chain(&change.removed) {
            expected.schedule.release(device);
            expected.waiting.remove(device);
            self.health.forget(device);
        }
    }

    /// The board has changed.
    pub fn changed(&self, change: &BoardChange) {
        if self.options.every_ms.is_some() {
            let sensors = self.session.sensors();
            for device in change.replaced.iter().chain(&change.added).filter(|device| sensors.contains(device)) {
                self.expect(device);
            }
        }
    }

    /// Ends it: the record is written once more, and the socket is gone.
    ///
    /// # Errors
    ///
    /// Where the record cannot be written.
    pub async fn end(&self) -> Result<(), Failure> {
        let server = self.server.borrow_mut().take();
        if let (Some(_ended), Some(outside)) = (server, &self.options.outside) {
            outside.remove_socket().await;
        }
        match &self.record {
            Some(record) => record.end().await,
            None => Ok(()),
        }
    }

    fn expect_in(&self, device: &str, wait_ms: f64) {
        let board = self.session.board.board();
        let call_ms = board.device(device).map_or(0.0, |entry| f64::from(entry.limits.call_ms));
        let mut expected = locked(&self.expected);
        expected.call_ms.insert(device.to_owned(), call_ms);
        expected.schedule.expect(device, self.session.board.clock().now_ms(), wait_ms, call_ms);
    }
}

/// Expects nothing of a device that is waited for, and something again once it has come.
fn watch_presence(session: &Rc<Session>, expected: &Arc<Mutex<Expected>>, are_read: bool) -> Watching {
    let (expected, clock) = (expected.clone(), session.board.clock());
    session.watch(move |event| {
        let BoardEvent::Lifecycle(life) = event else { return };
        let mut expected = locked(&expected);
        match life.event {
            Turn::Waiting if are_read => {
                expected.waiting.insert(life.device.clone());
                expected.schedule.release(&life.device);
            }
            Turn::Started if are_read && expected.waiting.remove(&life.device) => {
                let call_ms = expected.call_ms.get(&life.device).copied().unwrap_or(0.0);
                expected.schedule.expect(&life.device, clock.now_ms(), 0.0, call_ms);
            }
            _ => {}
        }
    })
}

impl CaresForApps for Care {
    fn app(&self, app: &str, state: AppState, failure: Option<&Failure>) {
        self.health.app(app, state, failure);
    }
}
