use super::runs::AppRuns;
use crate::CatchUp;
use crate::exit::Failure;
use busbar_core::app::{Ended, RunsApps};
use busbar_core::error::HostErrorCode;
use busbar_core::failure::AppFailure;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// The first wait before an app that failed is run again; it doubles with each failure.
const FIRST_BACK_OFF: Duration = Duration::from_secs(1);
const LONGEST_BACK_OFF: Duration = Duration::from_secs(60);
/// A run this long shows that the app works: the next failure starts the wait anew.
const HEALTHY_RUN: Duration = Duration::from_secs(60);

/// How an app is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppState {
    Running,
    /// Well.
    Ended,
    /// It failed, and is run again after a wait.
    Failing,
    /// It is not run again.
    Refused,
}

impl AppState {
    /// As JSON and people have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Ended => "ended",
            Self::Failing => "failing",
            Self::Refused => "refused",
        }
    }
}

/// Told of how apps are.
pub trait CaresForApps {
    /// An app is so now; why, where it does not run.
    fn app(&self, app: &str, state: AppState, failure: Option<&Failure>);
}

/// Nobody is told.
impl CaresForApps for () {
    fn app(&self, _app: &str, _state: AppState, _failure: Option<&Failure>) {}
}

/// Runs apps side by side until all have ended well, or a signal ends them. One that fails is run again after a wait that
/// grows from one second to one minute; one that is refused for good ends no other.
///
/// Gives the failures of the apps that were given up, in the order in which they were.
pub async fn keep_apps<Board: RunsApps + 'static, Care: CaresForApps + 'static>(
    runs: Rc<AppRuns<Board>>,
    apps: &[String],
    care: &Rc<Care>,
) -> Vec<Failure> {
    let given_up: Rc<RefCell<Vec<Failure>>> = Rc::default();
    let _catch_up = CatchUp::of(runs.board.trace().clone());
    let mut running = JoinSet::new();
    for app in apps {
        let (app, runs, given_up, care) = (app.clone(), runs.clone(), given_up.clone(), care.clone());
        running.spawn_local(async move {
            if let Err(failure) = keep(&runs, &app, &*care).await {
                care.app(&app, AppState::Refused, Some(&failure));
                runs.output.app_failure(&failure, &app, None);
                given_up.borrow_mut().push(failure);
            }
        });
    }
    running.join_all().await;
    given_up.take()
}

/// # Errors
///
/// Where trying again cannot help.
async fn keep<Board: RunsApps + 'static>(
    runs: &AppRuns<Board>,
    app: &str,
    care: &impl CaresForApps,
) -> Result<(), Failure> {
    let mut back_off = FIRST_BACK_OFF;
    while !runs.stop.is_stopped() {
        let start = Instant::now();
        care.app(app, AppState::Running, None);
        let failure = match runs.run(app).await {
            Ok(Ended::Well | Ended::Stopped) => {
                care.app(app, AppState::Ended, None);
                return Ok(());
            }
            Err(failure) => failure,
        };
        let is_final = matches!(&failure, AppFailure::Host(error) if error.code != HostErrorCode::Backend);
        if is_final {
            return Err(failure.into());
        }
        if start.elapsed() > HEALTHY_RUN {
            back_off = FIRST_BACK_OFF;
        }
        let failure = failure.into();
        care.app(app, AppState::Failing, Some(&failure));
        runs.output.app_failure(&failure, app, Some(back_off.as_secs_f64() * 1e3));
        runs.stop.sleep(back_off).await;
        back_off = (back_off * 2).min(LONGEST_BACK_OFF);
    }
    Ok(())
}
