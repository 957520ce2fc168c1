#[cfg(feature = "std")]
use crate::board::checked::{Made, bus_name, named, one_of, optional, required, text, whole};
#[cfg(feature = "std")]
use crate::board::json::Json;
use crate::bus::BusName;
use alloc::string::String;
use alloc::vec::Vec;

/// The GPIO part of an entry: some lines, and what may be done with each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GpioGrant {
    /// By the names that the driver has for them, in the order of the file.
    pub lines: Vec<(String, GpioLineGrant)>,
}

/// One line of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GpioLineGrant {
    pub chip: BusName,
    pub line: GpioLineName,
    pub direction: GpioDirection,
    /// The resistor that holds it; as it is where there is none.
    pub pull: Option<Pull>,
    pub active_level: ActiveLevel,
    /// Of an output; both levels are driven where there is none.
    pub drive: Option<Drive>,
    /// Of an input: how long it has to stay as it is for a change to count, in milliseconds.
    pub debounce_ms: Option<u32>,
}

/// Which line of a chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GpioLineName {
    Offset(u16),
    Name(String),
}

/// Makes the names of an enum's cases what board files have for them.
macro_rules! named_cases {
    ($(#[$documentation:meta])* $name:ident { $($case:ident = $text:literal),* }) => {
        $(#[$documentation])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($case),*
        }

        impl $name {
            /// As the board file spells it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$case => $text),*
                }
            }

            /// That of a name; none where no case has it.
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$case),)*
                    _ => None,
                }
            }
        }
    };
}

named_cases! {
    /// What a driver may do with a line.
    GpioDirection { In = "in", Out = "out", InOut = "in-out" }
}

named_cases! {
    /// The resistor that holds a line.
    Pull { Up = "up", Down = "down" }
}

named_cases! {
    /// Which voltage means "active" to the driver.
    ActiveLevel { High = "active-high", Low = "active-low" }
}

named_cases! {
    /// How an output has its levels: an open drain only pulls the line low, and lets it go for high.
    Drive { PushPull = "push-pull", OpenDrain = "open-drain" }
}

impl GpioDirection {
    /// Whether a line that is used like this can be used as `direction`.
    pub fn covers(self, direction: Self) -> bool {
        self == direction || self == Self::InOut
    }

    /// What covers both.
    pub fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::InOut }
    }
}

impl GpioGrant {
    /// The line that an entry has by this name.
    pub fn line(&self, name: &str) -> Option<&GpioLineGrant> {
        self.lines.iter().find(|(each, _)| each == name).map(|(_, line)| line)
    }
}

#[cfg(feature = "std")]
impl GpioGrant {
    /// Of JSON that fits the schema.
    pub(crate) fn of(json: &Json) -> Made<Self> {
        Ok(Self { lines: named(json, "lines", GpioLineGrant::of)? })
    }
}

#[cfg(feature = "std")]
impl GpioLineGrant {
    fn of(json: &Json) -> Made<Self> {
        Ok(Self {
            chip: required(json, "chip", bus_name)?,
            line: required(json, "line", GpioLineName::of)?,
            direction: required(json, "direction", one_of(GpioDirection::named))?,
            pull: optional(json, "pull", one_of(Pull::named))?,
            active_level: required(json, "activeLevel", one_of(ActiveLevel::named))?,
            drive: optional(json, "drive", one_of(Drive::named))?,
            debounce_ms: optional(json, "debounceMs", whole)?,
        })
    }
}

#[cfg(feature = "std")]
impl GpioLineName {
    fn of(json: &Json) -> Made<Self> {
        match json {
            Json::Text(_) => text(json).map(Self::Name),
            _ => whole(json).map(Self::Offset),
        }
    }
}
