//! Checks a value by a schema. What is told first, and what fits one of several, is as valibot has it, which checks boards
//! on the other host.

use super::json::{Json, utf16_length};
use super::schema::{Becomes, Entry, Rule, Schema, Shape};
use super::shown::{cut, shown};
use crate::bus::BusName;
use crate::bus::gpio::gpio_chip_name;
use crate::bus::i2c::i2c_bus_name;
use crate::bus::spi::spi_bus_name;
use crate::bus::uart::uart_port_name;
use crate::text;

/// The first thing that does not fit.
#[derive(Debug)]
pub(super) struct Issue {
    /// The keys on the way to it, from the innermost.
    path: Vec<String>,
    problem: Problem,
}

#[derive(Debug)]
enum Problem {
    UnknownKey,
    Missing,
    Unfit { found: String, expected: String },
}

impl Issue {
    fn new(problem: Problem) -> Self {
        Self { path: Vec::new(), problem }
    }

    fn unfit(found: String, expected: &str) -> Self {
        Self::new(Problem::Unfit { found, expected: expected.to_owned() })
    }

    fn at(mut self, key: &str) -> Self {
        self.path.push(key.to_owned());
        self
    }

    /// As a sentence without its full stop.
    pub(super) fn describe(&self) -> String {
        let mut path = String::new();
        for key in self.path.iter().rev() {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(key);
        }
        let place = if self.path.is_empty() { "it".to_owned() } else { format!("\"{}\"", cut(&path)) };
        match &self.problem {
            Problem::UnknownKey => {
                format!("{place} is no key of a board file here; remove it, or correct its spelling")
            }
            Problem::Missing => format!("{place} is missing"),
            Problem::Unfit { found, expected } => format!("{place} {found}: {expected}"),
        }
    }
}

/// What came out of a check.
struct Outcome {
    /// With defaults, and made into what it becomes; means nothing where there is an issue.
    value: Json,
    /// Whether it has the right shape in all its parts, though a check of it may have failed. Of several schemas of which
    /// none fits, the issue of the one is told for which it has.
    typed: bool,
    issue: Option<Issue>,
}

impl Outcome {
    fn fits(value: Json) -> Self {
        Self { value, typed: true, issue: None }
    }

    fn wrong(value: &Json, expected: &str) -> Self {
        let issue = Issue::unfit(format!("is {}", shown(value)), expected);
        Self { value: Json::Null, typed: false, issue: Some(issue) }
    }

    /// Notes what is wrong with a part, unless something was before it.
    fn note(&mut self, issue: Option<Issue>, typed: bool) {
        self.typed &= typed;
        if self.issue.is_none() {
            self.issue = issue;
        }
    }
}

impl Schema {
    /// Gives the value with defaults filled in, and all its parts made into what they become.
    pub(super) fn check(&self, value: &Json) -> Result<Json, Issue> {
        let outcome = self.run(value);
        match outcome.issue {
            None => Ok(outcome.value),
            Some(issue) => Err(issue),
        }
    }

    fn run(&self, written: &Json) -> Outcome {
        let mut outcome = self.run_shape(written);
        for check in &self.checks {
            if outcome.issue.is_none() {
                outcome.issue = check.rule.run(&outcome.value, written, &check.expected);
            }
        }
        match self.becomes {
            Some(becomes) if outcome.issue.is_none() => outcome.value = becomes.of(outcome.value),
            Some(_) => outcome.typed = false,
            None => {}
        }
        outcome
    }

    fn run_shape(&self, value: &Json) -> Outcome {
        match (&self.shape, value) {
            (Shape::Text, Json::Text(_)) | (Shape::Number, Json::Number(_)) | (Shape::Boolean, Json::Boolean(_)) => {
                Outcome::fits(value.clone())
            }
            (Shape::OneOfTexts(options), Json::Text(text)) if options.contains(text) => Outcome::fits(value.clone()),
            (Shape::List(schema), Json::List(items)) => run_list(schema, items),
            (Shape::Object { entries, open }, Json::Object(given)) => run_object(entries, *open, given),
            (Shape::Record { keys, values }, Json::Object(given)) => run_record(keys, values, given),
            (Shape::AnyOf(options), _) => self.run_any_of(options, value),
            (Shape::Tagged { key, options, expected }, Json::Object(_)) => run_tagged(key, options, expected, value),
            _ => Outcome::wrong(value, &self.expected),
        }
    }

