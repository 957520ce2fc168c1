use super::line::Watch;
use super::watchers::{SeesEdges, StateEdge};
use super::{GpioError, OpenedLine};
use crate::locked::locked;
use crate::wait::sleep;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// The most edges that are kept for a driver that does not take them, as the WIT says.
const MOST_KEPT: usize = 1024;

/// busbar:board/gpio `edges`: those of one input, in their order, from its making on.
pub struct Edges {
    kept: Arc<Kept>,
    _watch: Watch,
}

#[derive(Default)]
struct Kept {
    state: Mutex<State>,
    came: Notify,
}

#[derive(Default)]
struct State {
    edges: VecDeque<StateEdge>,
    lost: u32,
}

impl Edges {
    pub(super) fn of(line: &Arc<OpenedLine>) -> Result<Self, GpioError> {
        let kept = Arc::<Kept>::default();
        let watch = line.watch(kept.clone())?;
        Ok(Self { kept, _watch: watch })
    }

    /// Waits for the next edge, at most so long, and no longer than until `hurried` settles, because another call waits for its turn;
    /// then takes all that there are.
    pub async fn wait(&self, timeout: Duration, hurried: impl Future<Output = ()>) -> Vec<StateEdge> {
        let came = self.kept.came.notified();
        tokio::pin!(came);
        // From here on it misses none.
        came.as_mut().enable();
        if !timeout.is_zero() && locked(&self.kept.state).edges.is_empty() {
            tokio::select! {
                () = came => {}
                () = sleep(timeout) => {}
                () = hurried => {}
            }
        }
        locked(&self.kept.state).edges.drain(..).collect()
    }

    /// How many were lost since this was asked last, because nobody took them in time.
    pub fn take_lost(&self) -> u32 {
        std::mem::take(&mut locked(&self.kept.state).lost)
    }
}

impl SeesEdges for Kept {
    fn edge(&self, edge: StateEdge) {
        let mut state = locked(&self.state);
        if state.edges.len() == MOST_KEPT {
            state.edges.pop_front();
            state.lost = state.lost.saturating_add(1);
        }
        state.edges.push_back(edge);
        drop(state);
        self.came.notify_waiters();
    }
}
