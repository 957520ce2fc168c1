use crate::bus::usb::Hurry;
use crate::locked::locked;
use std::sync::{Arc, Mutex, MutexGuard};

/// Whether a call is one that others need not wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// It does something.
    Plain,
    /// It only waits for what a device may send: when another call comes, the transfer that it waits for ends early, in
    /// `timeout`, so that it returns with nothing and can be made again. Calls of this kind do not hurry each other.
    Yields,
}

/// Who waits for a turn in a guest, and whether the one whose turn it is gives way.
pub struct Turns {
    hurry: Arc<Hurry>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current_yields: bool,
    plain_waiting: usize,
}

/// A call that waits for its turn, or gave up waiting.
pub struct Waiting<'a> {
    turns: &'a Turns,
    urgency: Urgency,
}

/// The turn of a call.
pub struct Turn<'a> {
    turns: &'a Turns,
}

impl Turns {
    pub fn new(hurry: Arc<Hurry>) -> Self {
        Self { hurry, state: Mutex::default() }
    }

    /// A call comes. The one before it ends early where it can.
    pub fn wait(&self, urgency: Urgency) -> Waiting<'_> {
        if urgency == Urgency::Plain {
            let mut state = self.state();
            state.plain_waiting += 1;
            if state.current_yields {
                self.hurry.hurry();
            }
        }
        Waiting { turns: self, urgency }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

impl<'a> Waiting<'a> {
    /// It has its turn.
    pub fn begin(self) -> Turn<'a> {
        let turns = self.turns;
        let yields = self.urgency == Urgency::Yields;
        // It waits no more.
        drop(self);
        let mut state = turns.state();
        state.current_yields = yields;
        turns.hurry.begin();
        if yields && state.plain_waiting > 0 {
            turns.hurry.hurry();
        }
        drop(state);
        Turn { turns }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.urgency == Urgency::Plain {
            self.turns.state().plain_waiting -= 1;
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.state().current_yields = false;
        self.turns.hurry.begin();
    }
}

#[cfg(test)]
mod tests {
    use super::{Turns, Urgency};
    use crate::bus::usb::Hurry;
    use std::sync::Arc;
    use std::time::Duration;

    /// Whether the call whose turn it is has been hurried.
    async fn is_hurried(hurry: &Hurry) -> bool {
        tokio::time::timeout(Duration::ZERO, hurry.hurried()).await.is_ok()
    }

    #[tokio::test]
    async fn a_call_that_yields_is_hurried_by_the_one_that_comes_and_only_while_it_runs() {
        let hurry = Arc::new(Hurry::default());
        let turns = Turns::new(hurry.clone());
        let reading = turns.wait(Urgency::Yields).begin();
        assert!(!is_hurried(&hurry).await);
        let another_reading = turns.wait(Urgency::Yields);
        assert!(!is_hurried(&hurry).await, "those that yield do not hurry each other");
        let writing = turns.wait(Urgency::Plain);
        assert!(is_hurried(&hurry).await);
        drop(reading);
        // The second reading comes before the write, for which it must not wait long.
        let reading = another_reading.begin();
        assert!(is_hurried(&hurry).await);
        drop(reading);
        let writing = writing.begin();
        let _after = turns.wait(Urgency::Plain);
        assert!(!is_hurried(&hurry).await, "what does something is not cut short");
        drop(writing);
    }

    #[tokio::test]
    async fn a_call_that_gave_up_waiting_hurries_nobody_later() {
        let hurry = Arc::new(Hurry::default());
        let turns = Turns::new(hurry.clone());
        drop(turns.wait(Urgency::Plain));
        let _reading = turns.wait(Urgency::Yields).begin();
        assert!(!is_hurried(&hurry).await);
    }
}
