use super::OpenedLine;
use crate::bus::Later;
use crate::failure::BoardFailure;
use std::sync::Arc;

/// The lines of one life of a driver, or of one run of an app. Dropping it makes outputs inactive and gives the lines back.
pub struct OpenedGpio {
    /// In the order of the entry; none where a driver is only tried.
    lines: Vec<Arc<OpenedLine>>,
}

impl OpenedGpio {
    pub(super) fn new(lines: Vec<Arc<OpenedLine>>) -> Self {
        Self { lines }
    }

    /// What a driver has that is only tried with new settings.
    pub(crate) fn trial() -> Self {
        Self { lines: Vec::new() }
    }

    /// Waits until all of them can be used: those behind bridges, which run by then.
    pub fn ready(&self) -> Later<Result<(), BoardFailure>> {
        let lines = self.lines.clone();
        Box::pin(async move {
            for line in lines {
                line.ready().await?;
            }
            Ok(())
        })
    }

    /// The line that the entry has by this name.
    pub(super) fn line(&self, name: &str) -> Option<&Arc<OpenedLine>> {
        self.lines.iter().find(|line| line.name() == name)
    }
}

impl Drop for OpenedGpio {
    fn drop(&mut self) {
        self.lines.iter().for_each(|line| line.end());
    }
}
