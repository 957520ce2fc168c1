//! Makes the entries of a board of JSON that fits the schema. Where it does not find what the schema promises, the schema
//! has changed and this file has not: an error, never a default.

use super::entry::{
    AppEntry, Board, DeviceEntry, FolderGrant, Limits, SimulateEntry, SimulatedAt, UsbAllowance, UsbGrant,
};
use super::json::Json;
use crate::bus::BusName;
use crate::bus::gpio::GpioGrant;
use crate::bus::i2c::I2cGrant;
use crate::bus::spi::SpiGrant;
use crate::bus::uart::UartGrant;
use serde_json::{Number, Value};

/// The place at which the JSON is not what the schema promises.
pub(crate) type Disagreement = String;

pub(crate) type Made<Thing> = Result<Thing, Disagreement>;

impl Board {
    /// Of the whole file.
    pub(super) fn of(json: &Json) -> Made<Self> {
        Ok(Self {
            devices: named(json, "devices", DeviceEntry::of)?,
            bridges: named(json, "bridges", DeviceEntry::of)?,
            simulate: listed(json, "simulate", SimulateEntry::of)?,
            apps: named(json, "apps", AppEntry::of)?,
        })
    }
}

impl DeviceEntry {
    fn of(json: &Json) -> Made<Self> {
        Ok(Self {
            driver: optional(json, "driver", text)?,
            i2c: optional(json, "i2c", I2cGrant::of)?,
            usb: optional(json, "usb", UsbGrant::of)?,
            spi: optional(json, "spi", SpiGrant::of)?,
            gpio: optional(json, "gpio", GpioGrant::of)?,
            uart: optional(json, "uart", UartGrant::of)?,
            other_buses: other_buses(json)?,
            settings: named(json, "settings", text)?,
            limits: required(json, "limits", Limits::of)?,
            enforce: optional(json, "enforce", boolean)?.unwrap_or(true),
        })
    }
}

/// What the schema lets through is a bus where it is nothing else.
fn other_buses(json: &Json) -> Made<Vec<String>> {
    const KNOWN: [&str; 9] = ["driver", "i2c", "usb", "spi", "gpio", "uart", "settings", "limits", "enforce"];
    let keys = entries(json)?.iter().map(|(key, _)| key);
    Ok(keys.filter(|key| !KNOWN.contains(&key.as_str())).cloned().collect())
}

impl UsbGrant {
    fn of(json: &Json) -> Made<Self> {
        Ok(Self {
            vendor_id: optional(json, "vendorId", whole)?,
            product_id: optional(json, "productId", whole)?,
            class: optional(json, "class", whole)?,
            serial_number: optional(json, "serialNumber", text)?,
            port: optional(json, "port", text)?,
            interfaces: optional(json, "interfaces", |list| items(list, whole))?,
            allow: listed(json, "allow", allowance)?,
            maximum_length: required(json, "maximumLength", whole)?,
            maximum_transfers: required(json, "maximumTransfers", whole)?,
        })
    }
}

impl Limits {
    fn of(json: &Json) -> Made<Self> {
        Ok(Self {
            call_ms: required(json, "callMs", whole)?,
            transactions_per_second: optional(json, "transactionsPerSecond", whole)?,
            memory_mib: required(json, "memoryMiB", whole)?,
        })
    }
}

impl AppEntry {
    fn of(json: &Json) -> Made<Self> {
        Ok(Self {
            component: required(json, "component", text)?,
            uses: listed(json, "uses", text)?,
            arguments: listed(json, "arguments", text)?,
            folder: optional(json, "folder", FolderGrant::of)?,
            memory_mib: required(json, "limits", |limits| required(limits, "memoryMiB", whole))?,
        })
    }
}

impl FolderGrant {
    fn of(json: &Json) -> Made<Self> {
        Ok(Self {
            path: required(json, "path", text)?,
            write: required(json, "write", boolean)?,
            overwrite: required(json, "overwrite", boolean)?,
            maximum_mib: optional(json, "maximumMiB", whole)?,
        })
    }
}

impl SimulateEntry {
    fn of(json: &Json) -> Made<Self> {
        // The schema has a bus's own key before all others.
        let bus = entries(json)?.first().map(|(key, _)| key.as_str()).unwrap_or_default();
        let (at, own): (_, &[&str]) = match bus {
            "i2c" => {
                let at = SimulatedAt::I2c {
                    bus: required(json, bus, bus_name)?,
                    address: required(json, "address", whole)?,
                };
                (at, &["i2c", "address", "model"])
            }
            "spi" => {
                let at = SimulatedAt::Spi {
                    bus: required(json, bus, bus_name)?,
                    chip_select: required(json, "chipSelect", whole)?,
                };
                (at, &["spi", "chipSelect", "model"])
            }
            "gpio" => {
                let at =
                    SimulatedAt::Gpio { chip: required(json, bus, bus_name)?, lines: named(json, "lines", whole)? };
                (at, &["gpio", "lines", "model"])
            }
            "uart" => (SimulatedAt::Uart { port: required(json, bus, text)? }, &["uart", "model"]),
            "usb" => (SimulatedAt::Usb { port: required(json, bus, text)? }, &["usb", "model"]),
            _ => (SimulatedAt::OtherBus(bus.to_owned()), &["model"]),
        };
        let parameters = entries(json)?.iter().filter(|(key, _)| !own.contains(&key.as_str()));
        let parameters: Option<_> = parameters.map(|(key, value)| Some((key.clone(), value.to_value()?))).collect();
        Ok(Self {
            at,
            model: required(json, "model", text)?,
            parameters: parameters.ok_or("a number that is too large")?,
        })
    }
}

