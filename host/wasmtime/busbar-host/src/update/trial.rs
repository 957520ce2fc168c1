//! Finding out whether an entry of an edited board would work, before or after it takes its place.

use super::UpdateFailure;
use crate::bus::Backends;
use crate::device::{DeviceErrorCode, open_once};
use crate::error::HostError;
use crate::instance::{BoardFailure, OpenBuses, StartsLives, Supervised, Supervisor, at_once};
use crate::trace::Trace;
use busbar_core::bridge::Supplies;
use std::sync::Arc;

/// Starts a driver with a new entry but without its device, and lets it open: drivers look at their settings before they
/// touch the bus, so that a wrong one is found while the driver before still runs.
///
/// # Errors
///
/// Where a setting is refused, and where it does not start with these limits.
pub(crate) async fn try_settings(supervised: &Supervised) -> Result<(), UpdateFailure> {
    let entry = supervised.entry.clone();
    let open_buses: OpenBuses = Arc::new(move || {
        let trial = Backends::trial(&entry);
        Box::pin(async move { Ok(trial) })
    });
    let trial = Supervised { open_buses, usb: None, uart: None, supplies: Supplies::default(), ..supervised.clone() };
    match try_once(trial).await {
        // Without its device it cannot get further.
        Err(UpdateFailure::Tried(error)) if error.code != DeviceErrorCode::InvalidArgument => Ok(()),
        tried => tried,
    }
}

/// Opens and closes the device of an entry that is to take the place of one that worked, when that has ended.
///
/// # Errors
///
/// Why it does not work.
pub(crate) async fn try_device(supervised: &Supervised) -> Result<(), UpdateFailure> {
    if let Some(slot) = &supervised.usb
        && slot.present()?.is_none()
    {
        return Err(HostError::board(format!("{}: {}.", supervised.device, slot.absence())).into());
    }
    if let Some(uart) = &supervised.uart
        && !uart.is_there()
    {
        return Err(HostError::board(format!("{}: {}.", supervised.device, uart.absence())).into());
    }
    if let Some(missing) = supervised.supplies.missing().map_err(failure)? {
        return Err(HostError::board(format!("{}: {missing}.", supervised.device)).into());
    }
    try_once(supervised.clone()).await
}

/// In a life of its own, of which nobody is told.
async fn try_once(supervised: Supervised) -> Result<(), UpdateFailure> {
    let (device, driver) = (supervised.device.clone(), supervised.driver.clone());
    let trace = Trace::new(supervised.clock, Arc::new(|_| {}));
    let supervisor = Supervisor::new(Supervised { trace, after: at_once(), ..supervised });
    let tried = match supervisor.instance().await {
        Ok(instance) => {
            open_once(driver.kind(), driver.controllers(), &device, instance).await.map_err(UpdateFailure::Tried)
        }
        Err(error) => Err(failure(error)),
    };
    supervisor.stop("it was a trial").await;
    tried
}

fn failure(failure: BoardFailure) -> UpdateFailure {
    match failure {
        BoardFailure::Host(error) => error.into(),
        BoardFailure::Device(error) => UpdateFailure::Tried(error),
    }
}
