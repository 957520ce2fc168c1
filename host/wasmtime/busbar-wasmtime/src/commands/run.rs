use super::BoardOptions;
use crate::apps::{AppRuns, run_once};
use crate::confine::Sockets;
use crate::health::HealthPlace;
use crate::keep_all::{KeepOptions, KeptSensors, Listener};
use crate::keep_apps::keep_apps;
use crate::output::{Output, Printing};
use crate::outside::{Outside, OutsideOptions};
use crate::reload::{Followed, ReloadListener};
use crate::service::{Care, CareOptions};
use crate::session::{Session, closing};
use busbar_command::Attempt;
use busbar_command::Recoveries;
use busbar_command::exit::Failure;
use busbar_command::readings::print_reading;
use busbar_command::stop::{GRACE, Stop};
use busbar_host::device::Sensor;
use busbar_host::error::HostError;
use busbar_host::system_error::error_name;
use busbar_host::update::BoardChange;
use serde_json::json;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tokio::task::JoinSet;

/// What `run` has beside what all commands have.
#[derive(Debug, Clone)]
pub struct RunOptions {
    pub every_ms: f64,
    pub stdin: bool,
    /// Where to tell how each device is.
    pub health: Option<HealthPlace>,
    /// The file in which to keep what devices needed.
    pub record: Option<String>,
    /// Of the board's one app, after those of the board file.
    pub arguments: Vec<String>,
}

/// `busbar run`: runs the apps of a board; on one without apps it keeps all sensors open and prints one line a reading.
pub async fn run(options: &BoardOptions, run: &RunOptions) -> Result<u8, Failure> {
    let output = Arc::new(Output::new(options.output));
    if !options.output.goes_on {
        let session = Rc::new(Session::start(options, &output)?);
        return run_to_the_end(session, output, run).await;
    }
    let session = Rc::new(Session::open(options, &output)?);
    let apps = app_names(&session);
    // What is wrong with the board ends it before anybody is told that it runs.
    let sensors = if apps.is_empty() { session.choose_sensors(&[])? } else { Vec::new() };
    let outside = start_outside(&session, options, run)?;
    let every_ms = apps.is_empty().then_some(run.every_ms);
    let care_options =
        CareOptions { health: run.health.clone(), record: run.record.clone(), every_ms, outside: outside.clone() };
    let care = Rc::new(Care::take(session.clone(), &output, care_options).await?);
    let followed = Followed::new(&session, outside.filter(|_| !session.is_bundle()), &output)?;
    session.confine(Sockets { listening: run.health.is_some(), ..Sockets::default() }, &output);
    let code = match apps.is_empty() {
        true => print_readings(session, &sensors, run.every_ms, &output, &care, followed).await?,
        false => run_apps(session, &apps, output, &care, followed).await?,
    };
    care.end().await?;
    Ok(code)
}

/// Runs each app once, or reads each sensor once.
async fn run_to_the_end(session: Rc<Session>, output: Arc<Output>, run: &RunOptions) -> Result<u8, Failure> {
    if run.stdin || !run.arguments.is_empty() {
        let why = if run.stdin { "--stdin is" } else { "arguments after -- are" };
        let app = session.one_app(why)?;
        return run_apps_once(session, &[app], output, run).await;
    }
    let apps = app_names(&session);
    if apps.is_empty() {
        let sensors = session.choose_sensors(&[])?;
        return Ok(read_once(session, sensors, output).await);
    }
    run_apps_once(session, &apps, output, run).await
}

fn app_names(session: &Session) -> Vec<String> {
    session.board.board().apps.iter().map(|(app, _)| app.clone()).collect()
}

/// Starts what reads and writes files for this process once that is confined; nothing where there is nothing of the kind.
fn start_outside(session: &Session, options: &BoardOptions, run: &RunOptions) -> Result<Option<Rc<Outside>>, Failure> {
    let health = run.health.as_ref().and_then(HealthPlace::file);
    if session.is_bundle() && run.record.is_none() && health.is_none() {
        return Ok(None);
    }
    let options = OutsideOptions {
        path: session.named().to_owned(),
        output: options.output,
        addresses: session.machine().addresses(),
        record: run.record.clone(),
        health: health.map(str::to_owned),
    };
    let outside = Outside::start(&options, session.machine().clone()).map_err(|error| {
        HostError::backend(format!(
            "the process that reads files for this one does not start ({}).",
            error_name(&error)
        ))
    })?;
    Ok(Some(Rc::new(outside)))
}

/// Keeps all sensors open, and follows the board file.
async fn print_readings(
    session: Rc<Session>,
    sensors: &[String],
    every_ms: f64,
    output: &Arc<Output>,
    care: &Rc<Care>,
    followed: Followed,
) -> Result<u8, Failure> {
    let stop = Stop::of(closing(session.clone()))?;
    for device in sensors {
        care.expect(device);
    }
    let recoveries = RefCell::new(Recoveries::new(output.clone()));
    let printer = Rc::new(Printer { output: output.clone(), recoveries, care: care.clone() });
    let options = KeepOptions {
        session: session.clone(),
        stop: stop.clone(),
        every_ms,
        times: None,
        listener: printer.clone(),
        follows: true,
    };
    let kept = KeptSensors::start(options, sensors);
    let followers = Followers { care: care.clone(), kept: Some((kept.clone(), printer)) };
    let reload = followed.start(session, output.clone(), Rc::new(followers));
    // Not before it can be told to stop.
    care.ready(&stop);
    let failures = kept.end().await;
    drop(reload);
    Ok(output.exit_code(failures.first().map_or(0, Failure::exit_code)))
}

