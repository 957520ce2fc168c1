use busbar_core::trace::Trace;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often is told what refusals and warnings were only counted.
const EVERY: Duration = Duration::from_secs(1);

/// Tells, as long as it lives, what refusals and warnings were only counted.
pub struct CatchUp {
    task: JoinHandle<()>,
}

impl CatchUp {
    /// Of a board, by what it tells.
    pub fn of(trace: Trace) -> Self {
        let task = tokio::task::spawn_local(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                trace.catch_up();
            }
        });
        Self { task }
    }
}

impl Drop for CatchUp {
    fn drop(&mut self) {
        self.task.abort();
    }
}
