use super::fields::{Fields, double, given, list};
use crate::app::devices::shape::READ;
use crate::device::{Channel, DeviceError, Quantity, checked_channels, checked_reading};
use wasmtime::component::Val;

/// What it measures.
pub const CHANNELS: &str = "[method]device.channels";

pub fn channels(device: &str, told: &Val) -> Result<Option<Vec<Channel>>, DeviceError> {
    let channels: Option<Vec<_>> = list(told).and_then(|channels| channels.iter().map(channel).collect());
    channels.map(|channels| checked_channels(device, channels)).transpose()
}

pub fn require(device: &str, method: &str, channels: &[Channel], answer: &Val) -> Result<Option<()>, DeviceError> {
    if method != READ {
        return Ok(Some(()));
    }
    let values: Option<Vec<f64>> = given(answer).and_then(list).and_then(|values| values.iter().map(double).collect());
    values.map(|values| checked_reading(device, channels, values).map(drop)).transpose()
}

fn channel(value: &Val) -> Option<Channel> {
    let fields = Fields::of(value)?;
    Some(Channel {
        quantity: Quantity::named(fields.case("quantity")?)?,
        label: fields.text("label")?.to_owned(),
        minimum: fields.double("minimum")?,
        maximum: fields.double("maximum")?,
        resolution: fields.double("resolution")?,
    })
}
