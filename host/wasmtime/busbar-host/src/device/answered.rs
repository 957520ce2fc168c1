//! What drivers answer, from the types that Wasmtime's macro makes to those that all hosts have.

use super::{BusFaultKind, Channel, DeviceError, DeviceErrorCode, Quantity};
use crate::bindings::busbar::device::errors;
use crate::bindings::exports::busbar::device::sensor;

/// The error that a guest's device interface returned.
pub fn answered(device: &str, error: errors::Error) -> DeviceError {
    use errors::Error;
    let (code, message) = match error {
        Error::NotFound(message) => (DeviceErrorCode::NotFound, message),
        Error::AccessDenied(message) => (DeviceErrorCode::AccessDenied, message),
        Error::WrongDevice(message) => (DeviceErrorCode::WrongDevice, message),
        Error::Bus(fault) => (DeviceErrorCode::Bus(fault_kind(fault.kind)), fault.message),
        Error::Timeout(message) => (DeviceErrorCode::Timeout, message),
        Error::Protocol(message) => (DeviceErrorCode::Protocol, message),
        Error::InvalidArgument(message) => (DeviceErrorCode::InvalidArgument, message),
        Error::Unsupported(message) => (DeviceErrorCode::Unsupported, message),
        Error::Disconnected(message) => (DeviceErrorCode::Disconnected, message),
    };
    DeviceError::answered(device, code, &message)
}

fn fault_kind(kind: errors::BusFaultKind) -> BusFaultKind {
    use errors::BusFaultKind as Kind;
    match kind {
        Kind::Bus => BusFaultKind::Bus,
        Kind::ArbitrationLoss => BusFaultKind::ArbitrationLoss,
        Kind::NoAcknowledgeAddress => BusFaultKind::NoAcknowledgeAddress,
        Kind::NoAcknowledgeData => BusFaultKind::NoAcknowledgeData,
        Kind::NoAcknowledge => BusFaultKind::NoAcknowledge,
        Kind::Overrun => BusFaultKind::Overrun,
        Kind::Other => BusFaultKind::Other,
    }
}

/// A channel that a sensor's driver lists.
pub fn channel(channel: sensor::Channel) -> Channel {
    let sensor::Channel { quantity, label, minimum, maximum, resolution } = channel;
    Channel { quantity: quantity_of(quantity), label, minimum, maximum, resolution }
}

fn quantity_of(quantity: sensor::Quantity) -> Quantity {
    use sensor::Quantity as Measured;
    match quantity {
        Measured::Temperature => Quantity::Temperature,
        Measured::Pressure => Quantity::Pressure,
        Measured::RelativeHumidity => Quantity::RelativeHumidity,
        Measured::Acceleration => Quantity::Acceleration,
        Measured::AngularVelocity => Quantity::AngularVelocity,
        Measured::MagneticFluxDensity => Quantity::MagneticFluxDensity,
        Measured::Illuminance => Quantity::Illuminance,
        Measured::Distance => Quantity::Distance,
        Measured::Voltage => Quantity::Voltage,
        Measured::Current => Quantity::Current,
        Measured::Power => Quantity::Power,
        Measured::GasConcentration => Quantity::GasConcentration,
        Measured::Angle => Quantity::Angle,
        Measured::Latitude => Quantity::Latitude,
        Measured::Longitude => Quantity::Longitude,
        Measured::Speed => Quantity::Speed,
        Measured::MassConcentration => Quantity::MassConcentration,
        Measured::NumberConcentration => Quantity::NumberConcentration,
    }
}
