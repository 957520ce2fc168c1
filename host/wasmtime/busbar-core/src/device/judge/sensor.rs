use super::READ;
use crate::device::{Channel, DeviceError, Quantity, Told, checked_channels, checked_reading};

/// What it measures.
pub const CHANNELS: &str = "[method]device.channels";

pub fn channels<'a>(device: &str, told: impl Told<'a>) -> Result<Option<Vec<Channel>>, DeviceError> {
    told.all(channel).map(|channels| checked_channels(device, channels)).transpose()
}

pub fn require<'a>(
    device: &str,
    method: &str,
    channels: &[Channel],
    answer: impl Told<'a>,
) -> Result<Option<()>, DeviceError> {
    if method != READ {
        return Ok(Some(()));
    }
    let values = answer.given().and_then(|values| values.all(Told::double));
    values.map(|values| checked_reading(device, channels, values).map(drop)).transpose()
}

fn channel<'a>(channel: impl Told<'a>) -> Option<Channel> {
    Some(Channel {
        quantity: Quantity::named(channel.field("quantity")?.case()?)?,
        label: channel.field("label")?.text()?.to_owned(),
        minimum: channel.field("minimum")?.double()?,
        maximum: channel.field("maximum")?.double()?,
        resolution: channel.field("resolution")?.double()?,
    })
}
