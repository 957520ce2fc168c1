use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};

/// A guest's work, which gives way after each slice: not only to what is ready to run, but to timers and descriptors too,
/// which a runtime looks at rarely while something is always ready.
pub async fn giving_way<T>(work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    let gate = Arc::new(Gate::default());
    let waker = Waker::from(gate.clone());
    poll_fn(|context| {
        gate.open(context.waker());
        let polled = work.as_mut().poll(&mut Context::from_waker(&waker));
        if gate.close() && polled.is_pending() {
            // Its first poll arranges for the next turn, after a look at timers and descriptors.
            let _ = pin!(tokio::task::yield_now()).as_mut().poll(context);
        }
        polled
    })
    .await
}

/// Holds back what the work wakes itself with.
#[derive(Default)]
struct Gate {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    outer: Option<Waker>,
    is_polled: bool,
    was_woken: bool,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, outer: &Waker) {
        let mut state = self.state();
        if !state.outer.as_ref().is_some_and(|known| known.will_wake(outer)) {
            state.outer = Some(outer.clone());
        }
        (state.is_polled, state.was_woken) = (true, false);
    }

    /// Whether it was woken meanwhile.
    fn close(&self) -> bool {
        let mut state = self.state();
        state.is_polled = false;
        state.was_woken
    }
}

impl Wake for Gate {
    fn wake(self: Arc<Self>) {
        let mut state = self.state();
        if state.is_polled {
            state.was_woken = true;
            return;
        }
        let outer = state.outer.clone();
        drop(state);
        if let Some(outer) = outer {
            outer.wake();
        }
    }
}
