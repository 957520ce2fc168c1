use crate::session::{Session, Watching};
use busbar_command::apps::AppState;
use busbar_command::exit::Failure;
use busbar_host::error::HostError;
use busbar_host::instance::BoardFailure;
use busbar_host::link::DeviceKind;
use busbar_host::locked::locked;
use busbar_host::trace::{BoardEvent, LifecycleEvent, Turn};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// How a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceState {
    /// It gives readings, or its driver runs.
    Ok,
    /// It has not answered yet.
    Starting,
    /// Nobody has asked for it.
    Idle,
    /// It failed when it was asked last, or its driver trapped.
    Failing,
    /// No reading for longer than there should be.
    Late,
    /// It is not plugged in.
    Waiting,
    /// It is not tried again.
    Refused,
}

impl DeviceState {
    /// As JSON and people have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Starting => "starting",
            Self::Idle => "idle",
            Self::Failing => "failing",
            Self::Late => "late",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
        }
    }
}

/// Whether a state, by its name, is no reason to look after it.
pub fn is_well(state: &str) -> bool {
    matches!(state, "ok" | "starting" | "idle" | "running" | "ended")
}

/// A device in a report.
#[derive(Debug, Clone)]
pub struct DeviceHealth {
    pub device: String,
    /// None where it has no driver, or that was refused.
    pub kind: Option<DeviceKind>,
    pub state: DeviceState,
    /// What is wrong; none where nothing is.
    pub problem: Option<String>,
    /// How old its last reading is, in milliseconds; none where it never gave one, or is no sensor.
    pub age_ms: Option<f64>,
}

/// An app in a report.
#[derive(Debug, Clone)]
pub struct AppHealth {
    pub app: String,
    pub state: AppState,
    pub problem: Option<String>,
}

/// How everything is that a run keeps.
#[derive(Debug, Clone)]
pub struct HealthReport {
    /// How long the run has been going on, in milliseconds.
    pub up_ms: f64,
    pub devices: Vec<DeviceHealth>,
    pub apps: Vec<AppHealth>,
}

impl HealthReport {
    /// Whether no device and no app is failing, late, waiting or refused.
    pub fn is_ok(&self) -> bool {
        self.devices.iter().all(|each| is_well(each.state.name()))
            && self.apps.iter().all(|each| is_well(each.state.name()))
    }

    /// As JSON has it.
    pub fn to_json(&self) -> Value {
        json!({
            "ok": self.is_ok(),
            "pid": std::process::id(),
            "upMs": self.up_ms.round(),
            "devices": self.devices.iter().map(DeviceHealth::to_json).collect::<Vec<_>>(),
            "apps": self.apps.iter().map(AppHealth::to_json).collect::<Vec<_>>(),
        })
    }

    /// One line: "4 devices and apps, all well", "attic failing (attic: nothing answers there); 3 of 4 well".
    pub fn status(&self) -> String {
        const MOST_NAMED: usize = 5;
        let devices = self.devices.iter().map(|each| (&each.device, each.state.name(), &each.problem));
        let apps = self.apps.iter().map(|each| (&each.app, each.state.name(), &each.problem));
        let all: Vec<_> = devices.chain(apps).collect();
        let unwell: Vec<_> = all.iter().filter(|(_, state, _)| !is_well(state)).collect();
        if unwell.is_empty() {
            let things = if all.len() == 1 { "device or app" } else { "devices and apps" };
            return format!("{} {things}, all well", all.len());
        }
        let named = unwell.iter().take(MOST_NAMED).map(|(name, state, problem)| match problem {
            Some(problem) => format!("{name} {state} ({})", busbar_host::text::cut_exactly(problem, 200)),
            None => format!("{name} {state}"),
        });
        let named = named.collect::<Vec<_>>().join(", ");
        let more = unwell.len().saturating_sub(MOST_NAMED);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        format!("{named}{more}; {} of {} well", all.len() - unwell.len(), all.len())
    }
}

impl DeviceHealth {
    fn to_json(&self) -> Value {
        let last = self.age_ms.and_then(|age| SystemTime::now().checked_sub(Duration::from_secs_f64(age / 1e3)));
        json!({
            "device": self.device,
            "kind": self.kind.map(DeviceKind::name),
            "state": self.state.name(),
            "problem": self.problem,
            "lastReading": last.map(|last| humantime::format_rfc3339_millis(last).to_string()),
            "ageMs": self.age_ms,
        })
    }
}

impl AppHealth {
    fn to_json(&self) -> Value {
        json!({ "app": self.app, "state": self.state.name(), "problem": self.problem })
    }
}

/// What is known of a board that it does not tell when it is asked.
#[derive(Default)]
struct Account {
    lives: HashMap<String, LifecycleEvent>,
    given_up: HashMap<String, Failure>,
    /// In the order in which they began.
    apps: Vec<AppHealth>,
}

/// Keeps account of how the devices and apps of a board are.
pub struct BoardHealth {
    session: Rc<Session>,
    /// How often every sensor is to give a reading; none where apps read them as they like.
    every_ms: Option<f64>,
    start_ms: f64,
    account: Arc<Mutex<Account>>,
    _watching: Watching,
}

impl BoardHealth {
    /// Begins to keep it.
    pub fn new(session: Rc<Session>, every_ms: Option<f64>) -> Self {
        let account: Arc<Mutex<Account>> = Arc::default();
        let told = account.clone();
        let watching = session.watch(move |event| {
            if let BoardEvent::Lifecycle(life) = event {
                locked(&told).lives.insert(life.device.clone(), life.clone());
            }
        });
        Self { start_ms: session.board.clock().now_ms(), session, every_ms, account, _watching: watching }
    }

