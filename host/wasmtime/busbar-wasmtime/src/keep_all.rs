use crate::catch_up::CatchUp;
use crate::exit::Failure;
use crate::kept_sensor::{Attempt, Kept, keep_reading};
use crate::session::Session;
use crate::stop::Stop;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use tokio::task::JoinSet;

/// Told of what comes of sensors that are kept.
pub trait Listener {
    /// Of every attempt, as they come.
    fn attempt(&self, device: &str, attempt: Attempt<'_>);
    /// Of a sensor that is given up, because trying again cannot help; the others are read on.
    fn given_up(&self, device: &str, failure: &Failure);
    /// Whether nobody reads any more what is told: a pipe that was closed, a terminal that is gone.
    fn is_gone(&self) -> bool;
}

/// Reads sensors side by side until each had its attempts, or a signal ends it: neither a slow sensor nor one that fails
/// holds up another.
///
/// Gives the failures of the sensors that were given up or never worked, in the order of the sensors.
///
/// # Errors
///
/// When signals cannot be listened for.
pub async fn keep_reading_all(
    session: Rc<Session>,
    sensors: &[String],
    every_ms: f64,
    times: Option<u64>,
    listener: Rc<dyn Listener>,
) -> Result<Vec<Failure>, Failure> {
    let stop = Stop::of(session.clone())?;
    let failed: Rc<RefCell<BTreeMap<usize, Failure>>> = Rc::default();
    let mut running = JoinSet::new();
    for (place, device) in sensors.iter().cloned().enumerate() {
        let (session, stop, listener, failed) = (session.clone(), stop.clone(), listener.clone(), failed.clone());
        running.spawn_local(async move {
            let kept = Kept { board: &session.board, device: &device, every_ms, times, stop: &stop };
            let mut worked = false;
            let ended = keep_reading(&kept, |attempt| {
                match &attempt {
                    Attempt::Reading { .. } => {
                        worked = true;
                        failed.borrow_mut().remove(&place);
                    }
                    Attempt::Failure { failure, .. } if !worked => {
                        failed.borrow_mut().insert(place, failure.clone());
                    }
                    Attempt::Failure { .. } => {}
                }
                listener.attempt(&device, attempt);
                if listener.is_gone() {
                    stop.now();
                }
            })
            .await;
            if let Err(failure) = ended {
                listener.given_up(&device, &failure);
                failed.borrow_mut().insert(place, failure);
            }
        });
    }
    let catch_up = CatchUp::of(session.clone());
    running.join_all().await;
    drop(catch_up);
    session.board.close().await;
    Ok(failed.take().into_values().collect())
}
