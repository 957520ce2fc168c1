//! What a sensor says of its channels, and what it measured, so far as that makes sense.

use super::DeviceError;
use super::answer::{require_answer, short_name};
use crate::text::{number, quoted};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The most channels of a sensor: a thermal camera of 32 x 32.
const MOST_CHANNELS: usize = 1024;
/// In UTF-16 code units.
const LONGEST_LABEL: usize = 200;

/// What a channel measures: busbar:device/sensor `quantity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    Temperature,
    Pressure,
    RelativeHumidity,
    Acceleration,
    AngularVelocity,
    MagneticFluxDensity,
    Illuminance,
    Distance,
    Voltage,
    Current,
    Power,
    GasConcentration,
    Angle,
    Latitude,
    Longitude,
    Speed,
    MassConcentration,
    NumberConcentration,
}

impl Quantity {
    /// In the order of wit/.
    pub const ALL: [Self; 18] = [
        Self::Temperature,
        Self::Pressure,
        Self::RelativeHumidity,
        Self::Acceleration,
        Self::AngularVelocity,
        Self::MagneticFluxDensity,
        Self::Illuminance,
        Self::Distance,
        Self::Voltage,
        Self::Current,
        Self::Power,
        Self::GasConcentration,
        Self::Angle,
        Self::Latitude,
        Self::Longitude,
        Self::Speed,
        Self::MassConcentration,
        Self::NumberConcentration,
    ];

    /// That of a name in WIT.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }

    /// The name in WIT.
    pub fn name(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::Pressure => "pressure",
            Self::RelativeHumidity => "relative-humidity",
            Self::Acceleration => "acceleration",
            Self::AngularVelocity => "angular-velocity",
            Self::MagneticFluxDensity => "magnetic-flux-density",
            Self::Illuminance => "illuminance",
            Self::Distance => "distance",
            Self::Voltage => "voltage",
            Self::Current => "current",
            Self::Power => "power",
            Self::GasConcentration => "gas-concentration",
            Self::Angle => "angle",
            Self::Latitude => "latitude",
            Self::Longitude => "longitude",
            Self::Speed => "speed",
            Self::MassConcentration => "mass-concentration",
            Self::NumberConcentration => "number-concentration",
        }
    }

    /// The unit, as people write it.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Temperature => "°C",
            Self::Pressure => "Pa",
            Self::RelativeHumidity => "%RH",
            Self::Acceleration => "m/s²",
            Self::AngularVelocity => "rad/s",
            Self::MagneticFluxDensity => "T",
            Self::Illuminance => "lx",
            Self::Distance => "m",
            Self::Voltage => "V",
            Self::Current => "A",
            Self::Power => "W",
            Self::GasConcentration => "ppm",
            Self::Angle => "°",
            Self::Latitude => "°",
            Self::Longitude => "°",
            Self::Speed => "m/s",
            Self::MassConcentration => "µg/m³",
            Self::NumberConcentration => "1/m³",
        }
    }
}

/// Which part a sensor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SensorInfo {
    pub vendor: String,
    pub model: String,
}

/// busbar:device/sensor `channel`; the numbers are in the quantity's unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    pub quantity: Quantity,
    /// Unique in a sensor, 1 to 200 characters.
    pub label: String,
    pub minimum: f64,
    pub maximum: f64,
    pub resolution: f64,
}

impl SensorInfo {
    /// What a driver says; names are cut where they are longer than any is.
    pub fn answered(vendor: &str, model: &str) -> Self {
        Self { vendor: short_name(vendor), model: short_name(model) }
    }
}

/// The channels that a driver lists.
///
/// # Errors
///
/// `protocol` where they make no sense.
pub fn checked_channels(name: &str, channels: Vec<Channel>) -> Result<Vec<Channel>, DeviceError> {
    require_channels(name, &channels)?;
    Ok(channels)
}

/// The values of a reading, one a channel.
///
/// # Errors
///
/// `protocol` where there are more or fewer, and where one lies outside of what its channel can measure.
pub fn checked_reading(name: &str, channels: &[Channel], values: Vec<f64>) -> Result<Vec<f64>, DeviceError> {
    let length = channels.len();
    require_answer(name, values.len() == length, || {
        let noun = if values.len() == 1 { "value" } else { "values" };
        format!("gives {} {noun} for {length} channels", values.len())
    })?;
    for (value, channel) in values.iter().zip(channels) {
        let Channel { label, minimum, maximum, .. } = channel;
        require_answer(name, value >= minimum && value <= maximum, || {
            let (label, value) = (quoted(label), number(*value));
            let (minimum, maximum) = (number(*minimum), number(*maximum));
            format!("gives {value} for the channel {label}, which reaches from {minimum} to {maximum}")
        })?;
    }
    Ok(values)
}

fn require_channels(name: &str, channels: &[Channel]) -> Result<(), DeviceError> {
    require_answer(name, channels.len() <= MOST_CHANNELS, || {
        format!("lists {} channels, and a sensor has {MOST_CHANNELS} at most", channels.len())
    })?;
    let mut labels = BTreeSet::new();
    for Channel { label, minimum, maximum, resolution, .. } in channels {
        let length = label.encode_utf16().count();
        require_answer(name, (1..=LONGEST_LABEL).contains(&length), || {
            format!("lists a channel with a label of {length} characters, and one has 1 to {LONGEST_LABEL}")
        })?;
        require_answer(name, labels.insert(label), || format!("lists the channel {} twice", quoted(label)))?;
        let is_range = minimum.is_finite() && maximum.is_finite() && minimum <= maximum;
        require_answer(name, is_range, || {
            let (minimum, maximum) = (number(*minimum), number(*maximum));
            format!("says that the channel {} reaches from {minimum} to {maximum}", quoted(label))
        })?;
        require_answer(name, resolution.is_finite() && *resolution >= 0.0, || {
            format!("says that the channel {} has a resolution of {}", quoted(label), number(*resolution))
        })?;
    }
    Ok(())
}
