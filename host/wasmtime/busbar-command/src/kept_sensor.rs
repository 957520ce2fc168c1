use crate::exit::Failure;
use crate::stop::Stop;
use busbar_core::device::{OpenedSensor, OpensSensors};
use busbar_core::failure::BoardFailure;
use std::time::{Duration, Instant};

/// The first wait before a failed sensor is opened again; it doubles with each failure in a row.
const FIRST_BACK_OFF_MS: f64 = 1_000.0;
const LONGEST_BACK_OFF_MS: f64 = 60_000.0;

/// What came of one attempt to read.
pub enum Attempt<'a, S> {
    Reading { sensor: &'a S, values: &'a [f64] },
    Failure { failure: Failure, retry_ms: f64 },
}

/// What to read, and how long and how often.
pub struct Kept<'a, B> {
    pub board: &'a B,
    pub device: &'a str,
    /// Milliseconds from one reading to the next.
    pub every_ms: f64,
    /// How many attempts; without end where there is none.
    pub times: Option<u64>,
    pub stop: &'a Stop,
    /// Whether every error at the very first attempt can go away by itself.
    pub patient: bool,
}

/// Reads a sensor for years: at fixed times, and where that fails opens it again after a wait that grows from one second to
/// one minute. A sensor that failed is always opened anew: after a loss of power it has lost its settings, and only its
/// driver's `open` brings them back. The sensor is closed at the end.
///
/// # Errors
///
/// Of the first attempts those that cannot pass by themselves, unless it is patient: trying again would hide them.
pub async fn keep_reading<B: OpensSensors>(
    kept: &Kept<'_, B>,
    mut on_attempt: impl FnMut(Attempt<'_, B::Sensor>),
) -> Result<(), Failure> {
    let start = Instant::now();
    let mut sensor: Option<B::Sensor> = None;
    let mut back_off_ms = FIRST_BACK_OFF_MS;
    let mut worked = false;
    let mut attempts = 0;
    while !kept.stop.is_stopped() {
        let wait_ms = match read(kept, &mut sensor).await {
            Ok(values) => {
                worked = true;
                back_off_ms = FIRST_BACK_OFF_MS;
                if let Some(sensor) = &sensor {
                    on_attempt(Attempt::Reading { sensor, values: &values });
                }
                kept.every_ms - (start.elapsed().as_secs_f64() * 1e3) % kept.every_ms
            }
            Err(_) if kept.stop.is_stopped() => break,
            Err(failure) => {
                let failure = Failure::from(failure);
                // Once it was open, what fails is a matter of time.
                worked |= sensor.is_some();
                if !worked && !kept.patient && !failure.may_pass() {
                    return Err(failure);
                }
                let wait_ms = back_off_ms;
                back_off_ms = (back_off_ms * 2.0).min(LONGEST_BACK_OFF_MS);
                on_attempt(Attempt::Failure { failure, retry_ms: wait_ms });
                close(sensor.take()).await;
                wait_ms
            }
        };
        attempts += 1;
        if kept.times.is_some_and(|times| attempts >= times) {
            break;
        }
        kept.stop.sleep(Duration::from_secs_f64(wait_ms / 1e3)).await;
    }
    close(sensor).await;
    Ok(())
}

async fn read<B: OpensSensors>(kept: &Kept<'_, B>, sensor: &mut Option<B::Sensor>) -> Result<Vec<f64>, BoardFailure> {
    let opened = match sensor {
        Some(sensor) => sensor,
        None => sensor.insert(kept.board.sensor(kept.device).await?),
    };
    Ok(opened.read().await?)
}

/// A sensor that is gone, or whose driver failed, has been reported by its reading already.
async fn close(sensor: Option<impl OpenedSensor>) {
    if let Some(sensor) = sensor {
        let _ = sensor.close().await;
    }
}
