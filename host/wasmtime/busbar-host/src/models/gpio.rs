use super::GpioModelPart;
use super::bindings::exports::busbar::model::gpio_parts::{Guest, Level};
use super::component::Made;
use crate::bus::gpio::GpioLevel;

/// One that has trapped lets its lines go, and changes nothing any more.
impl GpioModelPart for Made<Guest> {
    fn level(&mut self, line: &str, at_ms: f64) -> Option<GpioLevel> {
        let answer = self.call(|store, exports, part| exports.part().call_level(store, part, line, at_ms));
        answer.flatten().map(GpioLevel::from)
    }

    fn next_change(&mut self, line: &str, at_ms: f64) -> Option<f64> {
        self.call(|store, exports, part| exports.part().call_next_change(store, part, line, at_ms)).flatten()
    }

    fn driven(&mut self, line: &str, level: Option<GpioLevel>, at_ms: f64) {
        let level = level.map(Level::from);
        self.call(|store, exports, part| exports.part().call_driven(store, part, line, level, at_ms));
    }

    fn picture(&mut self) -> Option<String> {
        self.call(|store, exports, part| exports.part().call_picture(store, part)).flatten()
    }
}

impl From<Level> for GpioLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Low => Self::Low,
            Level::High => Self::High,
        }
    }
}

impl From<GpioLevel> for Level {
    fn from(level: GpioLevel) -> Self {
        match level {
            GpioLevel::Low => Self::Low,
            GpioLevel::High => Self::High,
        }
    }
}
