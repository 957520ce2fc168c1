use super::BoardOptions;
use crate::apps::{AppRuns, run_once};
use crate::exit::Failure;
use crate::keep_all::{Listener, keep_reading_all};
use crate::keep_apps::keep_apps;
use crate::kept_sensor::Attempt;
use crate::output::{Output, Printing};
use crate::readings::print_reading;
use crate::recovery::Recoveries;
use crate::session::Session;
use crate::stop::{GRACE, Stop};
use serde_json::json;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use tokio::task::JoinSet;

/// What `run` has beside what all commands have.
#[derive(Debug, Clone)]
pub struct RunOptions {
    pub every_ms: f64,
    pub once: bool,
    pub stdin: bool,
    /// Of the board's one app, after those of the board file.
    pub arguments: Vec<String>,
}

/// `busbar run`: runs the apps of a board; on one without apps it keeps all sensors open and prints one line a reading.
pub async fn run(options: &BoardOptions, run: &RunOptions) -> Result<u8, Failure> {
    let output = Arc::new(Output::new(options.output));
    let session = Rc::new(Session::start(options, &output)?);
    if run.stdin || !run.arguments.is_empty() {
        let why = if run.stdin { "--stdin is" } else { "arguments after -- are" };
        let app = session.one_app(why)?;
        return run_apps_once(session, &[app], output, run).await;
    }
    let apps: Vec<String> = session.board.board().apps.iter().map(|(app, _)| app.clone()).collect();
    match (run.once, apps.is_empty()) {
        (true, false) => run_apps_once(session, &apps, output, run).await,
        (false, false) => run_apps(session, &apps, output).await,
        (true, true) => {
            let sensors = session.choose_sensors(&[])?;
            Ok(read_once(session, sensors, output).await)
        }
        (false, true) => {
            let sensors = session.choose_sensors(&[])?;
            let recoveries = RefCell::new(Recoveries::new(output.clone()));
            let printer = Rc::new(Printer { output: output.clone(), recoveries });
            let failures = keep_reading_all(session, &sensors, run.every_ms, None, printer).await?;
            Ok(output.exit_code(failures.first().map_or(0, Failure::exit_code)))
        }
    }
}

/// Runs apps until all have ended well, or a signal ends them.
async fn run_apps(session: Rc<Session>, apps: &[String], output: Arc<Output>) -> Result<u8, Failure> {
    let refused = session.refused_devices();
    // An app that opens one of them is told.
    for (device, failure) in &refused {
        output.device_error(failure, device);
    }
    let runs = runs_of(session, output, apps.len() > 1, None)?;
    let failed = keep_apps(runs.clone(), apps).await;
    let failed = failed.into_iter().chain(refused.into_iter().map(|(_, failure)| failure));
    let codes = failed.map(|failure| failure.exit_code());
    Ok(end(&runs, codes.collect()).await)
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
    let stop = Stop::of(session.clone())?;
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
}

impl Listener for Printer {
    fn attempt(&self, device: &str, attempt: Attempt<'_>) {
        self.recoveries.borrow_mut().attempt(device, &attempt);
        match attempt {
            Attempt::Reading { sensor, values } => print_reading(&self.output, sensor, values),
            Attempt::Failure { failure, retry_ms } => self.output.failure(&failure, device, Some(retry_ms)),
        }
    }

    fn given_up(&self, device: &str, failure: &Failure) {
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
