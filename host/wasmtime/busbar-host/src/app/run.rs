//! A run of an app, from its instantiation to its end.

use super::context::AppState;
use super::linker::link_imports;
use super::wasi::cli::AppExit;
use crate::board::{AppEntry, Board, FolderGrant};
use crate::clock::Clock;
use crate::components::{LoadedComponent, limited_store};
use crate::engine::Machine;
use crate::error::HostError;
use crate::folder::Folder;
use crate::instance::{Drivers, MemoryLimit, trap_reason};
use crate::link::{driven_devices, link_app};
use crate::trace::Trace;
use busbar_core::app::{
    AppUsb, DeviceQuotas, DrivenDevices, DrivenUsb, Ended, FolderQuota, GrantedFolder, OpenDeviceBuses, RunOptions,
    RunStreams, SeenUsb,
};
use busbar_core::bridge::bridges_of;
use busbar_core::failure::{AppError, AppFailure};
use busbar_core::guest_end::{memory_needed, start_failure};
use std::sync::Arc;
use wasmtime::Store;
use wasmtime::component::{InstancePre, ResourceTable, TypedFunc};

/// Opens the folder of an app's entry.
pub type OpenFolder = dyn Fn(&FolderGrant) -> Result<Folder, HostError> + Send + Sync;

/// What a board gives a run of an app.
pub struct AppSurroundings {
    pub machine: Machine,
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
    key: String,
    ready: InstancePre<AppState>,
    /// The name of the exported wasi:cli/run, as the component spells it.
    run: String,
    /// Of all runs together.
    folder_quota: Arc<FolderQuota>,
}

impl App {
    /// Checks the imports of an app against its entry, and that it exports wasi:cli/run. Nothing of it runs.
    ///
    /// # Errors
    ///
    /// When it imports what is not granted, and when it is no app.
    pub fn check(
        machine: &Machine,
        name: &str,
        entry: &AppEntry,
        board: &Board,
        loaded: &LoadedComponent,
    ) -> Result<Self, HostError> {
        let link = link_app(name, entry, board, &loaded.label, &loaded.interface(machine))?;
        let is_bridged = driven_devices(entry, board).any(|(_, device)| !bridges_of(device, board).is_empty());
        let ready = link_imports(machine, name, &link, loaded, is_bridged)?;
        Ok(Self {
            name: name.into(),
            entry: Arc::new(entry.clone()),
            label: loaded.label.clone(),
            key: loaded.key.clone(),
            ready,
            run: link.run,
            folder_quota: Arc::new(FolderQuota::new(entry.folder.as_ref())),
        })
    }

    /// The entry of the board.
    pub fn entry(&self) -> &AppEntry {
        &self.entry
    }

    /// The component itself.
    pub fn loaded(&self) -> LoadedComponent {
        LoadedComponent { label: self.label.clone(), key: self.key.clone(), component: self.ready.component().clone() }
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
        let state = self.state(board, options, usb)?;
        let devices = state.devices.clone();
        let mut store = limited_store(&board.machine.engine, state, self.entry.memory_mib, |state| &mut state.memory);
        // An app goes on for years, so that only its computing counts as such.
        let outcome = tokio::select! {
            biased;
            () = stop => None,
            outcome = board.machine.running_while_polled(self.run_in(&mut store)) => Some(outcome),
        };
        let outcome = outcome.map(|outcome| outcome.map_err(|cause| self.failure(cause, &store)));
        let ports = store.data().driven.opened_uarts();
        // Its own memory goes before others are waited for.
        drop(store);
        for port in ports {
            port.end().await;
        }
        devices.close_all().await;
        match outcome {
            None => Ok(Ended::Stopped),
            Some(Ok(())) => Ok(Ended::Well),
            Some(Err(None)) => Ok(Ended::Well),
            Some(Err(Some(failure))) => Err(failure),
        }
    }

    fn state(&self, board: &AppSurroundings, options: RunOptions, usb: Arc<SeenUsb>) -> Result<AppState, HostError> {
        let RunOptions { output, errors, input, arguments } = options;
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
            table: ResourceTable::new(),
            memory: MemoryLimit::new(self.entry.memory_mib),
        })
    }

    async fn run_in(&self, store: &mut Store<AppState>) -> Result<(), Outcome> {
        let instance = self.ready.instantiate_async(&mut *store).await.map_err(Outcome::NotStarted)?;
        let run = instance
            .get_export_index(&mut *store, None, &self.run)
            .and_then(|exported| instance.get_export_index(&mut *store, Some(&exported), "run"))
            .ok_or_else(|| wasmtime::Error::msg("it exports no function run"))
            .and_then(|run| instance.get_typed_func::<(), (Result<(), ()>,)>(&mut *store, &run));
        let run: TypedFunc<(), (Result<(), ()>,)> = run.map_err(Outcome::NotStarted)?;
        let (ended,) = run.call_async(store, ()).await.map_err(Outcome::Trapped)?;
        ended.map_err(|()| Outcome::Failed)
    }

    /// None where it ended well after all.
    fn failure(&self, outcome: Outcome, store: &Store<AppState>) -> Option<AppFailure> {
        let (name, label) = (&self.name, &self.label);
        let memory = &store.data().memory;
        let failed = |why: String| Some(AppFailure::App(AppError { message: format!("{name}: {why}.") }));
        match outcome {
            Outcome::Failed => failed("it ended with an error".to_owned()),
            Outcome::NotStarted(cause) | Outcome::Trapped(cause) if cause.is::<AppExit>() => {
                match cause.downcast_ref::<AppExit>() {
                    Some(exit) if exit.code != 0 => failed(exit.to_string()),
                    _ => None,
                }
            }
            Outcome::NotStarted(cause) => Some(AppFailure::Host(match memory.needed_mib() {
                Some(needed) => memory_needed(name, label, needed),
                None => start_failure(name, label, &trap_reason(&cause, memory)),
            })),
            Outcome::Trapped(cause) => failed(format!("it failed: {}", trap_reason(&cause, memory))),
        }
    }
}

/// What came of a run that did not end well.
enum Outcome {
    NotStarted(wasmtime::Error),
    Failed,
    Trapped(wasmtime::Error),
}
