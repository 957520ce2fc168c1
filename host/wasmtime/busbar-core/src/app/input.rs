//! Where an app's input streams read from.

use super::readiness::{Readiness, Waiting};
use crate::folder::FolderError;
use crate::locked::locked;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::Notify;

/// A source of bytes.
pub trait Inlet: Readiness {
    /// What there is now, up to so many bytes: no bytes where there is nothing yet, nothing at the end.
    ///
    /// # Errors
    ///
    /// Where it is a file: why it cannot be read.
    fn take(&self, maximum: usize) -> Result<Option<Vec<u8>>, FolderError>;
}

/// A source without anything in it.
pub struct EmptyInlet;

impl Readiness for EmptyInlet {
    fn is_ready(&self) -> bool {
        true
    }

    fn ready(&self) -> Waiting<'_> {
        Box::pin(std::future::ready(()))
    }
}

impl Inlet for EmptyInlet {
    fn take(&self, _maximum: usize) -> Result<Option<Vec<u8>>, FolderError> {
        Ok(None)
    }
}

/// Gives what an app reads.
pub trait TakeInput: Send {
    /// The next bytes; none at the end.
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send + '_>>;
}

/// What the program that runs the app lets it read: asked for only when the app reads.
pub struct ProgramInlet {
    shared: Arc<Shared>,
}

struct Shared {
    source: tokio::sync::Mutex<Box<dyn TakeInput>>,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    chunk: Vec<u8>,
    /// How much of the chunk is taken.
    taken: usize,
    is_asked: bool,
    has_ended: bool,
}

impl ProgramInlet {
    /// Of a source, which is asked in a task of its own.
    pub fn new(source: Box<dyn TakeInput>) -> Self {
        let shared =
            Shared { source: tokio::sync::Mutex::new(source), state: Mutex::default(), changed: Notify::new() };
        Self { shared: Arc::new(shared) }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    async fn ask(&self) {
        let chunk = self.source.lock().await.next().await;
        let mut state = self.state();
        state.is_asked = false;
        match chunk {
            Some(chunk) => (state.chunk, state.taken) = (chunk, 0),
            None => state.has_ended = true,
        }
        drop(state);
        self.changed.notify_waiters();
    }
}

impl Readiness for ProgramInlet {
    fn is_ready(&self) -> bool {
        let mut state = self.shared.state();
        if state.taken < state.chunk.len() || state.has_ended {
            return true;
        }
        if !state.is_asked {
            state.is_asked = true;
            let shared = self.shared.clone();
            tokio::spawn(async move { shared.ask().await });
        }
        false
    }

    fn ready(&self) -> Waiting<'_> {
        Box::pin(async {
            let changed = self.shared.changed.notified();
            tokio::pin!(changed);
            // Whoever looks first would not hear of what comes between the look and the wait.
            changed.as_mut().enable();
            if !self.is_ready() {
                changed.await;
            }
        })
    }
}

impl Inlet for ProgramInlet {
    fn take(&self, maximum: usize) -> Result<Option<Vec<u8>>, FolderError> {
        if !self.is_ready() {
            return Ok(Some(Vec::new()));
        }
        let mut state = self.shared.state();
        let left = state.chunk.len() - state.taken;
        if left == 0 {
            return Ok(None);
        }
        let start = state.taken;
        state.taken += left.min(maximum);
        Ok(Some(state.chunk[start..state.taken].to_vec()))
    }
}
