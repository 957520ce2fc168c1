use super::whole_number::whole_number;
use crate::board::UsbAllowance;
use crate::bus::DirectedUse;
use crate::bus::gpio::GpioUse;
use crate::bus::uart::UartUse;
use crate::error::HostError;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Map, Value, json};

/// What a device needed of its entry while that was not enforced: [`super::least_entry`] makes the entry out of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceUse {
    /// The most transactions, or submitted USB transfers, in any second; 0 where there were none.
    pub transactions_per_second: u64,
    /// None where no I2C transaction was made.
    pub i2c: Option<DirectedUse>,
    /// None where no USB call was made.
    pub usb: Option<UsbUse>,
    /// None where no SPI transaction was made. Where there were only delays, no byte was needed.
    pub spi: Option<DirectedUse>,
    /// None where no GPIO pin was handed out.
    pub gpio: Option<GpioUse>,
    /// None where nothing was done with a serial port.
    pub uart: Option<UartUse>,
}

/// What was done with a USB device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsbUse {
    /// Granted, and used. In ascending order.
    pub interfaces: Vec<u8>,
    /// Granted, and not used.
    pub unused: Vec<u8>,
    /// What of `allow` it needed, in the order of the names.
    pub allow: Vec<UsbAllowance>,
    /// In bytes, of one transfer.
    pub maximum_length: u64,
    /// The most at a time.
    pub maximum_transfers: u64,
}

impl DeviceUse {
    /// As a record of a run has it.
    pub fn to_json(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("transactionsPerSecond".into(), json!(self.transactions_per_second));
        if let Some(i2c) = self.i2c {
            fields.insert("i2c".into(), i2c.to_json());
        }
        if let Some(usb) = &self.usb {
            let made = json!({
                "interfaces": usb.interfaces,
                "unused": usb.unused,
                "allow": allowance_names(&usb.allow),
                "maximumLength": usb.maximum_length,
                "maximumTransfers": usb.maximum_transfers,
            });
            fields.insert("usb".into(), made);
        }
        if let Some(spi) = self.spi {
            fields.insert("spi".into(), spi.to_json());
        }
        if let Some(gpio) = &self.gpio {
            fields.insert("gpio".into(), gpio.to_json());
        }
        if let Some(uart) = &self.uart {
            fields.insert("uart".into(), uart.to_json());
        }
        Value::Object(fields)
    }

    /// None where it is malformed: a key too many, one too few, or a value that cannot be.
    pub fn from_json(json: &Value) -> Option<Self> {
        let fields = fields(json, &["transactionsPerSecond"], &["i2c", "usb", "spi", "gpio", "uart"])?;
        Some(Self {
            transactions_per_second: whole_number(&fields["transactionsPerSecond"])?,
            i2c: optional(fields, "i2c", DirectedUse::from_json)?,
            usb: optional(fields, "usb", UsbUse::from_json)?,
            spi: optional(fields, "spi", DirectedUse::from_json)?,
            gpio: optional(fields, "gpio", GpioUse::from_json)?,
            uart: optional(fields, "uart", UartUse::from_json)?,
        })
    }
}

impl UsbUse {
    fn from_json(json: &Value) -> Option<Self> {
        let keys = ["interfaces", "unused", "allow", "maximumLength", "maximumTransfers"];
        let fields = fields(json, &keys, &[])?;
        Some(Self {
            interfaces: interface_numbers(&fields["interfaces"])?,
            unused: interface_numbers(&fields["unused"])?,
            allow: fields["allow"]
                .as_array()?
                .iter()
                .map(|name| UsbAllowance::named(name.as_str()?))
                .collect::<Option<_>>()?,
            maximum_length: whole_number(&fields["maximumLength"])?,
            maximum_transfers: whole_number(&fields["maximumTransfers"])?,
        })
    }
}

