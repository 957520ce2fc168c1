//! component:usb for an app that drives devices itself: those that it uses and that have no driver, as they come and go.

use super::driven::DeviceQuotas;
use crate::board::{AppEntry, Board};
use crate::bus::usb::guest::UsbChange;
use crate::bus::usb::{Hurry, UsbContext, UsbDevice, UsbFailure, UsbHub, UsbSession, UsbSlot, describe_usb_device};
use crate::clock::Clock;
use crate::link::driven_devices;
use crate::locked::locked;
use crate::trace::{Trace, Turn};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[cfg(test)]
mod tests;

/// The board's USB devices without a driver, by their names.
pub type DrivenUsb = HashMap<String, UsbSlot>;

/// Those of a board, whose USB devices come from `hub`.
pub fn usb_of_driven(board: &Board, hub: &Arc<UsbHub>) -> DrivenUsb {
    let driven = board.devices.iter().filter(|(_, entry)| entry.driver.is_none());
    let slots = driven.filter_map(|(name, entry)| Some((name.clone(), hub.add_slot(name, entry.usb.as_ref()?))));
    slots.collect()
}

/// The USB devices of one run of an app. What is unplugged is gone for it, and comes back as another device.
pub struct AppUsb {
    seen: Arc<SeenUsb>,
    /// Each looks after one device while the run goes on, and gives it back then.
    keepers: Vec<JoinHandle<()>>,
    running: watch::Sender<()>,
}

/// What the app sees of them.
#[derive(Default)]
pub struct SeenUsb(Mutex<State>);

#[derive(Default)]
struct State {
    /// In the order of the board file.
    sessions: Vec<Option<Arc<UsbSession>>>,
    /// Never more than a departure and an arrival of each device.
    changes: Vec<UsbChange>,
    is_enabled: bool,
}

impl AppUsb {
    /// Gets those that are plugged in ready. An app can go on without the others, which are listed when they arrive.
    pub async fn start(
        entry: &AppEntry,
        board: &Board,
        slots: &DrivenUsb,
        quotas: &DeviceQuotas,
        (clock, trace): (Clock, &Trace),
    ) -> Self {
        let hurry = Arc::<Hurry>::default();
        let seen = Arc::<SeenUsb>::default();
        let running = watch::Sender::new(());
        let mut keepers = Vec::new();
        for (name, entry) in driven_devices(entry, board) {
            let (Some(slot), Some(grant), Some(quota)) = (slots.get(name), &entry.usb, quotas.get(name)) else {
                continue;
            };
            let context = UsbContext {
                device: name.into(),
                entry: Arc::new(entry.clone()),
                grant: Arc::new(grant.clone()),
                clock,
                trace: trace.clone(),
                quota: quota.clone(),
                hurry: hurry.clone(),
            };
            let index = seen.add();
            let mut keeper = Keeper { index, slot: slot.clone(), context, seen: seen.clone(), changes: slot.changes() };
            keeper.look_first().await;
            keepers.push(tokio::spawn(keeper.keep(running.subscribe())));
        }
        Self { seen, keepers, running }
    }

    /// What the app sees.
    pub fn seen(&self) -> Arc<SeenUsb> {
        self.seen.clone()
    }

    /// Gives everything back that was opened; the next run can open it again.
    pub async fn end(self) {
        drop(self.running);
        for keeper in self.keepers {
            // What panicked in it has nothing left to give back.
            let _ = keeper.await;
        }
    }
}

impl SeenUsb {
    /// Those that are plugged in.
    pub fn sessions(&self) -> Vec<Arc<UsbSession>> {
        self.state().sessions.iter().flatten().cloned().collect()
    }

    /// From now on the app is told what comes and goes.
    pub fn enable_hotplug(&self) {
        self.state().is_enabled = true;
    }

    /// What came and went since this was asked last; nothing before it was enabled.
    pub fn take_changes(&self) -> Vec<UsbChange> {
        let mut state = self.state();
        if state.is_enabled { std::mem::take(&mut state.changes) } else { Vec::new() }
    }

    /// A device that is not there yet.
    fn add(&self) -> usize {
        let mut state = self.state();
        state.sessions.push(None);
        state.sessions.len() - 1
    }

    fn arrived(&self, index: usize, session: &Arc<UsbSession>) {
        let mut state = self.state();
        state.sessions[index] = Some(session.clone());
        state.changes.push(UsbChange::Arrived(session.clone()));
    }

    /// The session of a device that is gone.
    fn left(&self, index: usize) -> Option<Arc<UsbSession>> {
        let mut state = self.state();
        let session = state.sessions[index].take()?;
        let is_of_it = |change: &UsbChange| {
            let (UsbChange::Arrived(other) | UsbChange::Left(other)) = change;
            Arc::ptr_eq(other, &session)
        };
        let before = state.changes.len();
        state.changes.retain(|change| !is_of_it(change));
        // An app that has not heard of its arrival need not hear that it left.
        if state.changes.len() == before {
            state.changes.push(UsbChange::Left(session.clone()));
        }
        Some(session)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.0)
    }
}

/// Looks after one device.
struct Keeper {
    index: usize,
    slot: UsbSlot,
    context: UsbContext,
    seen: Arc<SeenUsb>,
    changes: watch::Receiver<Option<Arc<dyn UsbDevice>>>,
}

impl Keeper {
    async fn look_first(&mut self) {
        let problem = self.slot.present().err();
        // What changes after this is seen by `keep`.
        let device = self.changes.borrow_and_update().clone();
        match (device, problem) {
            (Some(device), _) => self.arrived(device).await,
            (None, Some(problem)) => self.missing(&problem.message),
            (None, None) => self.missing(&self.slot.absence()),
        }
    }

    /// Until the run is over.
    async fn keep(mut self, mut running: watch::Receiver<()>) {
        loop {
            tokio::select! {
                biased;
                _ = running.changed() => break,
                changed = self.changes.changed() => if changed.is_err() { break },
            }
            let device = self.changes.borrow_and_update().clone();
            self.left().await;
            if let Some(device) = device {
                self.arrived(device).await;
            }
        }
        self.left().await;
    }

    async fn arrived(&self, device: Arc<dyn UsbDevice>) {
        let is_still_there = || self.slot.device().is_some_and(|now| Arc::ptr_eq(&now, &device));
        match UsbSession::start(self.context.clone(), device.clone()).await {
            Ok(session) if is_still_there() => self.seen.arrived(self.index, &Arc::new(session)),
            // Gone again meanwhile.
            Ok(session) => session.end().await,
            Err(failure) => {
                let message = match failure {
                    UsbFailure::Usb(error) => error.message,
                    UsbFailure::Host(error) => error.message,
                };
                let described = describe_usb_device(&*device);
                self.missing(&format!("the USB device {described} cannot be used: {message}"));
            }
        }
    }

    async fn left(&self) {
        if let Some(session) = self.seen.left(self.index) {
            session.end().await;
        }
    }

    fn missing(&self, reason: &str) {
        self.context.trace.turned(&self.context.device, Turn::Waiting, Some(reason));
    }
}
