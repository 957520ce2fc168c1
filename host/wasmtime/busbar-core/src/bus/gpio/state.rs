use super::ActiveLevel;

/// The voltage on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GpioLevel {
    Low,
    High,
}

impl GpioLevel {
    /// "low" or "high".
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
        }
    }

    /// That of a name; none where neither has it.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Low, Self::High].into_iter().find(|each| each.name() == name)
    }
}

/// wasi:gpio/digital `pin-state`: what a voltage means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GpioState {
    Active,
    Inactive,
}

impl GpioState {
    /// What a level means on a line with this active level.
    pub(crate) fn of(level: GpioLevel, active: ActiveLevel) -> Self {
        if (level == GpioLevel::High) == (active == ActiveLevel::High) { Self::Active } else { Self::Inactive }
    }

    /// The level that means it on a line with this active level.
    pub(crate) fn level(self, active: ActiveLevel) -> GpioLevel {
        if (self == Self::Active) == (active == ActiveLevel::High) { GpioLevel::High } else { GpioLevel::Low }
    }

    /// The other one.
    pub(crate) fn opposite(self) -> Self {
        match self {
            Self::Active => Self::Inactive,
            Self::Inactive => Self::Active,
        }
    }
}
