use crate::grants::{fields, whole_number};
#[cfg(feature = "std")]
use serde_json::Map;
use serde_json::{Value, json};

/// What was done on a bus on which bytes are read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DirectedUse {
    pub reads: bool,
    pub writes: bool,
    /// In bytes, of one operation.
    pub maximum_length: u64,
}

impl DirectedUse {
    /// Notes one operation.
    pub(crate) fn note(&mut self, reads: bool, writes: bool, length: usize) {
        self.reads |= reads;
        self.writes |= writes;
        self.maximum_length = self.maximum_length.max(length as u64);
    }

    /// As a record of a run has it.
    pub(crate) fn to_json(self) -> Value {
        json!({ "reads": self.reads, "writes": self.writes, "maximumLength": self.maximum_length })
    }

    /// None where it is malformed.
    pub(crate) fn from_json(json: &Value) -> Option<Self> {
        let fields = fields(json, &["reads", "writes", "maximumLength"], &[])?;
        Some(Self {
            reads: fields["reads"].as_bool()?,
            writes: fields["writes"].as_bool()?,
            maximum_length: whole_number(&fields["maximumLength"])?,
        })
    }

    /// What two runs needed together.
    pub(crate) fn merge(&self, other: &Self) -> Self {
        Self {
            reads: self.reads || other.reads,
            writes: self.writes || other.writes,
            maximum_length: self.maximum_length.max(other.maximum_length),
        }
    }

    /// Makes a grant, as it is written, the least that would have been enough.
    #[cfg(feature = "std")]
    pub(crate) fn make_least(&self, grant: &mut Map<String, Value>) {
        grant.shift_remove("direction");
        if self.reads != self.writes {
            grant.insert("direction".into(), json!(if self.reads { "read" } else { "write" }));
        }
        grant.insert("maximumLength".into(), json!(self.maximum_length));
    }
}