    fn run_any_of(&self, options: &[Schema], value: &Json) -> Outcome {
        let (mut typed, mut untyped) = (Vec::new(), Vec::new());
        for option in options {
            let outcome = option.run(value);
            if outcome.typed && outcome.issue.is_none() {
                return outcome;
            }
            if outcome.typed { &mut typed } else { &mut untyped }.push(outcome);
        }
        let is_typed = !typed.is_empty();
        let mut closest = if is_typed { typed } else { untyped };
        match closest.pop() {
            Some(only) if closest.is_empty() => only,
            _ => Outcome { typed: is_typed, ..Outcome::wrong(value, &self.expected) },
        }
    }
}

fn run_list(schema: &Schema, items: &[Json]) -> Outcome {
    let mut checked = Vec::with_capacity(items.len());
    let mut outcome = Outcome::fits(Json::Null);
    for (index, item) in items.iter().enumerate() {
        let part = schema.run(item);
        outcome.note(part.issue.map(|issue| issue.at(&index.to_string())), part.typed);
        checked.push(part.value);
    }
    Outcome { value: Json::List(checked), ..outcome }
}

fn run_object(entries: &[Entry], open: bool, given: &[(String, Json)]) -> Outcome {
    let mut checked = Vec::new();
    let mut outcome = Outcome::fits(Json::Null);
    for Entry { key, required, schema } in entries {
        let value = given.iter().find(|(each, _)| each == key).map(|(_, value)| value);
        let default = if *required { None } else { schema.default.as_ref() };
        match value.or(default) {
            Some(value) => {
                let part = schema.run(value);
                outcome.note(part.issue.map(|issue| issue.at(key)), part.typed);
                checked.push((key.clone(), part.value));
            }
            None if *required => outcome.note(Some(Issue::new(Problem::Missing).at(key)), false),
            None => {}
        }
    }
    for (key, value) in given.iter().filter(|(key, _)| entries.iter().all(|entry| entry.key != *key)) {
        if !open {
            outcome.note(Some(Issue::new(Problem::UnknownKey).at(key)), false);
            break;
        }
        checked.push((key.clone(), value.clone()));
    }
    Outcome { value: Json::Object(checked), ..outcome }
}

fn run_record(keys: &Schema, values: &Schema, given: &[(String, Json)]) -> Outcome {
    let mut checked = Vec::with_capacity(given.len());
    let mut outcome = Outcome::fits(Json::Null);
    for (key, value) in given {
        let name = keys.run(&Json::Text(key.clone()));
        outcome.note(name.issue.map(|issue| issue.at(key)), name.typed);
        let part = values.run(value);
        outcome.note(part.issue.map(|issue| issue.at(key)), part.typed);
        checked.push((key.clone(), part.value));
    }
    Outcome { value: Json::Object(checked), ..outcome }
}

/// One of the objects that a value can be, and the keys that tell it from the others, the outermost first.
struct TaggedObject<'a> {
    keys: Vec<&'a str>,
    schema: &'a Schema,
    entries: &'a [Entry],
}

/// The objects among options, which can themselves be told apart by a further key. `expected` gets what is said of each key.
fn tagged_objects<'a>(
    keys: &[&'a str],
    options: &'a [Schema],
    expected: &mut Vec<(&'a str, &'a str)>,
) -> Vec<TaggedObject<'a>> {
    let mut objects = Vec::new();
    for schema in options {
        match &schema.shape {
            Shape::Object { entries, .. } => objects.push(TaggedObject { keys: keys.to_vec(), schema, entries }),
            Shape::Tagged { key, options, expected: of_this } => {
                expected.push((key, of_this));
                objects.extend(tagged_objects(&[keys, &[key.as_str()]].concat(), options, expected));
            }
            _ => {}
        }
    }
    objects
}

impl TaggedObject<'_> {
    /// The first of its keys that the value does not have as this object has it, and how many are before that; none where the value is
    /// meant to be this object.
    fn first_unfit(&self, value: &Json) -> Option<(usize, &str)> {
        let is_unfit = |key: &&str| {
            let entry = self.entries.iter().find(|entry| entry.key == *key);
            entry.is_none_or(|entry| match value.get(key) {
                Some(tag) => entry.schema.run(tag).issue.is_some(),
                None => entry.required,
            })
        };
        let found = self.keys.iter().position(is_unfit)?;
        Some((found, self.keys[found]))
    }
}

