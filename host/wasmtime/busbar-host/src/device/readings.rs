use super::DeviceError;
use super::sensor_answer::{Channel, checked_reading};
use crate::bindings::busbar::device::errors;
use crate::instance::{DriverInstance, Guest};
use crate::streams::{Outcome, Pump};
use std::sync::Arc;
use std::time::Duration;
use wasmtime::component::{FutureReader, StreamReader};
use wasmtime::{AsContextMut, Result as Fallible};

/// The readings that a sensor sends by itself, taken one by one. The driver measures when a reading is due and the one
/// before was taken; it runs only while somebody waits for it here or in another call. Dropping them ends them: the driver
/// learns that when it runs next.
pub struct Readings {
    name: String,
    instance: Arc<DriverInstance>,
    channels: Arc<[Channel]>,
    /// None once they have ended.
    stream: Option<Stream>,
    /// How long the driver may take for one: until it is due, and then as long as for any call.
    limit: Duration,
}

struct Stream {
    pump: Pump<Vec<f64>>,
    outcome: Outcome<Result<(), errors::Error>>,
}

/// What the driver sent.
enum Sent {
    /// Nothing yet, and another call waits.
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
        // The outcome last: the guest drops what it is told nobody reads.
        let pump = Pump::new(readings, &mut store)?;
        let outcome = Outcome::new(outcome, store)?;
        let limit = instance.call_limit() + Duration::from_millis(every_ms.into());
        Ok(Self { name, instance, channels, stream: Some(Stream { pump, outcome }), limit })
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
        let Some(stream) = &mut self.stream else { return Ok(None) };
        let sent = loop {
            match stream.next(&self.instance, self.limit).await {
                Ok(Sent::Nothing) => {}
                sent => break sent,
            }
        };
        let reading = match sent {
            Ok(Sent::Reading(reading)) => checked_reading(&self.name, &self.channels, reading).map(Some),
            Ok(Sent::Nothing | Sent::End(Some(Ok(())))) => Ok(None),
            Ok(Sent::End(Some(Err(error)))) => Err(DeviceError::answered(&self.name, error)),
            Ok(Sent::End(None)) => Err(DeviceError::protocol(
                &self.name,
                "the driver ends its readings without saying why; its author has to mend that",
            )),
            Err(error) => Err(error),
        };
        if !matches!(reading, Ok(Some(_))) {
            self.stream = None;
        }
        reading
    }
}

impl Stream {
    async fn next(&mut self, instance: &DriverInstance, limit: Duration) -> Result<Sent, DeviceError> {
        let Self { pump, outcome } = self;
        let wait = async |guest: &mut Guest| {
            let hurry = guest.store.data().hurry.clone();
            let sent = guest.store.run_concurrent(async |_| {
                tokio::select! {
                    biased;
                    sent = next_of(pump, outcome) => sent,
                    () = hurry.hurried() => Sent::Nothing,
                }
            });
            sent.await.map(Ok)
        };
        instance.wait(limit, wait).await
    }
}

async fn next_of(pump: &Pump<Vec<f64>>, outcome: &mut Outcome<Result<(), errors::Error>>) -> Sent {
    match pump.next().await {
        Some(reading) => Sent::Reading(reading),
        None => Sent::End(outcome.value().await),
    }
}
