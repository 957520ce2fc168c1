use crate::board::Board;
use crate::error::HostError;
use crate::instance::Supervisor;
use crate::link::DeviceKind;
use std::sync::Arc;

/// The drivers of a board, for its programs and its apps.
pub struct Drivers {
    /// The checked board file.
    pub board: Board,
    /// Of each device with a driver, in the order of the file: what keeps it running, or why it cannot.
    pub devices: Vec<(String, Result<Arc<Supervisor>, HostError>)>,
}

impl Drivers {
    /// What keeps the driver of a device running.
    ///
    /// # Errors
    ///
    /// When the board has no device of this name, or it is of another kind, and when its driver was refused.
    pub fn find(&self, name: &str, kind: DeviceKind) -> Result<&Supervisor, HostError> {
        let found = self.devices.iter().find(|(each, _)| each == name);
        let (_, device) = found.ok_or_else(|| self.unknown(name))?;
        let supervisor = device.as_ref().map_err(HostError::clone)?;
        let driver = supervisor.driver();
        if driver.kind() == kind {
            return Ok(supervisor);
        }
        let what = match driver.kind() {
            DeviceKind::Component => "exports no device interface; call its functions with board.component".to_owned(),
            other => format!("drives a {}", other.name()),
        };
        Err(HostError::board(format!("\"{name}\" is no {}: {} {what}.", kind.name(), driver.label())))
    }

    fn unknown(&self, name: &str) -> HostError {
        if self.board.device(name).is_some() {
            return HostError::board(format!(
                "\"{name}\" has no driver, so only an app that brings its own can use it; add \"driver\" to \"devices.{name}\"."
            ));
        }
        let names = self.devices.iter().map(|(each, _)| format!("\"{each}\"")).collect::<Vec<_>>().join(", ");
        let names = if names.is_empty() { "none" } else { &names };
        HostError::board(format!("the board has no device \"{name}\"; it has {names}."))
    }
}
