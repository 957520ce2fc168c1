use super::{OpenedUart, UartGrant, UartWiring};
use crate::error::HostError;
use std::sync::Arc;

/// The serial port of one life of a driver, or of one run of an app, which is opened when it is asked for.
pub struct UartLine {
    /// None where a driver is only tried.
    wiring: Option<UartWiring>,
    opened: Option<Arc<OpenedUart>>,
}

impl UartLine {
    /// Of a port that is not opened yet.
    pub fn new(wiring: UartWiring) -> Self {
        Self { wiring: Some(wiring), opened: None }
    }

    /// What a driver has that is only tried with new settings.
    pub(crate) fn trial(grant: &UartGrant) -> Self {
        Self { wiring: None, opened: Some(Arc::new(OpenedUart::trial(grant))) }
    }

    /// Of a port that was opened before.
    pub fn of(wiring: UartWiring, opened: Arc<OpenedUart>) -> Self {
        Self { wiring: Some(wiring), opened: Some(opened) }
    }

    /// The port, as far as it was opened.
    pub fn opened(&self) -> Option<&Arc<OpenedUart>> {
        self.opened.as_ref()
    }

    /// The port, opened anew where it was unplugged.
    ///
    /// # Errors
    ///
    /// Where it is not there, or cannot be used; another call tries again.
    pub async fn open(&mut self) -> Result<Arc<OpenedUart>, HostError> {
        if let Some(before) = &self.opened {
            if before.lost().is_none() {
                return Ok(before.clone());
            }
            before.end().await;
            self.opened = None;
        }
        let Some(wiring) = &self.wiring else { return Err(HostError::backend("this is a trial without a port")) };
        let opened = wiring.open_now()?.ok_or_else(|| wiring.missing())?;
        Ok(self.opened.insert(opened).clone())
    }

    /// Gives the port back when what was written has left.
    pub async fn end(&self) {
        if let Some(opened) = &self.opened {
            opened.end().await;
        }
    }
}
