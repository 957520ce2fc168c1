use super::GpioDirection;
use crate::grants::fields;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
#[cfg(feature = "std")]
use serde_json::Map;
use serde_json::{Value, json};

/// What was done with the lines of an entry: what each was used for, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GpioUse(BTreeMap<String, GpioDirection>);

impl GpioUse {
    /// A pin was handed out.
    pub(crate) fn note(&mut self, line: &str, direction: GpioDirection) {
        let used = self.0.entry(line.to_owned()).or_insert(direction);
        *used = used.and(direction);
    }

    /// As a record of a run has it.
    pub(crate) fn to_json(&self) -> Value {
        let lines = self.0.iter().map(|(name, direction)| (name.clone(), direction.name().into()));
        json!({ "lines": Value::Object(lines.collect()) })
    }

    /// None where it is malformed.
    pub(crate) fn from_json(json: &Value) -> Option<Self> {
        let lines = fields(json, &["lines"], &[])?["lines"].as_object()?.iter();
        let directions = lines.map(|(name, value)| Some((name.clone(), GpioDirection::named(value.as_str()?)?)));
        directions.collect::<Option<_>>().map(Self)
    }

    /// What two runs needed together.
    pub(crate) fn merge(&self, other: &Self) -> Self {
        let mut both = self.clone();
        other.0.iter().for_each(|(line, direction)| both.note(line, *direction));
        both
    }

    /// Makes a grant, as it is written, the least that would have been enough.
    #[cfg(feature = "std")]
    pub(crate) fn make_least(&self, grant: &mut Map<String, Value>) {
        let Some(lines) = grant.get_mut("lines").and_then(Value::as_object_mut) else { return };
        lines.retain(|name, _| self.0.contains_key(name));
        for (name, line) in lines.iter_mut() {
            let (Some(direction), Some(line)) = (self.0.get(name), line.as_object_mut()) else { continue };
            // Only an input can have a debounce, and only an output a drive.
            line.shift_remove(if *direction == GpioDirection::In { "drive" } else { "debounceMs" });
            line.insert("direction".into(), direction.name().into());
        }
    }
}
