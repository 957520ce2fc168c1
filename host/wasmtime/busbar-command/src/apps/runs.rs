use super::printer::{AppErrorPrinter, AppPrinter};
use super::printing::Printing;
use super::program_input::ProgramInput;
use crate::exit::Failure;
use crate::output::Output;
use crate::stop::{GRACE, Stop};
use busbar_core::app::{Ended, RunOptions, RunsApps, TakeInput, TakeOutput};
use busbar_core::failure::AppFailure;
use serde_json::json;
use std::rc::Rc;
use std::sync::Arc;

/// What all runs of a board's apps have in common.
pub struct AppRuns<Board> {
    pub board: Rc<Board>,
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

/// How each app is run once, and to its end.
#[derive(Debug, Clone, Default)]
pub struct Once {
    /// Whether the board's one app may read this command's standard input.
    pub stdin: bool,
    /// Of the board's one app, after those of the board file.
    pub arguments: Vec<String>,
}

impl<Board: RunsApps + 'static> AppRuns<Board> {
    /// Of the apps of a board, of which more than one print if `is_among`. `once` where each app runs to its end.
    ///
    /// # Errors
    ///
    /// When signals cannot be listened for.
    pub fn start(
        board: Rc<Board>,
        output: Arc<Output>,
        is_among: bool,
        once: Option<&Once>,
    ) -> Result<Rc<Self>, Failure> {
        let closed = board.clone();
        let stop = Stop::of(async move { closed.close().await })?;
        let printing = Arc::new(Printing::start(output.clone()));
        let runs = Rc::new(Self {
            board,
            output,
            printing,
            stop,
            is_among,
            has_errors: once.is_some(),
            reads_input: once.is_some_and(|once| once.stdin),
            arguments: once.map_or_else(Vec::new, |once| once.arguments.clone()),
        });
        let watched = runs.clone();
        // An app whose reader went away ends quietly.
        tokio::task::spawn_local(async move {
            watched.printing.gone().await;
            watched.stop.now();
            tokio::time::sleep(GRACE).await;
            watched.board.close().await;
        });
        Ok(runs)
    }

    /// Runs an app to its end, or to that of the command.
    ///
    /// # Errors
    ///
    /// When it does not end well.
    pub async fn run(&self, app: &str) -> Result<Ended, AppFailure> {
        let printed = Arc::new(AppPrinter::new(app, self.is_among, self.output.clone(), self.printing.clone()));
        let errors = self.has_errors.then(|| Arc::new(AppErrorPrinter::new(app, self.output.clone())));
        let options = RunOptions {
            output: printed.clone(),
            errors: errors.clone().map(|errors| errors as Arc<dyn TakeOutput>),
            input: self.reads_input.then(|| Box::new(ProgramInput::default()) as Box<dyn TakeInput>),
            arguments: self.arguments.clone(),
        };
        let ended = self.board.run(app, options, self.stop.stopped()).await;
        printed.end();
        if let Some(errors) = errors {
            errors.end();
        }
        ended
    }

    /// Closes the board, and waits until what was printed is written. Gives the exit code, which is the first of those.
    pub async fn end(&self, codes: impl IntoIterator<Item = u8>) -> u8 {
        self.board.close().await;
        self.printing.finish().await;
        self.output.exit_code(codes.into_iter().next().unwrap_or(0))
    }
}

/// Runs apps side by side, each once and to its end. The exit code is that of the first that did not end well.
///
/// # Errors
///
/// When signals cannot be listened for.
pub async fn run_apps_once<Board: RunsApps + 'static>(
    board: Rc<Board>,
    apps: &[String],
    output: Arc<Output>,
    once: &Once,
) -> Result<u8, Failure> {
    let runs = AppRuns::start(board, output.clone(), apps.len() > 1, Some(once))?;
    let mut running = tokio::task::JoinSet::new();
    for app in apps.iter().cloned() {
        let runs = runs.clone();
        running.spawn_local(async move { runs.run(&app).await.err().map(|failure| (app, Failure::from(failure))) });
    }
    let mut codes = Vec::new();
    while let Some(ended) = running.join_next().await {
        let Some((app, failure)) = ended.ok().flatten() else { continue };
        let more = if runs.is_among { json!({ "app": app }) } else { json!({}) };
        output.error(&failure, more);
        codes.push(failure.exit_code());
    }
    Ok(runs.end(codes).await)
}
