use crate::output::{AppErrorPrinter, AppPrinter, Output, Printing};
use crate::program_input::ProgramInput;
use crate::session::Session;
use busbar_command::stop::Stop;
use busbar_host::app::{AppFailure, Ended, RunOptions, TakeInput, TakeOutput};
use std::rc::Rc;
use std::sync::Arc;

/// What all runs of a board's apps have in common.
pub struct AppRuns {
    pub session: Rc<Session>,
    pub output: Arc<Output>,
    pub printing: Arc<Printing>,
    pub stop: Stop,
    /// Whether more than one app prints.
    pub is_among: bool,
    /// Whether what they say on stderr goes there; otherwise it goes where all else goes that they print.
    pub has_errors: bool,
    /// Whether the app may read this command's standard input.
    pub reads_input: bool,
    /// Arguments after those of the board file.
    pub arguments: Vec<String>,
}

/// Runs an app to its end, or to that of the command.
///
/// # Errors
///
/// When it does not end well.
pub async fn run_app(runs: &AppRuns, app: &str) -> Result<Ended, AppFailure> {
    let printed = Arc::new(AppPrinter::new(app, runs.is_among, runs.output.clone(), runs.printing.clone()));
    let errors = runs.has_errors.then(|| Arc::new(AppErrorPrinter::new(app, runs.output.clone())));
    let options = RunOptions {
        output: printed.clone(),
        errors: errors.clone().map(|errors| errors as Arc<dyn TakeOutput>),
        input: runs.reads_input.then(|| Box::new(ProgramInput::default()) as Box<dyn TakeInput>),
        arguments: runs.arguments.clone(),
    };
    let ended = runs.session.board.run(app, options, runs.stop.stopped()).await;
    printed.end();
    if let Some(errors) = errors {
        errors.end();
    }
    ended
}

/// Runs apps side by side, each once and to its end. Gives the failures of those that did not end well, in the order in which
/// they ended.
pub async fn run_once(runs: Rc<AppRuns>, apps: &[String]) -> Vec<(String, AppFailure)> {
    let mut running = tokio::task::JoinSet::new();
    for app in apps.iter().cloned() {
        let runs = runs.clone();
        running.spawn_local(async move { run_app(&runs, &app).await.err().map(|failure| (app, failure)) });
    }
    let mut failures = Vec::new();
    while let Some(ended) = running.join_next().await {
        failures.extend(ended.ok().flatten());
    }
    failures
}
