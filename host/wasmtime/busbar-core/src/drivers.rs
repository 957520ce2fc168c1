//! The drivers of a board, whichever engine they run in.

use crate::app::DeviceQuotas;
use crate::board::{Board, DeviceEntry};
use crate::bridge::depth_of;
use crate::device::LastReadings;
use crate::error::HostError;
use crate::grants::{DeviceUse, noted_use};
use crate::link::DeviceKind;
use crate::locked::locked;
use crate::supervisor::{StartsLives, Supervisor};
use std::cmp::Reverse;
use std::sync::{Arc, Mutex};

/// What keeps the driver of a device running, or why it has none.
pub type DriverOrRefusal<D> = Result<Arc<Supervisor<D>>, HostError>;

/// The drivers of a board, for its programs and its apps; those of its bridges, too. An edit of the board changes them.
pub struct Drivers<D: StartsLives> {
    /// How its sensors do.
    pub readings: Arc<LastReadings>,
    state: Mutex<State<D>>,
}

struct State<D: StartsLives> {
    board: Arc<Board>,
    /// Of each bridge, and of each device with a driver, in the order of the file.
    devices: Vec<(String, DriverOrRefusal<D>)>,
}

impl<D: StartsLives> Drivers<D> {
    /// Those of a checked board file: of each bridge, then of each device with a driver, in the order of the file.
    pub fn new(board: Board, devices: Vec<(String, DriverOrRefusal<D>)>, readings: LastReadings) -> Self {
        let state = Mutex::new(State { board: Arc::new(board), devices });
        Self { readings: Arc::new(readings), state }
    }

    /// The checked board file, as it is now.
    pub fn board(&self) -> Arc<Board> {
        locked(&self.state).board.clone()
    }

    /// Of each bridge and of each device with a driver, in the order of the file, as they are now.
    pub fn all(&self) -> Vec<(String, DriverOrRefusal<D>)> {
        locked(&self.state).devices.clone()
    }

    /// Of one device or bridge; none where it has no driver.
    pub fn get(&self, name: &str) -> Option<DriverOrRefusal<D>> {
        locked(&self.state).devices.iter().find(|(each, _)| each == name).map(|(_, device)| device.clone())
    }

    /// What the driver of each device drives, or why it cannot, in the order of the file.
    pub fn kinds(&self) -> Vec<(String, Result<DeviceKind, HostError>)> {
        self.kinds_in(|board| &board.devices)
    }

    /// The bridges, and why one cannot be used, in the order of the file.
    pub fn bridges(&self) -> Vec<(String, Result<DeviceKind, HostError>)> {
        self.kinds_in(|board| &board.bridges)
    }

    fn kinds_in(
        &self,
        list: impl Fn(&Board) -> &Vec<(String, DeviceEntry)>,
    ) -> Vec<(String, Result<DeviceKind, HostError>)> {
        let State { board, devices } = &*locked(&self.state);
        let is_in = |name: &str| list(board).iter().any(|(each, _)| each == name);
        let kind_of = |device: &DriverOrRefusal<D>| {
            device.as_ref().map(|supervisor| supervisor.driver().kind()).map_err(HostError::clone)
        };
        devices.iter().filter(|(name, _)| is_in(name)).map(|(name, device)| (name.clone(), kind_of(device))).collect()
    }

    /// What the bridges and devices of the board whose entries are not enforced have needed so far, by their names, in the order of the file.
    /// `quotas` are those of the devices without a driver.
    pub fn uses(&self, quotas: &DeviceQuotas) -> Vec<(String, DeviceUse)> {
        let noted = |name: &str| match self.get(name) {
            Some(driver) => driver.ok()?.noted_use(),
            None => noted_use(quotas.get(name)?),
        };
        let board = self.board();
        board.entries().filter_map(|placed| Some((placed.name.to_owned(), noted(placed.name)?))).collect()
    }

    /// Stops all of them, as the board is closed: what is behind bridges before these, so that each can still leave its part as it should.
    pub async fn stop(&self) {
        let board = self.board();
        let mut running: Vec<_> = self.all().into_iter().filter_map(|(_, device)| device.ok()).collect();
        running.sort_by_key(|supervisor| Reverse(depth_of(supervisor.entry(), &board)));
        for supervisor in running {
            supervisor.stop("the board was closed").await;
        }
    }

    /// Puts a board and its drivers in the place of those before, which it gives back.
    pub fn replace(
        &self,
        board: Arc<Board>,
        devices: Vec<(String, DriverOrRefusal<D>)>,
    ) -> (Arc<Board>, Vec<(String, DriverOrRefusal<D>)>) {
        let State { board, devices } = std::mem::replace(&mut *locked(&self.state), State { board, devices });
        (board, devices)
    }

    /// What keeps the driver of a device running.
    ///
    /// # Errors
    ///
    /// When the board has no device of this name, or it is of another kind, and when its driver was refused.
    pub fn find(&self, name: &str, kind: DeviceKind) -> DriverOrRefusal<D> {
        let supervisor = self.get(name).ok_or_else(|| self.unknown(name))??;
        let driver = supervisor.driver();
        if driver.kind() == kind {
            return Ok(supervisor);
        }
        let what = match driver.kind() {
            DeviceKind::Bridge => "exports buses; use a device that is wired to one of them".to_owned(),
            DeviceKind::Component => "exports no device interface; call its functions with board.component".to_owned(),
            other => format!("drives a {}", other.name()),
        };
        Err(HostError::board(format!("\"{name}\" is no {}: {} {what}.", kind.name(), driver.label())))
    }

    fn unknown(&self, name: &str) -> HostError {
        let State { board, devices } = &*locked(&self.state);
        if board.device(name).is_some() {
            return HostError::board(format!(
                "\"{name}\" has no driver, so only an app that brings its own can use it; add \"driver\" to \"devices.{name}\"."
            ));
        }
        let is_device = |each: &&String| board.device(each).is_some();
        let names = devices.iter().map(|(each, _)| each).filter(is_device);
        let names = names.map(|each| format!("\"{each}\"")).collect::<Vec<_>>().join(", ");
        let names = if names.is_empty() { "none" } else { &names };
        HostError::board(format!("the board has no device \"{name}\"; it has {names}."))
    }
}