    /// A device is not tried again.
    pub fn given_up(&self, device: &str, failure: &Failure) {
        locked(&self.account).given_up.insert(device.to_owned(), failure.clone());
    }

    /// A device is another one now, or is gone.
    pub fn forget(&self, device: &str) {
        let mut account = locked(&self.account);
        account.lives.remove(device);
        account.given_up.remove(device);
    }

    /// An app begins, ends, or fails.
    pub fn app(&self, app: &str, state: AppState, failure: Option<&Failure>) {
        let problem = failure.map(ToString::to_string);
        let apps = &mut locked(&self.account).apps;
        match apps.iter_mut().find(|each| each.app == app) {
            Some(known) => (known.state, known.problem) = (state, problem),
            None => apps.push(AppHealth { app: app.to_owned(), state, problem }),
        }
    }

    /// How everything is now.
    pub fn report(&self) -> HealthReport {
        let board = self.session.board.board();
        let known: HashMap<_, _> = self.session.board.devices().into_iter().collect();
        HealthReport {
            up_ms: self.up_ms(),
            devices: board.devices.iter().map(|(name, _)| self.device_health(name, known.get(name))).collect(),
            apps: locked(&self.account).apps.clone(),
        }
    }

    fn up_ms(&self) -> f64 {
        self.session.board.clock().now_ms() - self.start_ms
    }

    fn device_health(&self, device: &str, known: Option<&Result<DeviceKind, HostError>>) -> DeviceHealth {
        let board = &self.session.board;
        let kind = known.and_then(|kind| kind.as_ref().ok().copied());
        let last = board.last_readings().get(device).unwrap_or_default();
        let age_ms = last.last_ms.map(|last_ms| (board.clock().now_ms() - last_ms).round().max(0.0));
        let refused = known.and_then(|kind| kind.as_ref().err()).map(|error| Failure::from(error.clone()).to_string());
        let (state, problem) = match refused {
            Some(refused) => (DeviceState::Refused, Some(refused)),
            None => self.state_of(device, kind, age_ms, last.failure),
        };
        DeviceHealth { device: device.to_owned(), kind, state, problem, age_ms }
    }

    fn state_of(
        &self,
        device: &str,
        kind: Option<DeviceKind>,
        age_ms: Option<f64>,
        failure: Option<BoardFailure>,
    ) -> (DeviceState, Option<String>) {
        let account = locked(&self.account);
        if let Some(failure) = account.given_up.get(device) {
            return (DeviceState::Refused, Some(failure.to_string()));
        }
        let life = account.lives.get(device);
        if let Some(LifecycleEvent { event: Turn::Waiting, reason, .. }) = life {
            return (DeviceState::Waiting, reason.clone());
        }
        if let Some(failure) = failure {
            return (DeviceState::Failing, Some(Failure::from(failure).to_string()));
        }
        if let Some(LifecycleEvent { event: Turn::Trapped, reason, .. }) = life {
            return (DeviceState::Failing, reason.clone());
        }
        if let (Some(DeviceKind::Sensor), Some(every_ms)) = (kind, self.every_ms) {
            // A reading may take as long as a call may, and one may be left out by it.
            let call_ms = self.session.board.board().device(device).map_or(0, |entry| entry.limits.call_ms);
            let latest_ms = 2.0 * every_ms + 2.0 * f64::from(call_ms);
            let silent_ms = age_ms.unwrap_or_else(|| self.up_ms());
            if silent_ms > latest_ms {
                return (DeviceState::Late, Some(format!("no reading for {} s", (silent_ms / 1e3).round())));
            }
            if age_ms.is_none() {
                return (DeviceState::Starting, None);
            }
        }
        let runs = matches!(life, Some(LifecycleEvent { event: Turn::Started, .. })) || age_ms.is_some();
        (if runs { DeviceState::Ok } else { DeviceState::Idle }, None)
    }
}

#[cfg(test)]
mod tests {
    use super::{DeviceHealth, DeviceState, HealthReport};

    fn device(name: &str, state: DeviceState, problem: Option<&str>) -> DeviceHealth {
        DeviceHealth {
            device: name.to_owned(),
            kind: None,
            state,
            problem: problem.map(str::to_owned),
            age_ms: Some(5.0),
        }
    }

    fn status(devices: Vec<DeviceHealth>) -> String {
        HealthReport { up_ms: 1.0, devices, apps: Vec::new() }.status()
    }

    #[test]
    fn a_status_names_what_is_not_well_and_counts_the_rest() {
        let well = device("indoor", DeviceState::Ok, None);
        let failing = |name: &str| device(name, DeviceState::Failing, Some("nothing answers there"));
        assert_eq!(status(vec![well.clone()]), "1 device or app, all well");
        assert_eq!(status(vec![well, failing("attic")]), "attic failing (nothing answers there); 1 of 2 well");
        let many = status((0..8).map(|index| failing(&format!("d{index}"))).collect());
        assert!(many.starts_with("d0 failing ") && many.ends_with(", and 3 more; 0 of 8 well"), "{many}");
    }

    #[test]
    fn a_report_is_ok_where_all_is() {
        let report = |state| HealthReport { up_ms: 1.0, devices: vec![device("a", state, None)], apps: Vec::new() };
        use DeviceState::{Failing, Idle, Late, Ok, Refused, Starting, Waiting};
        for state in [Ok, Idle, Starting] {
            assert!(report(state).is_ok(), "{state:?}");
        }
        for state in [Failing, Late, Refused, Waiting] {
            assert!(!report(state).is_ok(), "{state:?}");
        }
    }
}
