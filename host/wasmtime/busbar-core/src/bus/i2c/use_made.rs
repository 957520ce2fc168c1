use super::Operation;
use crate::grants::{fields, whole_number};
#[cfg(feature = "std")]
use serde_json::Map;
use serde_json::{Value, json};

/// What was done on an I2C target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct I2cUse {
    pub reads: bool,
    pub writes: bool,
    /// In bytes, of one read or write.
    pub maximum_length: u64,
}

impl I2cUse {
    /// Notes what a transaction is made of.
    pub(crate) fn note(made: &mut Option<Self>, operations: &[Operation]) {
        for operation in operations {
            let made = made.get_or_insert_default();
            match operation {
                Operation::Read(_) => made.reads = true,
                Operation::Write(_) => made.writes = true,
            }
            made.maximum_length = made.maximum_length.max(operation.length() as u64);
        }
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
