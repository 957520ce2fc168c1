//! What of JSON schema the board file's schema uses, and what it says beyond it: see host/core/scripts/write-schema.mjs. A
//! keyword that is not known here is refused, so that no rule is passed over.

use super::json::Json;
use super::json_parser::parse;
use regress::Regex;

/// What a value has to be.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) shape: Shape,
    /// What is said where a value has another shape.
    pub(super) expected: String,
    /// In the order in which they are made.
    pub(super) checks: Vec<Check>,
    /// What a value that fits is made into.
    pub(super) becomes: Option<Becomes>,
    /// What takes the place of a key that is not there.
    pub(super) default: Option<Json>,
}

/// What kind of value.
#[derive(Debug)]
pub(super) enum Shape {
    Text,
    Number,
    Boolean,
    /// `"not": {}`.
    Nothing,
    OneOfTexts(Vec<String>),
    List(Box<Schema>),
    /// An object with these keys.
    Object {
        entries: Vec<Entry>,
        /// Whether other keys are kept; otherwise they are refused.
        open: bool,
    },
    /// An object with any keys that fit.
    Record {
        keys: Box<Schema>,
        values: Box<Schema>,
    },
    AnyOf(Vec<Schema>),
    /// An object that one of these is for: the one whose key of this name fits, or may be missing. Those can be told apart further.
    Tagged {
        key: String,
        options: Vec<Schema>,
        /// What is said where the key is of none.
        expected: String,
    },
}

/// A key of an object.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) required: bool,
    pub(super) schema: Schema,
}

/// A check of a value that has the right shape, and what is said where it fails.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) rule: Rule,
    pub(super) expected: String,
}

/// What is checked.
#[derive(Debug)]
pub(super) enum Rule {
    Whole,
    Minimum(f64),
    Maximum(f64),
    /// In UTF-16 code units.
    MinimumLength(usize),
    MaximumLength(usize),
    Pattern(Box<Regex>),
    MinimumItems(usize),
    MaximumItems(usize),
    /// By what the items have become.
    UniqueItems,
    MaximumEntries(usize),
}

/// What a value is made into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Becomes {
    /// Of "0x76".
    Number,
    Text,
    /// A number for "i2c-1".
    BusName,
    /// A number for "spi0".
    SpiBusName,
    /// A number for "gpiochip0".
    GpioChipName,
    /// "ttyUSB0" for "/dev/ttyUSB0".
    UartPortName,
}

impl Schema {
    /// Reads the text of a schema; gives what of it is not known here otherwise.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        Self::of(&parse(text)?.json.with_texts())
    }

    fn of(json: &Json) -> Result<Self, String> {
        let Json::Object(keywords) = json else {
            return Err("a schema that is no object".to_owned());
        };
        let (shape, main_keyword) = shape_of(json)?;
        let mut schema = Self {
            expected: message(json, main_keyword)?,
            shape,
            checks: Vec::new(),
            becomes: None,
            default: json.get("default").cloned(),
        };
        for (keyword, value) in keywords {
            if let Some(rule) = rule_of(keyword, value, &schema.shape)? {
                let message_key = if matches!(rule, Rule::Whole) { "integer" } else { keyword };
                schema.checks.push(Check { rule, expected: message(json, message_key)? });
            } else if keyword == "x-becomes" {
                schema.becomes = Some(becomes_of(value)?);
            } else if !belongs_to_shape(keyword, &schema.shape) && !says_nothing_of_values(keyword) {
                return Err(format!("the keyword {keyword:?} beside {main_keyword:?}"));
            }
        }
        Ok(schema)
    }
}

