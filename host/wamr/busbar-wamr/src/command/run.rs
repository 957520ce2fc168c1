use super::keep::{KeepOptions, Printing, keep_sensors};
use super::session::{BoardOptions, Session};
use busbar_command::apps::{AppRuns, Once, keep_apps, run_apps_once};
use busbar_command::exit::Failure;
use busbar_command::output::Output;
use busbar_command::read_once;
use busbar_core::app::RunsApps;
use std::rc::Rc;
use std::sync::Arc;

/// `busbar-wamr run`: runs the apps of a board; on one without apps it keeps all sensors open and prints one line a reading.
pub async fn run(options: &BoardOptions, keep: &KeepOptions, once: &Once) -> Result<u8, Failure> {
    let output = Arc::new(Output::new(options.output));
    let session = Rc::new(Session::open(options, &output)?);
    let apps = session.apps();
    match (options.output.goes_on, apps.is_empty()) {
        (true, true) => keep_sensors(session, output, &[], keep, Printing::Readings).await,
        (true, false) => run_apps(session, &apps, output).await,
        (false, _) => run_to_the_end(session, &apps, output, once).await,
    }
}

/// Runs each app once, or reads each sensor once.
async fn run_to_the_end(
    session: Rc<Session>,
    apps: &[String],
    output: Arc<Output>,
    once: &Once,
) -> Result<u8, Failure> {
    let Once { stdin, arguments } = once;
    if *stdin || !arguments.is_empty() {
        let why = if *stdin { "--stdin is" } else { "arguments after -- are" };
        let app = session.one_app(why)?;
        return run_apps_once(session, &[app], output, once).await;
    }
    if apps.is_empty() {
        let sensors = session.choose_sensors(&[])?;
        let code = read_once(&session, sensors, &output).await;
        session.close().await;
        return Ok(output.exit_code(code));
    }
    run_apps_once(session, apps, output, once).await
}

/// Runs apps until all have ended well, or a signal ends them.
async fn run_apps(session: Rc<Session>, apps: &[String], output: Arc<Output>) -> Result<u8, Failure> {
    // An app that opens one of them is told.
    let refused = session.refused_devices();
    for (device, failure) in &refused {
        output.device_error(failure, device);
    }
    let runs = AppRuns::start(session, output, apps.len() > 1, None)?;
    let failed = keep_apps(runs.clone(), apps, &Rc::new(())).await;
    let failed = failed.iter().chain(refused.iter().map(|(_, failure)| failure));
    let codes: Vec<u8> = failed.map(Failure::exit_code).collect();
    Ok(runs.end(codes).await)
}
