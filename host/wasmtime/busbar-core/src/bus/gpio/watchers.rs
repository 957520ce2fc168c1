use super::GpioState;
use crate::locked::locked;
use std::sync::{Arc, Mutex};

/// A change of a line, as drivers see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StateEdge {
    pub state: GpioState,
    /// In milliseconds of the board's clock.
    pub time_ms: f64,
}

/// Who listens to a line. It calls nothing of the line.
pub(super) trait SeesEdges: Send + Sync {
    fn edge(&self, edge: StateEdge);
}

/// Those who listen to one line.
#[derive(Default)]
pub(super) struct Watchers(Mutex<Listed>);

#[derive(Default)]
struct Listed {
    next: u64,
    all: Vec<(u64, Arc<dyn SeesEdges>)>,
}

impl Watchers {
    /// Gives the number by which the listener is removed.
    pub(super) fn add(&self, watcher: Arc<dyn SeesEdges>) -> u64 {
        let mut listed = locked(&self.0);
        let number = listed.next;
        listed.next += 1;
        listed.all.push((number, watcher));
        number
    }

    pub(super) fn remove(&self, number: u64) {
        locked(&self.0).all.retain(|(each, _)| *each != number);
    }

    pub(super) fn clear(&self) {
        locked(&self.0).all.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        locked(&self.0).all.is_empty()
    }

    pub(super) fn tell(&self, edge: StateEdge) {
        locked(&self.0).all.iter().for_each(|(_, watcher)| watcher.edge(edge));
    }
}