/// Gives the keyword, too, whose message is said where a value has another shape.
fn shape_of(json: &Json) -> Result<(Shape, &'static str), String> {
    if let Some(options) = json.get("anyOf") {
        return Ok((Shape::AnyOf(schemas(options)?), "anyOf"));
    }
    if let Some(options) = json.get("oneOf") {
        let key = text(json.get("x-discriminator"), "x-discriminator")?;
        let expected = message(json, "oneOf")?;
        return Ok((Shape::Tagged { key, options: tagged(options)?, expected }, "type"));
    }
    if let Some(options) = json.get("enum") {
        let options: Result<Vec<String>, String> =
            list(options, "enum")?.iter().map(|each| text(Some(each), "enum")).collect();
        return Ok((Shape::OneOfTexts(options?), "enum"));
    }
    if let Some(refused) = json.get("not") {
        return match refused {
            Json::Object(keywords) if keywords.is_empty() => Ok((Shape::Nothing, "not")),
            _ => Err("\"not\" of something".to_owned()),
        };
    }
    let shape = match text(json.get("type"), "type")?.as_str() {
        "string" => Shape::Text,
        "number" | "integer" => Shape::Number,
        "boolean" => Shape::Boolean,
        "array" => Shape::List(Box::new(Schema::of(json.get("items").ok_or("an array without \"items\"")?)?)),
        "object" => object_of(json)?,
        other => return Err(format!("the type {other:?}")),
    };
    Ok((shape, "type"))
}

fn object_of(json: &Json) -> Result<Shape, String> {
    let others = json.get("additionalProperties");
    let Some(properties) = json.get("properties") else {
        let (Some(keys), Some(values)) = (json.get("propertyNames"), others) else {
            return Err("an object of which neither keys nor values are described".to_owned());
        };
        return Ok(Shape::Record { keys: Box::new(Schema::of(keys)?), values: Box::new(Schema::of(values)?) });
    };
    let open = match others {
        None => true,
        Some(Json::Boolean(false)) => false,
        Some(_) => return Err("\"additionalProperties\" beside \"properties\"".to_owned()),
    };
    let Json::Object(properties) = properties else {
        return Err("\"properties\" that is no object".to_owned());
    };
    let required = list(json.get("required").unwrap_or(&Json::List(Vec::new())), "required")?.to_vec();
    let entries = properties.iter().map(|(key, schema)| {
        let is_required = required.iter().any(|each| matches!(each, Json::Text(name) if name == key));
        Ok(Entry { key: key.clone(), required: is_required, schema: Schema::of(schema)? })
    });
    let entries: Result<Vec<Entry>, String> = entries.collect();
    Ok(Shape::Object { entries: entries?, open })
}

fn rule_of(keyword: &str, value: &Json, shape: &Shape) -> Result<Option<Rule>, String> {
    let rule = match (keyword, shape) {
        ("type", Shape::Number) if matches!(value, Json::Text(name) if name == "integer") => Rule::Whole,
        ("minimum", Shape::Number) => Rule::Minimum(number(value, keyword)?),
        ("maximum", Shape::Number) => Rule::Maximum(number(value, keyword)?),
        ("minLength", Shape::Text) => Rule::MinimumLength(count(value, keyword)?),
        ("maxLength", Shape::Text) => Rule::MaximumLength(count(value, keyword)?),
        ("pattern", Shape::Text) => {
            let source = text(Some(value), keyword)?;
            Rule::Pattern(Box::new(Regex::new(&source).map_err(|error| format!("the pattern {source}: {error}"))?))
        }
        ("minItems", Shape::List(_)) => Rule::MinimumItems(count(value, keyword)?),
        ("maxItems", Shape::List(_)) => Rule::MaximumItems(count(value, keyword)?),
        ("uniqueItems", Shape::List(_)) if matches!(value, Json::Boolean(true)) => Rule::UniqueItems,
        ("maxProperties", Shape::Record { .. }) => Rule::MaximumEntries(count(value, keyword)?),
        _ => return Ok(None),
    };
    Ok(Some(rule))
}

/// Whether this keyword was looked at for the shape.
fn belongs_to_shape(keyword: &str, shape: &Shape) -> bool {
    let keywords: &[&str] = match shape {
        Shape::Text | Shape::Number | Shape::Boolean => &["type"],
        Shape::Nothing => &["not"],
        Shape::OneOfTexts(_) => &["enum", "type"],
        Shape::List(_) => &["type", "items"],
        Shape::Object { .. } => &["type", "properties", "required", "additionalProperties"],
        Shape::Record { .. } => &["type", "propertyNames", "additionalProperties"],
        Shape::AnyOf(_) => &["anyOf"],
        Shape::Tagged { .. } => &["oneOf", "x-discriminator"],
    };
    keywords.contains(&keyword)
}

