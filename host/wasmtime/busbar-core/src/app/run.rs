use super::input::{EmptyInlet, Inlet, ProgramInlet, TakeInput};
use super::output::{Outlet, ProgramOutlet, TakeOutput};
use crate::error::HostError;
use crate::failure::AppFailure;
use crate::trace::Trace;
use std::sync::Arc;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By itself, and well.
    Well,
    /// Because it was told to.
    Stopped,
}

/// What a run of an app is given by whoever starts it.
pub struct RunOptions {
    /// Takes what the app prints.
    pub output: Arc<dyn TakeOutput>,
    /// Takes what it says about errors; `output` where it is left out.
    pub errors: Option<Arc<dyn TakeOutput>>,
    /// What the app may read; where it is left out, its input is at its end from the start.
    pub input: Option<Box<dyn TakeInput>>,
    /// Arguments after those of the board file.
    pub arguments: Vec<String>,
}

/// Where the streams of a run lead.
pub struct RunStreams {
    pub stdin: Arc<dyn Inlet>,
    pub stdout: Arc<dyn Outlet>,
    pub stderr: Arc<dyn Outlet>,
}

impl RunStreams {
    /// To what whoever starts it gives: `errors` goes where `output` does where it is left out, and without `input` there is
    /// nothing to read.
    pub fn new(
        output: Arc<dyn TakeOutput>,
        errors: Option<Arc<dyn TakeOutput>>,
        input: Option<Box<dyn TakeInput>>,
    ) -> Self {
        let errors = errors.unwrap_or_else(|| output.clone());
        let stdin: Arc<dyn Inlet> = match input {
            Some(input) => Arc::new(ProgramInlet::new(input)),
            None => Arc::new(EmptyInlet),
        };
        Self { stdin, stdout: Arc::new(ProgramOutlet(output)), stderr: Arc::new(ProgramOutlet(errors)) }
    }
}

/// An app of a board, of which each app is there or is refused.
///
/// # Errors
///
/// When the board has no app of this name, and why it was refused.
pub fn find_app<'a, A>(apps: &'a [(String, Result<A, HostError>)], name: &str) -> Result<&'a A, HostError> {
    match apps.iter().find(|(each, _)| each == name) {
        Some((_, app)) => app.as_ref().map_err(HostError::clone),
        None => {
            let names = apps.iter().map(|(each, _)| format!("\"{each}\"")).collect::<Vec<_>>().join(", ");
            let names = if names.is_empty() { "none" } else { &names };
            Err(HostError::board(format!("the board has no app \"{name}\"; it has {names}.")))
        }
    }
}

/// An open board, whichever engine its apps run in.
pub trait RunsApps {
    /// Runs an app to its end, or until `stop` settles. Each device that it opens is an instance of the driver that the board
    /// wires to the name.
    ///
    /// # Errors
    ///
    /// When the board has no such app, when it does not start, and when it ends with an error or traps.
    fn run(
        &self,
        name: &str,
        options: RunOptions,
        stop: impl Future<Output = ()>,
    ) -> impl Future<Output = Result<Ended, AppFailure>>;

    /// Stops all drivers.
    fn close(&self) -> impl Future<Output = ()>;

    /// Tells of what refusals and warnings were only counted in the second before.
    fn trace(&self) -> &Trace;
}
