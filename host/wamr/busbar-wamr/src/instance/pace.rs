use crate::trap::Trap;
use busbar_core::locked::locked;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// Lets a guest wait in its own thread, until it is told to end.
#[derive(Debug, Default)]
pub struct Pace {
    ended: Mutex<bool>,
    changed: Condvar,
}

impl Pace {
    /// Waits for at least so long.
    ///
    /// # Errors
    ///
    /// [`Trap::Ended`] as soon as it is told to end.
    pub fn sleep(&self, duration: Duration) -> Result<(), Trap> {
        let start = Instant::now();
        let mut ended = locked(&self.ended);
        while !*ended {
            let left = duration.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Ok(());
            }
            // Whoever panicked with it in hand left nothing half done.
            ended = self.changed.wait_timeout(ended, left).unwrap_or_else(std::sync::PoisonError::into_inner).0;
        }
        Err(Trap::Ended)
    }

    /// Ends the wait under way, and all that come.
    pub fn end(&self) {
        *locked(&self.ended) = true;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use crate::trap::Trap;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    #[test]
    fn nobody_waits_for_less_than_was_asked_for() {
        let (pace, start) = (Pace::default(), Instant::now());
        pace.sleep(Duration::from_millis(3)).expect("nobody ends it");
        assert!(start.elapsed() >= Duration::from_millis(3));
    }

    #[test]
    fn a_wait_without_end_ends_when_it_is_told_to() {
        let pace = Arc::new(Pace::default());
        let ending = pace.clone();
        let thread = std::thread::spawn(move || pace.sleep(Duration::MAX));
        ending.end();
        assert_eq!(thread.join().expect("it does not panic"), Err(Trap::Ended));
    }
}
