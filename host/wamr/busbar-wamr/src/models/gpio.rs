use super::component::{ComponentTarget, given};
use crate::abi::{FromValue, IntoValue, Value};
use busbar_core::bus::gpio::GpioLevel;
use busbar_core::models::GpioModelPart;

/// The functions of busbar:model/gpio-parts `part`.
pub(super) const PART: [&str; 4] = [LEVEL, NEXT_CHANGE, DRIVEN, PICTURE];
const LEVEL: &str = "[method]part.level";
const NEXT_CHANGE: &str = "[method]part.next-change";
const DRIVEN: &str = "[method]part.driven";
const PICTURE: &str = "[method]part.picture";

/// One that has trapped lets its lines go, and changes nothing any more.
impl GpioModelPart for ComponentTarget {
    fn level(&mut self, line: &str, at_ms: f64) -> Option<GpioLevel> {
        let asked = vec![line.to_owned().into_value(), at_ms.into_value()];
        self.ask(|guest| guest.call(LEVEL, asked)).and_then(given)
    }

    fn next_change(&mut self, line: &str, at_ms: f64) -> Option<f64> {
        let asked = vec![line.to_owned().into_value(), at_ms.into_value()];
        self.ask(|guest| guest.call(NEXT_CHANGE, asked)).and_then(given)
    }

    fn driven(&mut self, line: &str, level: Option<GpioLevel>, at_ms: f64) {
        let level = level.map(|level| Value::case(if level == GpioLevel::Low { 0 } else { 1 }));
        let asked = vec![line.to_owned().into_value(), level.into_value(), at_ms.into_value()];
        self.ask(|guest| guest.call(DRIVEN, asked));
    }

    fn picture(&mut self) -> Option<String> {
        self.ask(|guest| guest.call(PICTURE, Vec::new())).and_then(given)
    }
}

impl FromValue for GpioLevel {
    /// busbar:model/gpio-parts `level`.
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Variant(0, None) => Some(Self::Low),
            Value::Variant(1, None) => Some(Self::High),
            _ => None,
        }
    }
}
