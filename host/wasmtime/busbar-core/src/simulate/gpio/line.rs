use super::chip::SimulatedGpioChip;
use crate::bus::gpio::{EdgeListener, GpioError, GpioLevel, GpioLine, GpioLineUse};
use crate::locked::locked;
use crate::wait::sleep;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// A line that a controller has, until it gives it back.
pub(in crate::simulate) struct SimulatedGpioLine {
    chip: Arc<Mutex<SimulatedGpioChip>>,
    offset: u16,
    /// Follows the line, for as long as somebody listens.
    task: Option<AbortHandle>,
}

impl SimulatedGpioLine {
    /// `None` where somebody else has it.
    pub(in crate::simulate) fn open(
        chip: &Arc<Mutex<SimulatedGpioChip>>,
        offset: u16,
        usage: &GpioLineUse<'_>,
    ) -> Option<Self> {
        let is_opened = locked(chip).open(offset, usage);
        is_opened.then(|| Self { chip: chip.clone(), offset, task: None })
    }
}

impl GpioLine for SimulatedGpioLine {
    fn read(&mut self) -> Result<GpioLevel, GpioError> {
        locked(&self.chip).read(self.offset)
    }

    fn write(&mut self, level: GpioLevel) -> Result<(), GpioError> {
        locked(&self.chip).write(self.offset, level)
    }

    fn watch(&mut self, listener: EdgeListener) -> Result<(), GpioError> {
        self.unwatch();
        let changed = locked(&self.chip).watch(self.offset, listener);
        let task = tokio::spawn(follow(self.chip.clone(), self.offset, changed));
        self.task = Some(task.abort_handle());
        Ok(())
    }

    fn unwatch(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            locked(&self.chip).unwatch(self.offset);
        }
    }
}

impl Drop for SimulatedGpioLine {
    fn drop(&mut self) {
        self.unwatch();
        locked(&self.chip).close(self.offset);
    }
}

/// Lets a line go through what happens, when it does.
async fn follow(chip: Arc<Mutex<SimulatedGpioChip>>, offset: u16, changed: Arc<Notify>) {
    loop {
        let left = locked(&chip).follow_until_next(offset);
        match left {
            None => changed.notified().await,
            Some(left) => tokio::select! {
                () = changed.notified() => {}
                () = sleep(left) => {}
            },
        }
    }
}
