#[cfg(feature = "std")]
use crate::board::checked::{Made, bus_name, one_of, required, whole};
#[cfg(feature = "std")]
use crate::board::json::Json;
use crate::bus::{BusName, Direction};

/// What Linux takes in one message by default (drivers/spi/spidev.c, `bufsiz`), and the most that an entry can grant, in bytes.
pub const LONGEST_SPI_LENGTH: u32 = 4096;

/// The SPI part of an entry: one device, and what may be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpiGrant {
    pub bus: BusName,
    /// The number of the chip select line.
    pub chip_select: u8,
    /// Clock polarity and phase, 0 to 3: CPOL is bit 1, CPHA bit 0.
    pub mode: u8,
    /// In Hz; the clock is never faster.
    pub maximum_hz: u32,
    pub bit_order: BitOrder,
    pub direction: Direction,
    /// The most bytes of one read, write or transfer.
    pub maximum_length: u32,
}

/// Which bit of a byte is first on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BitOrder {
    MsbFirst,
    LsbFirst,
}

impl BitOrder {
    const ALL: [Self; 2] = [Self::MsbFirst, Self::LsbFirst];

    /// As the board file spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::MsbFirst => "msb-first",
            Self::LsbFirst => "lsb-first",
        }
    }

    /// That of a name; none where no bit order has it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }
}

#[cfg(feature = "std")]
impl SpiGrant {
    /// Of JSON that fits the schema.
    pub(crate) fn of(json: &Json) -> Made<Self> {
        Ok(Self {
            bus: required(json, "bus", bus_name)?,
            chip_select: required(json, "chipSelect", whole)?,
            mode: required(json, "mode", whole)?,
            maximum_hz: required(json, "maximumHz", whole)?,
            bit_order: required(json, "bitOrder", one_of(BitOrder::named))?,
            direction: required(json, "direction", one_of(Direction::named))?,
            maximum_length: required(json, "maximumLength", whole)?,
        })
    }
}
