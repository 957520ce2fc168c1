use super::BoardOptions;
use crate::confine::Sockets;
use crate::health::HealthPlace;
use crate::keep_all::{KeepOptions, KeptSensors, Listener};
use crate::output::Output;
use crate::outside::{Outside, OutsideOptions};
use crate::reload::{Followed, ReloadListener};
use crate::service::{Care, CareOptions};
use crate::session::{Session, closing};
use busbar_command::Attempt;
use busbar_command::Recoveries;
use busbar_command::apps::{AppRuns, Once, keep_apps, run_apps_once};
use busbar_command::exit::Failure;
use busbar_command::read_once;
use busbar_command::readings::print_reading;
use busbar_command::stop::Stop;
use busbar_host::device::Sensor;
use busbar_host::error::HostError;
use busbar_host::system_error::error_name;
use busbar_host::update::BoardChange;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// What `run` has beside what all commands have.
#[derive(Debug, Clone)]
pub struct RunOptions {
    pub every_ms: f64,
    /// Where to tell how each device is.
    pub health: Option<HealthPlace>,
    /// The file in which to keep what devices needed.
    pub record: Option<String>,
    /// Where each app runs once, and to its end.
    pub once: Once,
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
    let Once { stdin, arguments } = &run.once;
    if *stdin || !arguments.is_empty() {
        let why = if *stdin { "--stdin is" } else { "arguments after -- are" };
        let app = session.one_app(why)?;
        return run_apps_once(session, &[app], output, &run.once).await;
    }
    let apps = app_names(&session);
    if apps.is_empty() {
        let sensors = session.choose_sensors(&[])?;
        let code = read_once(&session, sensors, &output).await;
        session.board.close().await;
        return Ok(output.exit_code(code));
    }
    run_apps_once(session, &apps, output, &run.once).await
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
    let runs = AppRuns::start(session.clone(), output.clone(), apps.len() > 1, None)?;
    let followers = Followers { care: care.clone(), kept: None };
    let reload = followed.start(session.clone(), output, Rc::new(followers));
    // Not before it can be told to stop.
    care.ready(&runs.stop);
    let failed = keep_apps(runs.clone(), apps, care).await;
    drop(reload);
    let failed = failed.into_iter().chain(session.refused_devices().into_iter().map(|(_, failure)| failure));
    let codes = failed.map(|failure| failure.exit_code());
    Ok(runs.end(codes).await)
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
