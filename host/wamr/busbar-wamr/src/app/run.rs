//! A run of an app, from its instantiation to its end.

use super::app_functions;
use super::context::AppState;
use crate::abi::Value;
use crate::component::{ComponentInstance, Linked};
use crate::components::{FlattenedFile, unlinked};
use crate::engine::Limits;
use crate::instance::{Drivers, Ending};
use crate::interfaces::ResourceTable;
use crate::trap::Trap;
use busbar_core::app::{
    AppUsb, DeviceQuotas, DrivenDevices, DrivenUsb, Ended, FolderQuota, GrantedFolder, OpenDeviceBuses, RunOptions,
    RunStreams, SeenUsb,
};
use busbar_core::board::{AppEntry, Board, FolderGrant};
use busbar_core::clock::Clock;
use busbar_core::error::HostError;
use busbar_core::failure::{AppError, AppFailure};
use busbar_core::folder::Folder;
use busbar_core::guest_end::{memory_needed, start_failure};
use busbar_core::link::link_app;
use busbar_core::trace::Trace;
use std::sync::Arc;
use std::thread;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// The native stack of an app's thread, in bytes: the guest's own stack is WAMR's.
const THREAD_STACK: usize = 512 << 10;

/// Opens the folder of an app's entry.
pub type OpenFolder = dyn Fn(&FolderGrant) -> Result<Folder, HostError> + Send + Sync;

/// What a board gives a run of an app.
pub struct AppSurroundings {
    pub clock: Clock,
    pub trace: Trace,
    pub drivers: Arc<Drivers>,
    pub quotas: DeviceQuotas,
    pub usb: DrivenUsb,
    pub open_buses: Arc<OpenDeviceBuses>,
    pub open_folder: Box<OpenFolder>,
}

/// An app of the board whose imports were checked; it can be run any number of times.
pub struct App {
    name: Arc<str>,
    entry: Arc<AppEntry>,
    label: String,
    linked: Arc<Linked<AppState>>,
    /// The name of the exported wasi:cli/run, as the component spells it.
    run: String,
    /// What its memory and tables begin with.
    needed_mib: u64,
    /// Of all runs together.
    folder_quota: Arc<FolderQuota>,
}

impl App {
    /// Checks the imports of a flattened app against its entry, and that it exports wasi:cli/run. Nothing of it runs.
    ///
    /// # Errors
    ///
    /// When it imports what is not granted or what this host does not have, and when it is no app.
    pub fn check(name: &str, entry: &AppEntry, board: &Board, file: FlattenedFile) -> Result<Self, HostError> {
        let FlattenedFile { label, flattened, code } = file;
        let link = link_app(name, entry, board, &label, &flattened.interface.names)?;
        let needed_mib = flattened.needed_mib();
        let linked = Linked::new(flattened, code, &app_functions());
        let linked = linked.map_err(|what| unlinked(name, &label, &what))?;
        Ok(Self {
            name: name.into(),
            entry: Arc::new(entry.clone()),
            label,
            linked: Arc::new(linked),
            run: link.run,
            needed_mib,
            folder_quota: Arc::new(FolderQuota::new(entry.folder.as_ref())),
        })
    }

    /// Runs the app in a new instance, to its end, or until `stop` settles: then it is ended in the middle of what it does,
    /// and the devices that it had open are closed.
    ///
    /// # Errors
    ///
    /// When it does not start, ends with an error, or traps.
    pub async fn run(
        &self,
        board: &AppSurroundings,
        options: RunOptions,
        stop: impl Future<Output = ()>,
    ) -> Result<Ended, AppFailure> {
        let quotas = &board.quotas;
        let usb =
            AppUsb::start(&self.entry, &board.drivers.board(), &board.usb, quotas, (board.clock, &board.trace)).await;
        let ended = self.run_with(board, options, usb.seen(), stop).await;
        usb.end().await;
        ended
    }

    async fn run_with(
        &self,
        board: &AppSurroundings,
        options: RunOptions,
        usb: Arc<SeenUsb>,
        stop: impl Future<Output = ()>,
    ) -> Result<Ended, AppFailure> {
        let ending = EndWithIt(Ending::new(Handle::current()));
        let state = self.state(board, options, usb, &ending.0)?;
        let devices = state.devices.clone();
        let mut running = self.start(state, &ending.0)?;
        let ended = tokio::select! {
            biased;
            () = stop => None,
            outcome = &mut running => Some(outcome),
        };
        let ended = match ended {
            Some(outcome) => self.ended(outcome.unwrap_or(Outcome::Ran(Err(Trap::Ended)))),
            None => {
                ending.0.end();
                // What it says now, nobody wants to know; its memory goes before others are waited for.
                let _ = running.await;
                Ok(Ended::Stopped)
            }
        };
        devices.close_all().await;
        ended
    }