pub(crate) fn required<Thing>(json: &Json, key: &str, of: impl Fn(&Json) -> Made<Thing>) -> Made<Thing> {
    optional(json, key, of)?.ok_or_else(|| format!("{key} is missing"))
}

pub(crate) fn optional<Thing>(json: &Json, key: &str, of: impl Fn(&Json) -> Made<Thing>) -> Made<Option<Thing>> {
    json.get(key).map(of).transpose().map_err(|error| format!("{key}: {error}"))
}

fn listed<Thing>(json: &Json, key: &str, of: impl Fn(&Json) -> Made<Thing>) -> Made<Vec<Thing>> {
    required(json, key, |list| items(list, &of))
}

pub(crate) fn named<Thing>(json: &Json, key: &str, of: impl Fn(&Json) -> Made<Thing>) -> Made<Vec<(String, Thing)>> {
    required(json, key, |object| entries(object)?.iter().map(|(name, value)| Ok((name.clone(), of(value)?))).collect())
}

pub(crate) fn items<Thing>(json: &Json, of: impl Fn(&Json) -> Made<Thing>) -> Made<Vec<Thing>> {
    match json {
        Json::List(items) => items.iter().map(of).collect(),
        _ => Err("no list".to_owned()),
    }
}

fn entries(json: &Json) -> Made<&[(String, Json)]> {
    match json {
        Json::Object(entries) => Ok(entries),
        _ => Err("no object".to_owned()),
    }
}

pub(crate) fn text(json: &Json) -> Made<String> {
    match json {
        Json::Text(text) => Ok(text.clone()),
        _ => Err("no text".to_owned()),
    }
}

fn boolean(json: &Json) -> Made<bool> {
    match json {
        Json::Boolean(value) => Ok(*value),
        _ => Err("neither true nor false".to_owned()),
    }
}

fn allowance(json: &Json) -> Made<UsbAllowance> {
    let name = text(json)?;
    UsbAllowance::named(&name).ok_or_else(|| format!("the allowance {name}"))
}

/// A text that is the name of something.
pub(crate) fn one_of<Thing>(named: fn(&str) -> Option<Thing>) -> impl Fn(&Json) -> Made<Thing> {
    move |json| {
        let name = text(json)?;
        named(&name).ok_or_else(|| format!("the name {name}"))
    }
}

/// A whole number that this type has.
pub(crate) fn whole<Number: TryFrom<u32>>(json: &Json) -> Made<Number> {
    let number = match json {
        // The cast is exact: the number is whole, and a u32 has it.
        Json::Number(number) if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number) => *number as u32,
        _ => return Err("no whole number".to_owned()),
    };
    Number::try_from(number).map_err(|_| format!("the number {number}"))
}

pub(crate) fn bus_name(json: &Json) -> Made<BusName> {
    match json {
        Json::Text(name) => Ok(BusName::Text(name.clone())),
        _ => whole(json).map(BusName::Number),
    }
}

impl Json {
    /// As others have JSON; none for a number without end.
    pub(super) fn to_value(&self) -> Option<Value> {
        Some(match self {
            Self::Null => Value::Null,
            Self::Boolean(value) => Value::Bool(*value),
            Self::Number(number) => Value::Number(any_number(*number)?),
            Self::Text(text) => Value::String(text.clone()),
            Self::List(items) => Value::Array(items.iter().map(Self::to_value).collect::<Option<_>>()?),
            Self::Object(entries) => {
                let entries = entries.iter().map(|(key, value)| Some((key.clone(), value.to_value()?)));
                Value::Object(entries.collect::<Option<_>>()?)
            }
        })
    }
}

/// 2 to the power of 53: up to here, every whole number is a double.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

fn any_number(number: f64) -> Option<Number> {
    let is_whole = number.fract() == 0.0 && number.abs() <= MOST_EXACT;
    // The cast is exact by that.
    if is_whole { Some(Number::from(number as i64)) } else { Number::from_f64(number) }
}

#[cfg(test)]
mod tests {
    use super::{DeviceEntry, Json};
    use crate::board::json_parser::parse;

    #[test]
    fn a_bus_that_only_the_schema_has_is_kept_by_its_name() {
        let text = r#"{"settings": {}, "limits": {"callMs": 1, "memoryMiB": 1}, "wire": {}, "enforce": true}"#;
        let json: Json = parse(text).expect("it is JSON").json.with_texts();
        let entry = DeviceEntry::of(&json).expect("it is an entry");
        assert_eq!(entry.other_buses, ["wire"]);
    }
}
