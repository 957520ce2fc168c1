#[cfg(feature = "std")]
use crate::board::checked::{Made, items, one_of, required, text, whole};
#[cfg(feature = "std")]
use crate::board::json::Json;
use crate::bus::Direction;
use alloc::string::String;
use alloc::vec::Vec;

/// What a tty of Linux keeps for who does not read (drivers/tty/n_tty.c, `N_TTY_BUF_SIZE`), and the most that an entry can grant, in bytes.
pub const LONGEST_UART_LENGTH: u32 = 4096;

/// The slowest speed of termios, in bits per second.
pub const SLOWEST_UART: u32 = 50;

/// What the fastest USB adapters do (FT232H), in bits per second.
pub const FASTEST_UART: u32 = 12_000_000;

/// The serial part of an entry: one port, how it is set, and what may be done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UartGrant {
    /// Below `/dev`: "ttyUSB0".
    pub port: String,
    /// Bits per second.
    pub baud_rate: u32,
    /// 5 to 8.
    pub data_bits: u8,
    pub parity: Parity,
    /// 1 or 2.
    pub stop_bits: u8,
    pub flow_control: FlowControl,
    /// The other speeds to which the driver may switch.
    pub baud_rates: Vec<u32>,
    pub direction: Direction,
    /// The most bytes of one read or write.
    pub maximum_length: u32,
}

/// What is sent after the data bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parity {
    None,
    Odd,
    Even,
    Mark,
    Space,
}

impl Parity {
    const ALL: [Self; 5] = [Self::None, Self::Odd, Self::Even, Self::Mark, Self::Space];

    /// As the board file spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Odd => "odd",
            Self::Even => "even",
            Self::Mark => "mark",
            Self::Space => "space",
        }
    }

    /// That of a name; none where no parity has it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }
}

/// Who may stop whom: nobody, or each the other by RTS and CTS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowControl {
    None,
    Hardware,
}

impl FlowControl {
    const ALL: [Self; 2] = [Self::None, Self::Hardware];

    /// As the board file spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Hardware => "hardware",
        }
    }

    /// That of a name; none where no flow control has it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }
}

#[cfg(feature = "std")]
impl UartGrant {
    /// Of JSON that fits the schema.
    pub(crate) fn of(json: &Json) -> Made<Self> {
        Ok(Self {
            port: required(json, "port", text)?,
            baud_rate: required(json, "baudRate", whole)?,
            data_bits: required(json, "dataBits", whole)?,
            parity: required(json, "parity", one_of(Parity::named))?,
            stop_bits: required(json, "stopBits", whole)?,
            flow_control: required(json, "flowControl", one_of(FlowControl::named))?,
            baud_rates: required(json, "baudRates", |list| items(list, whole))?,
            direction: required(json, "direction", one_of(Direction::named))?,
            maximum_length: required(json, "maximumLength", whole)?,
        })
    }
}