/// What two runs needed together.
pub fn merge_use(one: &DeviceUse, other: &DeviceUse) -> DeviceUse {
    DeviceUse {
        transactions_per_second: one.transactions_per_second.max(other.transactions_per_second),
        i2c: both(&one.i2c, &other.i2c, DirectedUse::merge),
        usb: both(&one.usb, &other.usb, |left, right| {
            let mut interfaces = union(&left.interfaces, &right.interfaces);
            interfaces.sort_unstable();
            let mut unused = union(&left.unused, &right.unused);
            unused.retain(|number| !interfaces.contains(number));
            let mut allow = union(&left.allow, &right.allow);
            sort_allowances(&mut allow);
            UsbUse {
                interfaces,
                unused,
                allow,
                maximum_length: left.maximum_length.max(right.maximum_length),
                maximum_transfers: left.maximum_transfers.max(right.maximum_transfers),
            }
        }),
        spi: both(&one.spi, &other.spi, DirectedUse::merge),
        gpio: both(&one.gpio, &other.gpio, GpioUse::merge),
        uart: both(&one.uart, &other.uart, UartUse::merge),
    }
}

/// Reads what runs recorded of the devices of a board, by the devices' names:
/// `{ "busbar": "uses", "devices": { "indoor": DeviceUse } }`.
///
/// `json` is what the reader of board files gave, which refuses what is there twice; `source` is how messages name it.
///
/// # Errors
///
/// [`HostError`] with code "board" where it is no such record.
pub fn parse_uses(json: &Value, source: &str) -> Result<Vec<(String, DeviceUse)>, HostError> {
    read_record(json).ok_or_else(|| {
        HostError::board(format!("{source} is no record of a run; make one with \"busbar run --complain --record\"."))
    })
}

/// As board files and records spell them.
pub(super) fn allowance_names(allow: &[UsbAllowance]) -> Vec<&'static str> {
    allow.iter().map(|each| each.name()).collect()
}

pub(super) fn sort_allowances(allow: &mut [UsbAllowance]) {
    allow.sort_by_key(|each| each.name());
}

fn read_record(json: &Value) -> Option<Vec<(String, DeviceUse)>> {
    let fields = fields(json, &["busbar", "devices"], &[])?;
    if fields["busbar"] != "uses" {
        return None;
    }
    let devices = fields["devices"].as_object()?.iter();
    devices.map(|(name, made)| Some((name.clone(), DeviceUse::from_json(made)?))).collect()
}

/// An object that has all of the first keys, and no others than these and the second.
pub(crate) fn fields<'a>(json: &'a Value, needed: &[&str], possible: &[&str]) -> Option<&'a Map<String, Value>> {
    let fields = json.as_object()?;
    let has_all = needed.iter().all(|key| fields.contains_key(*key));
    let is_known = |key: &String| needed.contains(&key.as_str()) || possible.contains(&key.as_str());
    (has_all && fields.keys().all(is_known)).then_some(fields)
}

/// Nothing where there is no such key; none where it is malformed.
fn optional<Part>(
    fields: &Map<String, Value>,
    key: &str,
    read: impl FnOnce(&Value) -> Option<Part>,
) -> Option<Option<Part>> {
    fields.get(key).map_or(Some(None), |json| read(json).map(Some))
}

fn interface_numbers(json: &Value) -> Option<Vec<u8>> {
    const MOST_INTERFACES: usize = 256;
    let numbers = json.as_array()?;
    if numbers.len() > MOST_INTERFACES {
        return None;
    }
    numbers.iter().map(|number| u8::try_from(whole_number(number)?).ok()).collect()
}

fn both<Part: Clone>(
    one: &Option<Part>,
    other: &Option<Part>,
    merge: impl FnOnce(&Part, &Part) -> Part,
) -> Option<Part> {
    match (one, other) {
        (Some(one), Some(other)) => Some(merge(one, other)),
        _ => one.clone().or_else(|| other.clone()),
    }
}

/// In the order of the first, then of the second.
fn union<Item: Copy + PartialEq>(one: &[Item], other: &[Item]) -> Vec<Item> {
    let mut all: Vec<Item> = Vec::new();
    for each in one.iter().chain(other) {
        if !all.contains(each) {
            all.push(*each);
        }
    }
    all
}
