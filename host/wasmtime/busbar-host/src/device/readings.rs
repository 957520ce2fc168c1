use super::{Channel, DeviceError, answered};
use crate::bindings::busbar::device::errors;
use crate::instance::{DriverInstance, Guest};
use crate::streams::{Outcome, Pump};
use busbar_core::device::checked_reading;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use wasmtime::component::{FutureReader, StreamReader};
use wasmtime::{AsContextMut, Result as Fallible};

/// The readings that a sensor sends by itself, taken one by one. The driver measures when a reading is due and somebody waits
/// for it; it runs only while somebody does, here or in another call. Dropping them ends them: the driver learns that when it
/// runs next.
pub struct Readings {
    name: String,
    channels: Arc<[Channel]>,
    next: Next,
    /// Nobody wants them any more.
    stop: Arc<Notify>,
}

/// Where the next reading is.
enum Next {
    /// Nobody has asked for it.
    Unasked(Stream),
    /// On its way, in a task of its own: who gives up waiting must not take the driver's store away in the middle of something.
    Coming(JoinHandle<(Stream, Result<Sent, DeviceError>)>),
    /// There is none any more.
    Ended,
}

struct Stream {
    pump: Pump<Vec<f64>>,
    outcome: Outcome<Result<(), errors::Error>>,
    instance: Arc<DriverInstance>,
    /// From one to the next.
    every: Duration,
    /// When the next is due.
    due: Instant,
    stop: Arc<Notify>,
}

/// What the driver sent.
enum Sent {
    /// Nobody wants it any more.
    Nothing,
    Reading(Vec<f64>),
    /// It sends no more, and says why; nothing where it does not say.
    End(Option<Result<(), errors::Error>>),
}

impl Readings {
    pub(super) fn new(
        name: String,
        instance: Arc<DriverInstance>,
        channels: Arc<[Channel]>,
        every_ms: u32,
        readings: StreamReader<Vec<f64>>,
        outcome: FutureReader<Result<(), errors::Error>>,
        mut store: impl AsContextMut,
    ) -> Fallible<Self> {
        let pump = Pump::new(readings, &mut store)?;
        let outcome = Outcome::new(outcome, store)?;
        let every = Duration::from_millis(every_ms.into());
        let stop = Arc::<Notify>::default();
        let stream = Stream { pump, outcome, instance, every, due: Instant::now(), stop: stop.clone() };
        Ok(Self { name, channels, next: Next::Unasked(stream), stop })
    }

    /// The next reading, when it is due: one value a channel. None once the driver has ended them well, and after an error.
    ///
    /// Other calls of the sensor are answered meanwhile. Who gives it up, and asks again, misses none.
    ///
    /// # Errors
    ///
    /// Why the driver ended them: what it answers, `disconnected` when it trapped or has ended, `timeout` when a reading took
    /// longer than the limit of a call, which ends the driver too; `protocol` for a reading that makes no sense, which ends
    /// the readings.
    pub async fn next(&mut self) -> Result<Option<Vec<f64>>, DeviceError> {
        let (stream, sent) = match self.asked() {
            None => return Ok(None),
            // It neither panics nor is it ended by anybody, but with the runtime.
            Some(coming) => coming.await.map_err(|_| DeviceError::disconnected(&self.name, "the program ends"))?,
        };
        self.next = Next::Ended;
        match sent? {
            Sent::Reading(reading) => {
                let reading = checked_reading(&self.name, &self.channels, reading)?;
                self.next = Next::Unasked(stream);
                Ok(Some(reading))
            }
            Sent::Nothing | Sent::End(Some(Ok(()))) => Ok(None),
            Sent::End(Some(Err(error))) => Err(answered(&self.name, error)),
            Sent::End(None) => Err(DeviceError::protocol(
                &self.name,
                "the driver ends its readings without saying why; its author has to mend that",
            )),
        }
    }

    /// What brings the next reading; none where there are none any more.
    fn asked(&mut self) -> Option<&mut JoinHandle<(Stream, Result<Sent, DeviceError>)>> {
        self.next = match std::mem::replace(&mut self.next, Next::Ended) {
            Next::Unasked(stream) => Next::Coming(tokio::spawn(stream.next())),
            next => next,
        };
        match &mut self.next {
            Next::Coming(coming) => Some(coming),
            _ => None,
        }
    }
}

impl Drop for Readings {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}

impl Stream {
    async fn next(mut self) -> (Self, Result<Sent, DeviceError>) {
        let sent = self.sent().await;
        (self, sent)
    }

    async fn sent(&mut self) -> Result<Sent, DeviceError> {
        let Self { pump, outcome, instance, every, due, stop } = self;
        // Not asked before, the driver does not wait for the time either: that nobody reads any more is what it sees at once.
        tokio::select! {
            biased;
            () = stop.notified() => return Ok(Sent::Nothing),
            error = instance.end_of_life() => return Err(error),
            () = tokio::time::sleep_until(*due) => {}
        }
        *due = Instant::now() + *every;
        let wait = async |guest: &mut Guest| {
            let sent = guest.store.run_concurrent(async |_| {
                tokio::select! {
                    biased;
                    sent = next_of(pump, outcome) => sent,
                    () = stop.notified() => Sent::Nothing,
                }
            });
            sent.await.map(Ok)
        };
        instance.call(wait).await
    }
}

async fn next_of(pump: &Pump<Vec<f64>>, outcome: &mut Outcome<Result<(), errors::Error>>) -> Sent {
    match pump.next().await {
        Some(reading) => Sent::Reading(reading),
        None => Sent::End(outcome.value().await),
    }
}
