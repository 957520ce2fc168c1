use super::parameters::{Complaint, check_known, list, missing, unexpected, whole_number};
use serde_json::{Map, Value};

/// The largest whole number of a board file: JavaScript's.
const LARGEST: u64 = (1 << 53) - 1;

/// Counts what concerns one fault, from 1, and says what of it the fault strikes.
pub(super) struct Strikes {
    /// The first that it strikes.
    first: u64,
    /// It strikes again each so many.
    every: u64,
    /// How often it still strikes; without an end where there is none.
    remaining: Option<u64>,
    counted: u64,
}

impl Strikes {
    /// Of a fault of a board file, which is at `path`. `ordinal` is its key of the first that it strikes.
    pub(super) fn from_json(fault: &Map<String, Value>, ordinal: &str, path: &str) -> Result<Self, Complaint> {
        let number = |key: &str| {
            fault.get(key).map(|value| whole_number(value, 1, LARGEST, &format!("{path}.{key}"))).transpose()
        };
        let (first, every, count) = (number(ordinal)?, number("every")?, number("count")?);
        Ok(Self {
            first: first.or(every).unwrap_or(1),
            every: every.unwrap_or(1),
            remaining: count.or(if every.is_none() { Some(1) } else { None }),
            counted: 0,
        })
    }

    /// Counts one; whether it is struck.
    pub(super) fn next(&mut self) -> bool {
        self.counted += 1;
        let is_struck = self.counted.checked_sub(self.first).is_some_and(|since| since.is_multiple_of(self.every));
        if !is_struck || self.remaining == Some(0) {
            return false;
        }
        self.remaining = self.remaining.map(|remaining| remaining - 1);
        true
    }
}

/// One of the kinds of faults that there are, by its name in the `fault` of a fault at `path`.
pub(super) fn kind_of<Kind: Copy>(
    fault: &Map<String, Value>,
    kinds: &[(&'static str, Kind)],
    path: &str,
) -> Result<(&'static str, Kind), Complaint> {
    let path = format!("{path}.fault");
    let kind = fault.get("fault").ok_or_else(|| missing(&path))?;
    let known = kinds.iter().find(|(name, _)| kind.as_str() == Some(name));
    known.copied().ok_or_else(|| {
        let names = kinds.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(" | ");
        unexpected(&path, &format!("({names})"), kind)
    })
}

/// One injected fault: counts the transactions that concern it, and says which it strikes.
pub(super) struct Fault<Kind> {
    /// As the board file has it.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    strikes: Strikes,
    /// Of `garbage`: Marsaglia's xorshift32.
    random: u32,
}

impl<Kind: Copy> Fault<Kind> {
    /// The faults of an entry of `simulate`, which count transactions. `kinds` are all that there are, by the names that a board file has for
    /// them.
    pub(super) fn list_from(
        parameters: &Map<String, Value>,
        kinds: &[(&'static str, Kind)],
    ) -> Result<Vec<Self>, Complaint> {
        Self::list_counting("transaction", parameters, kinds)
    }

    /// The same of what counts something else: `ordinal` is the key of the first that is struck.
    pub(super) fn list_counting(
        ordinal: &str,
        parameters: &Map<String, Value>,
        kinds: &[(&'static str, Kind)],
    ) -> Result<Vec<Self>, Complaint> {
        let items = list(parameters, "faults")?.iter().enumerate();
        items.map(|(index, value)| Self::from_json(value, ordinal, &format!("faults.{index}"), kinds)).collect()
    }

    fn from_json(value: &Value, ordinal: &str, path: &str, kinds: &[(&'static str, Kind)]) -> Result<Self, Complaint> {
        let fault = value.as_object().ok_or_else(|| unexpected(path, "Object", value))?;
        let (name, kind) = kind_of(fault, kinds, path)?;
        let strikes = Strikes::from_json(fault, ordinal, path)?;
        let seed = fault.get("seed").map(|value| whole_number(value, 0, u64::from(u32::MAX), &format!("{path}.seed")));
        let seed = seed.transpose()?.and_then(|seed| u32::try_from(seed).ok()).unwrap_or(1);
        check_known(fault, &["fault", ordinal, "every", "count", "seed"], &format!("{path}."))?;
        Ok(Self { name, kind, strikes, random: seed.max(1) })
    }

    /// Counts one; whether it is struck.
    pub(super) fn strikes(&mut self) -> bool {
        self.strikes.next()
    }

    /// The next byte of garbage: the same for the same seed on every machine.
    pub(super) fn garbage(&mut self) -> u8 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        (self.random >> 16) as u8
    }
}

/// Counts a transaction in all faults that concern it, also in those that another one strikes before; gives the first that strikes it. Each
/// is there with the place on the bus whose transactions it is about.
pub(super) fn striking<Place: PartialEq, Kind: Copy>(
    faults: &mut [(Place, Fault<Kind>)],
    place: Place,
) -> Option<&mut Fault<Kind>> {
    let mut striking = None;
    for (_, fault) in faults.iter_mut().filter(|(each, _)| *each == place) {
        if fault.strikes.next() && striking.is_none() {
            striking = Some(fault);
        }
    }
    striking
}