    /// Starts its thread, which says how it went.
    fn start(&self, state: AppState, ending: &Ending) -> Result<oneshot::Receiver<Outcome>, HostError> {
        let (done, running) = oneshot::channel();
        let (linked, ending, run) = (self.linked.clone(), ending.clone(), self.run.clone());
        let work = move || {
            // What the host does for it may start something that goes on.
            let _entered = ending.pace.runtime().enter();
            let outcome = run_in(&linked, state, &ending, &run);
            // Who runs it may have given up.
            let _ = done.send(outcome);
        };
        let named = thread::Builder::new().name(format!("app {}", self.name));
        let thread = named.stack_size(THREAD_STACK).spawn(work);
        thread.map_err(|cause| start_failure(&self.name, &self.label, &format!("it gets no thread ({cause})")))?;
        Ok(running)
    }

    fn state(
        &self,
        board: &AppSurroundings,
        options: RunOptions,
        usb: Arc<SeenUsb>,
        ending: &Ending,
    ) -> Result<AppState, HostError> {
        let RunOptions { output, errors, input, arguments } = options;
        if self.needed_mib > self.entry.memory_mib.into() {
            let needed = usize::try_from(self.needed_mib).unwrap_or(usize::MAX);
            return Err(memory_needed(&self.name, &self.label, needed));
        }
        let folder = self.entry.folder.as_ref().map(|grant| {
            let folder = (board.open_folder)(grant)?;
            let quota = self.folder_quota.clone();
            let trace = board.trace.clone();
            Ok(Arc::new(GrantedFolder::new(self.name.clone(), folder, grant.clone(), quota, trace)))
        });
        let RunStreams { stdin, stdout, stderr } = RunStreams::new(output, errors, input);
        Ok(AppState {
            app: self.name.clone(),
            entry: self.entry.clone(),
            drivers: board.drivers.clone(),
            devices: Arc::default(),
            usb,
            driven: DrivenDevices::new(&self.entry, &board.drivers.board(), &board.quotas, board.open_buses.clone()),
            clock: board.clock,
            trace: board.trace.clone(),
            arguments: self.entry.arguments.iter().cloned().chain(arguments).collect(),
            stdin,
            stdout,
            stderr,
            folder: folder.transpose()?,
            table: ResourceTable::default(),
            pace: ending.pace.clone(),
        })
    }

    fn ended(&self, outcome: Outcome) -> Result<Ended, AppFailure> {
        let (name, label) = (&self.name, &self.label);
        let failed = |why: String| Err(AppFailure::App(AppError { message: format!("{name}: {why}.") }));
        match outcome {
            Outcome::Ran(Ok(true)) | Outcome::NotStarted(Trap::Exited(0)) | Outcome::Ran(Err(Trap::Exited(0))) => {
                Ok(Ended::Well)
            }
            Outcome::Ran(Ok(false)) => failed("it ended with an error".to_owned()),
            Outcome::NotStarted(Trap::Ended) | Outcome::Ran(Err(Trap::Ended)) => Ok(Ended::Stopped),
            Outcome::NotStarted(exit @ Trap::Exited(_)) | Outcome::Ran(Err(exit @ Trap::Exited(_))) => {
                failed(exit.to_string())
            }
            Outcome::NotStarted(Trap::Failed(reason)) => Err(start_failure(name, label, &reason).into()),
            Outcome::Ran(Err(Trap::Failed(reason))) => failed(format!("it failed: {reason}")),
        }
    }
}

/// What came of a run.
enum Outcome {
    NotStarted(Trap),
    /// Whether it ended well.
    Ran(Result<bool, Trap>),
}

fn run_in(linked: &Arc<Linked<AppState>>, state: AppState, ending: &Ending, run: &str) -> Outcome {
    let limits = Limits::of_entry(state.entry.memory_mib);
    let not_started = |reason| Outcome::NotStarted(Trap::Failed(reason));
    let mut component = match ComponentInstance::new(linked, limits, state) {
        Ok(component) => component,
        Err(reason) => return not_started(reason),
    };
    let export = match component.export(run, "run") {
        Ok(export) => export,
        Err(what) => return not_started(format!("it {what}")),
    };
    if let Err(trap) = ending.may_begin(component.ender()).and_then(|()| component.initialize()) {
        return Outcome::NotStarted(trap);
    }
    Outcome::Ran(component.call(&export, &[]).map(|given| given == Some(Value::ok(None))))
}

/// An app lives no longer than who runs it wants it.
struct EndWithIt(Ending);

impl Drop for EndWithIt {
    fn drop(&mut self) {
        self.0.end();
    }
}