/// For people and editors, or looked at elsewhere.
fn says_nothing_of_values(keyword: &str) -> bool {
    ["$schema", "title", "description", "default", "x-messages"].contains(&keyword)
}

fn becomes_of(value: &Json) -> Result<Becomes, String> {
    match text(Some(value), "x-becomes")?.as_str() {
        "number" => Ok(Becomes::Number),
        "text" => Ok(Becomes::Text),
        "bus-name" => Ok(Becomes::BusName),
        "spi-bus-name" => Ok(Becomes::SpiBusName),
        "gpio-chip-name" => Ok(Becomes::GpioChipName),
        "uart-port-name" => Ok(Becomes::UartPortName),
        other => Err(format!("\"x-becomes\": {other:?}")),
    }
}

fn message(json: &Json, keyword: &str) -> Result<String, String> {
    let messages = json.get("x-messages");
    text(messages.and_then(|messages| messages.get(keyword)), &format!("x-messages.{keyword}"))
}

fn schemas(options: &Json) -> Result<Vec<Schema>, String> {
    list(options, "anyOf")?.iter().map(Schema::of).collect()
}

fn tagged(options: &Json) -> Result<Vec<Schema>, String> {
    let options = schemas(options)?;
    let are_objects = options.iter().all(|option| matches!(option.shape, Shape::Object { .. } | Shape::Tagged { .. }));
    if are_objects { Ok(options) } else { Err("\"oneOf\" of something else than objects".to_owned()) }
}

fn text(value: Option<&Json>, what: &str) -> Result<String, String> {
    match value {
        Some(Json::Text(text)) => Ok(text.clone()),
        _ => Err(format!("{what:?} that is no text")),
    }
}

fn list<'a>(value: &'a Json, what: &str) -> Result<&'a [Json], String> {
    match value {
        Json::List(items) => Ok(items),
        _ => Err(format!("{what:?} that is no list")),
    }
}

fn number(value: &Json, what: &str) -> Result<f64, String> {
    match value {
        Json::Number(number) => Ok(*number),
        _ => Err(format!("{what:?} that is no number")),
    }
}

fn count(value: &Json, what: &str) -> Result<usize, String> {
    let number = number(value, what)?;
    // The cast is exact: of this size, every whole double is a usize.
    let is_count = number >= 0.0 && number <= f64::from(u32::MAX) && number.fract() == 0.0;
    if is_count { Ok(number as usize) } else { Err(format!("{what:?} that is no count")) }
}

#[cfg(test)]
mod tests {
    use super::Schema;

    #[test]
    fn board_schema_with_an_unknown_keyword_is_refused() {
        let messages = r#""x-messages": {"type": "a", "integer": "a", "anyOf": "a", "not": "a", "minLength": "a"}"#;
        for (schema, message) in [
            (r#"{"type": "string", "format": "uri""#, "the keyword \"format\" beside \"type\""),
            (r#"{"type": "number", "minLength": 1"#, "the keyword \"minLength\" beside \"type\""),
            (r#"{"type": "string", "minLength": -1"#, "\"minLength\" that is no count"),
            (r#"{"type": "string", "minLength": 1.5"#, "\"minLength\" that is no count"),
            (r#"{"type": "string", "maxLength": 1"#, "\"x-messages.maxLength\" that is no text"),
            (r#"{"type": "string", "pattern": "("#, "the pattern (: Unbalanced parenthesis"),
            (r#"{"type": "null""#, "the type \"null\""),
            (r#"{"type": ["string"]"#, "\"type\" that is no text"),
            (r#"{"type": "array", "uniqueItems": true"#, "an array without \"items\""),
            (r#"{"type": "object""#, "an object of which neither keys nor values are described"),
            (r#"{"anyOf": [], "type": "string""#, "the keyword \"type\" beside \"anyOf\""),
            (r#"{"not": {"type": "string"}"#, "\"not\" of something"),
            (r#"{"type": "string", "x-becomes": "date""#, "\"x-becomes\": \"date\""),
        ] {
            let quote = if schema.ends_with('(') { "\"" } else { "" };
            let text = format!("{schema}{quote}, {messages}}}");
            assert_eq!(Schema::parse(&text).err().as_deref(), Some(message), "{text}");
        }
    }
}
