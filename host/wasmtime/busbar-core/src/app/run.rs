use super::input::TakeInput;
use super::output::TakeOutput;
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