/// Which key is told where the value is none of them is as valibot's `variant` has it.
fn run_tagged(key: &str, options: &[Schema], expected: &str, value: &Json) -> Outcome {
    let mut all_expected = vec![(key, expected)];
    let mut chosen: Option<Outcome> = None;
    let (mut told, mut most_before) = (key, 0);
    let objects = tagged_objects(&[key], options, &mut all_expected);
    for object in &objects {
        match object.first_unfit(value) {
            Some((before, unfit)) => {
                let is_written_instead = value.get(unfit).is_some() && value.get(told).is_none();
                if unfit != told && (before > most_before || (before == most_before && is_written_instead)) {
                    (told, most_before) = (unfit, before);
                }
            }
            None => {
                let outcome = object.schema.run(value);
                if chosen.as_ref().is_none_or(|before| !before.typed && outcome.typed) {
                    chosen = Some(outcome);
                }
            }
        }
        if chosen.as_ref().is_some_and(|outcome| outcome.issue.is_none()) {
            break;
        }
    }
    if let Some(outcome) = chosen {
        return outcome;
    }
    let issue = match value.get(told) {
        Some(tag) => {
            let expected = all_expected.iter().find(|(key, _)| *key == told).map_or(expected, |(_, expected)| expected);
            Issue::unfit(format!("is {}", shown(tag)), expected)
        }
        None => Issue::new(Problem::Missing),
    };
    Outcome { value: Json::Null, typed: false, issue: Some(issue.at(told)) }
}

impl Rule {
    /// `value` is what the value that was written has become so far.
    fn run(&self, value: &Json, written: &Json, expected: &str) -> Option<Issue> {
        let has = |count: usize, what: &str| Some(Issue::unfit(format!("has {count} {what}"), expected));
        match (self, value) {
            (Self::Whole, Json::Number(number)) if number.is_finite() && number.fract() == 0.0 => None,
            (Self::Minimum(minimum), Json::Number(number)) if number >= minimum => None,
            (Self::Maximum(maximum), Json::Number(number)) if number <= maximum => None,
            (Self::Pattern(pattern), Json::Text(text)) if pattern.find(text).is_some() => None,
            (Self::MinimumLength(minimum), Json::Text(text)) => {
                let length = utf16_length(text);
                if length < *minimum { has(length, "characters") } else { None }
            }
            (Self::MaximumLength(maximum), Json::Text(text)) => {
                let length = utf16_length(text);
                if length > *maximum { has(length, "characters") } else { None }
            }
            (Self::MinimumItems(minimum), Json::List(items)) => {
                if items.len() < *minimum {
                    has(items.len(), "entries")
                } else {
                    None
                }
            }
            (Self::MaximumItems(maximum), Json::List(items)) => {
                if items.len() > *maximum {
                    has(items.len(), "entries")
                } else {
                    None
                }
            }
            (Self::MaximumEntries(maximum), Json::Object(entries)) => {
                if entries.len() > *maximum {
                    has(entries.len(), "entries")
                } else {
                    None
                }
            }
            (Self::UniqueItems, Json::List(items)) => {
                let second =
                    items.iter().enumerate().find(|(index, item)| items.iter().take(*index).any(|each| each == *item));
                let (index, item) = second?;
                let item = match written {
                    Json::List(written) => written.get(index).unwrap_or(item),
                    _ => item,
                };
                Some(Issue::unfit(format!("is {}", shown(item)), expected).at(&index.to_string()))
            }
            _ => Some(Issue::unfit(format!("is {}", shown(written)), expected)),
        }
    }
}

impl Becomes {
    fn of(self, value: Json) -> Json {
        match (self, value) {
            (Self::Number, Json::Text(text)) => Json::Number(hex_number(&text)),
            (Self::Text, Json::Number(number)) => Json::Text(text::number(number)),
            (Self::Text, Json::Boolean(value)) => Json::Text(value.to_string()),
            (Self::BusName, Json::Text(text)) => json_of(i2c_bus_name(&text)),
            (Self::SpiBusName, Json::Text(text)) => json_of(spi_bus_name(&text)),
            (Self::GpioChipName, Json::Text(text)) => json_of(gpio_chip_name(&text)),
            (Self::UartPortName, Json::Text(text)) => Json::Text(uart_port_name(&text).to_owned()),
            (_, value) => value,
        }
    }
}

fn json_of(bus: BusName) -> Json {
    match bus {
        BusName::Number(number) => Json::Number(f64::from(number)),
        BusName::Text(name) => Json::Text(name),
    }
}

/// Of a text such as "0x76"; no number of anything else, which no pattern of the schema lets through.
fn hex_number(text: &str) -> f64 {
    let digits = text.strip_prefix("0x").unwrap_or_default();
    u32::from_str_radix(digits, 16).map_or(f64::NAN, f64::from)
}
