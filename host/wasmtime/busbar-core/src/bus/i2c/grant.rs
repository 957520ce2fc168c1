#[cfg(feature = "std")]
use crate::board::checked::{Made, bus_name, items, one_of, required, whole};
#[cfg(feature = "std")]
use crate::board::json::Json;
use crate::bus::{BusName, Direction};
use alloc::vec::Vec;

/// What Linux allows of one I2C message (drivers/i2c/i2c-dev.c), and the most that an entry can grant, in bytes.
pub const LONGEST_I2C_LENGTH: u32 = 8192;

/// The I2C part of an entry: one target, and what may be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct I2cGrant {
    pub bus: BusName,
    /// The 7-bit addresses of the target; never none. A driver is told the first.
    pub addresses: Vec<u16>,
    pub direction: Direction,
    /// The most bytes of one read or write.
    pub maximum_length: u32,
}

#[cfg(feature = "std")]
impl I2cGrant {
    /// Of JSON that fits the schema.
    pub(crate) fn of(json: &Json) -> Made<Self> {
        Ok(Self {
            bus: required(json, "bus", bus_name)?,
            addresses: required(json, "address", addresses)?,
            direction: required(json, "direction", one_of(Direction::named))?,
            maximum_length: required(json, "maximumLength", whole)?,
        })
    }
}

#[cfg(feature = "std")]
fn addresses(json: &Json) -> Made<Vec<u16>> {
    match json {
        Json::List(_) => items(json, whole),
        _ => Ok(vec![whole(json)?]),
    }
}