/// Runs apps until all have ended well, or a signal ends them.
async fn run_apps(
    session: Rc<Session>,
    apps: &[String],
    output: Arc<Output>,
    care: &Rc<Care>,
    followed: Followed,
) -> Result<u8, Failure> {
    // An app that opens one of them is told.
    for (device, failure) in &session.refused_devices() {
        output.device_error(failure, device);
    }
    let runs = runs_of(session.clone(), output.clone(), apps.len() > 1, None)?;
    let followers = Followers { care: care.clone(), kept: None };
    let reload = followed.start(session.clone(), output, Rc::new(followers));
    // Not before it can be told to stop.
    care.ready(&runs.stop);
    let failed = keep_apps(runs.clone(), apps, care).await;
    drop(reload);
    let failed = failed.into_iter().chain(session.refused_devices().into_iter().map(|(_, failure)| failure));
    let codes = failed.map(|failure| failure.exit_code());
    Ok(end(&runs, codes.collect()).await)
}

/// What is kept of devices has to begin anew with them.
struct Followers {
    care: Rc<Care>,
    /// Where sensors are read.
    kept: Option<(Rc<KeptSensors>, Rc<Printer>)>,
}

impl ReloadListener for Followers {
    fn begins(&self) {
        self.care.reloading();
    }

    fn changing(&self, change: &BoardChange) {
        self.care.changing(change);
        if let Some((kept, printer)) = &self.kept {
            for device in change.replaced.iter().chain(&change.removed) {
                printer.recoveries.borrow_mut().forget(device);
            }
            kept.changing(change);
        }
    }

    fn changed(&self, change: &BoardChange) {
        self.care.changed(change);
        if let Some((kept, _)) = &self.kept {
            kept.changed(change);
        }
    }

    fn over(&self) {
        self.care.reloaded();
    }
}

/// Runs apps side by side, each once and to its end. The exit code is that of the first that did not end well.
async fn run_apps_once(
    session: Rc<Session>,
    apps: &[String],
    output: Arc<Output>,
    run: &RunOptions,
) -> Result<u8, Failure> {
    let runs = runs_of(session, output.clone(), apps.len() > 1, Some(run))?;
    let failures = run_once(runs.clone(), apps).await;
    let mut codes = Vec::new();
    for (app, failure) in failures {
        let failure = Failure::from(failure);
        let more = if runs.is_among { json!({ "app": app }) } else { json!({}) };
        output.error(&failure, more);
        codes.push(failure.exit_code());
    }
    Ok(end(&runs, codes).await)
}

/// `once` where each app runs to its end.
fn runs_of(
    session: Rc<Session>,
    output: Arc<Output>,
    is_among: bool,
    once: Option<&RunOptions>,
) -> Result<Rc<AppRuns>, Failure> {
    let stop = Stop::of(closing(session.clone()))?;
    let printing = Arc::new(Printing::start(output.clone()));
    let runs = AppRuns {
        session,
        output,
        printing,
        stop,
        is_among,
        has_errors: once.is_some(),
        reads_input: once.is_some_and(|run| run.stdin),
        arguments: once.map_or_else(Vec::new, |run| run.arguments.clone()),
    };
    let runs = Rc::new(runs);
    let watched = runs.clone();
    // An app whose reader went away ends quietly.
    tokio::task::spawn_local(async move {
        watched.printing.gone().await;
        watched.stop.now();
        tokio::time::sleep(GRACE).await;
        watched.session.board.close().await;
    });
    Ok(runs)
}

/// Closes the board, and waits until what was printed is written. Gives the exit code.
async fn end(runs: &AppRuns, codes: Vec<u8>) -> u8 {
    runs.session.board.close().await;
    runs.printing.finish().await;
    runs.output.exit_code(codes.into_iter().next().unwrap_or(0))
}

struct Printer {
    output: Arc<Output>,
    recoveries: RefCell<Recoveries>,
    care: Rc<Care>,
}

impl Listener for Printer {
    fn attempt(&self, device: &str, attempt: Attempt<'_, Sensor>) {
        self.care.attempt(device, &attempt);
        self.recoveries.borrow_mut().attempt(device, &attempt);
        match attempt {
            Attempt::Reading { sensor, values } => print_reading(&self.output, sensor, values),
            Attempt::Failure { failure, retry_ms } => self.output.failure(&failure, device, Some(retry_ms)),
        }
    }

    fn given_up(&self, device: &str, failure: &Failure) {
        self.care.given_up(device, failure);
        self.output.failure(failure, device, None);
    }

    fn is_gone(&self) -> bool {
        self.output.is_gone()
    }
}

/// Prints one reading of each sensor. The exit code is that of the first that failed.
async fn read_once(session: Rc<Session>, sensors: Vec<String>, output: Arc<Output>) -> u8 {
    let mut reading = JoinSet::new();
    for device in sensors {
        let (session, output) = (session.clone(), output.clone());
        reading.spawn_local(async move {
            let read = async {
                let mut sensor = session.board.sensor(&device).await?;
                let values = sensor.read().await;
                if let Ok(values) = &values {
                    print_reading(&output, &sensor, values);
                }
                // What fails now has been read all the same.
                let _ = sensor.close().await;
                values.map(drop).map_err(|error| Failure::Board(error.into()))
            };
            read.await.inspect_err(|failure: &Failure| output.error(failure, json!({ "device": device }))).err()
        });
    }
    let mut code = 0;
    while let Some(ended) = reading.join_next().await {
        if let (Ok(Some(failure)), 0) = (ended, code) {
            code = failure.exit_code();
        }
    }
    session.board.close().await;
    output.exit_code(code)
}
