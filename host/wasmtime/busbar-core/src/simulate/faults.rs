use super::parameters::{Complaint, check_known, list, missing, unexpected, whole_number};
use crate::bus::i2c::{I2cErrorCode, NoAcknowledge};
use serde_json::{Map, Value};

/// The largest whole number of a board file: JavaScript's.
const LARGEST: u64 = (1 << 53) - 1;

/// What goes wrong in a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// The transaction ends with an error. Where that is at the address, the target sees nothing of it; otherwise it sees
    /// a start and a stop.
    Error { code: I2cErrorCode, at_address: bool },
    /// Half way through its data the target is gone. In a write of more than one byte the next byte is not acknowledged;
    /// in a read the remaining bytes are 0xFF. A write of one byte, which is how a register is chosen, passes.
    Short,
    /// The transaction succeeds, and every byte read is random.
    Garbage,
}

const fn error(code: I2cErrorCode) -> FaultKind {
    FaultKind::Error { code, at_address: false }
}

/// All kinds, by the name that a board file has for them.
const KINDS: [(&str, FaultKind); 9] = [
    (
        "no-acknowledge-address",
        FaultKind::Error { code: I2cErrorCode::NoAcknowledge(NoAcknowledge::Address), at_address: true },
    ),
    ("no-acknowledge-data", error(I2cErrorCode::NoAcknowledge(NoAcknowledge::Data))),
    ("no-acknowledge", error(I2cErrorCode::NoAcknowledge(NoAcknowledge::Unknown))),
    ("arbitration-loss", FaultKind::Error { code: I2cErrorCode::ArbitrationLoss, at_address: true }),
    ("bus", error(I2cErrorCode::Bus)),
    ("overrun", error(I2cErrorCode::Overrun)),
    ("other", error(I2cErrorCode::Other)),
    ("short", FaultKind::Short),
    ("garbage", FaultKind::Garbage),
];

/// One injected fault: counts the transactions that concern it, from 1, and says which it strikes.
pub(super) struct Fault {
    /// As the board file has it.
    pub(super) name: &'static str,
    pub(super) kind: FaultKind,
    /// The first transaction that it strikes.
    first: u64,
    /// It strikes again each so many transactions.
    every: u64,
    /// How often it still strikes; without an end where there is none.
    remaining: Option<u64>,
    transactions: u64,
    /// Of `garbage`: Marsaglia's xorshift32.
    random: u32,
}

impl Fault {
    /// The faults of an entry of `simulate`.
    pub(super) fn list_from(parameters: &Map<String, Value>) -> Result<Vec<Self>, Complaint> {
        let items = list(parameters, "faults")?.iter().enumerate();
        items.map(|(index, value)| Self::from_json(value, &format!("faults.{index}"))).collect()
    }

    fn from_json(value: &Value, path: &str) -> Result<Self, Complaint> {
        let fault = value.as_object().ok_or_else(|| unexpected(path, "Object", value))?;
        let at = |key: &str| format!("{path}.{key}");
        let ordinal = |key: &str| fault.get(key).map(|value| whole_number(value, 1, LARGEST, &at(key))).transpose();
        let kind = fault.get("fault").ok_or_else(|| missing(&at("fault")))?;
        let known = KINDS.iter().find(|(name, _)| kind.as_str() == Some(name));
        let (name, kind) = *known.ok_or_else(|| {
            let names = KINDS.map(|(name, _)| format!("\"{name}\"")).join(" | ");
            unexpected(&at("fault"), &format!("({names})"), kind)
        })?;
        let transaction = ordinal("transaction")?;
        let every = ordinal("every")?;
        let count = ordinal("count")?;
        let seed = fault.get("seed").map(|value| whole_number(value, 0, u64::from(u32::MAX), &at("seed")));
        let seed = seed.transpose()?.and_then(|seed| u32::try_from(seed).ok()).unwrap_or(1);
        check_known(fault, &["fault", "transaction", "every", "count", "seed"], &format!("{path}."))?;
        Ok(Self {
            name,
            kind,
            first: transaction.or(every).unwrap_or(1),
            every: every.unwrap_or(1),
            remaining: count.or(if every.is_none() { Some(1) } else { None }),
            transactions: 0,
            random: seed.max(1),
        })
    }

    /// Counts one transaction, and says whether it strikes this one.
    pub(super) fn strikes(&mut self) -> bool {
        self.transactions += 1;
        let is_struck = self.transactions.checked_sub(self.first).is_some_and(|since| since.is_multiple_of(self.every));
        if !is_struck || self.remaining == Some(0) {
            return false;
        }
        self.remaining = self.remaining.map(|remaining| remaining - 1);
        true
    }

    /// The next byte of garbage: the same for the same seed on every machine.
    pub(super) fn garbage(&mut self) -> u8 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        (self.random >> 16) as u8
    }
}
