use super::{FASTEST_UART, SLOWEST_UART, UartCall};
use crate::bus::DirectedUse;
use crate::grants::{fields, whole_number};
use alloc::collections::BTreeSet;
#[cfg(feature = "std")]
use serde_json::Map;
use serde_json::{Value, json};

/// What was done with a port: bytes, and the speeds to which it was switched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UartUse {
    bytes: DirectedUse,
    /// From the slowest on.
    baud_rates: BTreeSet<u32>,
}

impl UartUse {
    /// A call that was allowed.
    pub(crate) fn note(&mut self, call: UartCall) {
        self.bytes.note(call.reads(), call.writes(), call.length() as usize);
        if let UartCall::SetBaudRate(rate) = call {
            self.baud_rates.insert(rate);
        }
    }

    /// As a record of a run has it.
    pub(crate) fn to_json(&self) -> Value {
        let DirectedUse { reads, writes, maximum_length } = self.bytes;
        json!({ "reads": reads, "writes": writes, "maximumLength": maximum_length, "baudRates": self.baud_rates })
    }

    /// None where it is malformed.
    pub(crate) fn from_json(json: &Value) -> Option<Self> {
        let fields = fields(json, &["reads", "writes", "maximumLength", "baudRates"], &[])?;
        let rates = fields["baudRates"].as_array()?.iter();
        let possible = u64::from(SLOWEST_UART)..=u64::from(FASTEST_UART);
        Some(Self {
            bytes: DirectedUse {
                reads: fields["reads"].as_bool()?,
                writes: fields["writes"].as_bool()?,
                maximum_length: whole_number(&fields["maximumLength"])?,
            },
            baud_rates: rates
                .map(|rate| whole_number(rate).filter(|rate| possible.contains(rate)).map(|rate| rate as u32))
                .collect::<Option<_>>()?,
        })
    }

    /// What two runs needed together.
    pub(crate) fn merge(&self, other: &Self) -> Self {
        Self {
            bytes: self.bytes.merge(&other.bytes),
            baud_rates: self.baud_rates.union(&other.baud_rates).copied().collect(),
        }
    }

    /// Makes a grant, as it is written, the least that would have been enough.
    #[cfg(feature = "std")]
    pub(crate) fn make_least(&self, grant: &mut Map<String, Value>) {
        const USUAL_BAUD_RATE: u64 = 9600;
        grant.shift_remove("baudRates");
        let own = grant.get("baudRate").and_then(whole_number).unwrap_or(USUAL_BAUD_RATE);
        let others: Vec<&u32> = self.baud_rates.iter().filter(|rate| u64::from(**rate) != own).collect();
        if !others.is_empty() {
            grant.insert("baudRates".into(), json!(others));
        }
        // Whoever moved no byte needs none, which no entry can say.
        if self.bytes.maximum_length > 0 {
            self.bytes.make_least(grant);
        }
    }
}
