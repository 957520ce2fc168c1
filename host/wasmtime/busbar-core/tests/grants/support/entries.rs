//! Entries of a board with the defaults filled in. The tables have only what a board file may have, so that nothing is
//! checked here.

use super::tables::{count, flag, list, optional_text, text};
use super::usb_calls::hex_number;
use busbar_core::board::{DeviceEntry, FolderGrant, Limits, UsbAllowance, UsbGrant};
use busbar_core::bus::BusName;
use busbar_core::bus::Direction;
use busbar_core::bus::gpio::{
    ActiveLevel, Drive, GpioDirection, GpioGrant, GpioLineGrant, GpioLineName, Pull, gpio_chip_name,
};
use busbar_core::bus::i2c::{I2cGrant, LONGEST_I2C_LENGTH, i2c_bus_name};
use busbar_core::bus::spi::{BitOrder, LONGEST_SPI_LENGTH, SpiGrant, spi_bus_name};
use busbar_core::bus::uart::{FlowControl, LONGEST_UART_LENGTH, Parity, UartCall, UartGrant, uart_port_name};
use serde_json::Value;

/// One entry of `devices`.
pub fn device_entry(written: &Value) -> DeviceEntry {
    let limits = &written["limits"];
    DeviceEntry {
        driver: optional_text(&written["driver"]),
        i2c: part(written, "i2c").map(i2c_grant),
        usb: part(written, "usb").map(usb_grant),
        spi: part(written, "spi").map(spi_grant),
        gpio: part(written, "gpio").map(gpio_grant),
        uart: part(written, "uart").map(uart_grant),
        other_buses: Vec::new(),
        settings: Vec::new(),
        limits: Limits {
            call_ms: number(limits, "callMs", 10_000),
            transactions_per_second: part(limits, "transactionsPerSecond").map(small),
            memory_mib: number(limits, "memoryMiB", 64),
        },
        enforce: part(written, "enforce").is_none_or(flag),
    }
}

/// The `usb` of an entry.
pub fn usb_grant(written: &Value) -> UsbGrant {
    UsbGrant {
        vendor_id: part(written, "vendorId").map(hex_number),
        product_id: part(written, "productId").map(hex_number),
        class: part(written, "class").map(hex_number),
        serial_number: optional_text(&written["serialNumber"]),
        port: optional_text(&written["port"]),
        interfaces: part(written, "interfaces").map(|numbers| list(numbers).iter().map(hex_number).collect()),
        allow: part(written, "allow").map_or(Vec::new(), |allow| list(allow).iter().map(allowance).collect()),
        maximum_length: number(written, "maximumLength", 1024 * 1024),
        maximum_transfers: number(written, "maximumTransfers", 64),
    }
}

/// The `folder` of an app's entry.
pub fn folder_grant(written: &Value) -> FolderGrant {
    FolderGrant {
        path: text(&written["path"]).to_owned(),
        write: part(written, "write").is_some_and(flag),
        overwrite: part(written, "overwrite").is_some_and(flag),
        maximum_mib: part(written, "maximumMiB").map(small),
    }
}

fn i2c_grant(written: &Value) -> I2cGrant {
    let addresses = match &written["address"] {
        Value::Array(addresses) => addresses.iter().map(hex_number).collect(),
        address => vec![hex_number(address)],
    };
    I2cGrant {
        bus: bus_name(&written["bus"]),
        addresses,
        direction: direction(written),
        maximum_length: number(written, "maximumLength", LONGEST_I2C_LENGTH),
    }
}

fn spi_grant(written: &Value) -> SpiGrant {
    SpiGrant {
        bus: match &written["bus"] {
            Value::String(name) => spi_bus_name(name),
            number => BusName::Number(small(number)),
        },
        chip_select: hex_number(&written["chipSelect"]),
        mode: part(written, "mode").map_or(0, hex_number),
        maximum_hz: number(written, "maximumHz", 1_000_000),
        bit_order: part(written, "bitOrder").map_or(BitOrder::MsbFirst, |name| {
            BitOrder::named(text(name)).unwrap_or_else(|| panic!("no bit order: {name}"))
        }),
        direction: direction(written),
        maximum_length: number(written, "maximumLength", LONGEST_SPI_LENGTH),
    }
}

fn uart_grant(written: &Value) -> UartGrant {
    UartGrant {
        port: uart_port_name(text(&written["port"])).to_owned(),
        baud_rate: number(written, "baudRate", 9600),
        data_bits: part(written, "dataBits").map_or(8, hex_number),
        parity: part(written, "parity").map_or(Parity::None, |name| Parity::named(text(name)).expect("a parity")),
        stop_bits: part(written, "stopBits").map_or(1, hex_number),
        flow_control: part(written, "flowControl")
            .map_or(FlowControl::None, |name| FlowControl::named(text(name)).expect("a flow control")),
        baud_rates: part(written, "baudRates").map_or(Vec::new(), |rates| list(rates).iter().map(small).collect()),
        direction: direction(written),
        maximum_length: number(written, "maximumLength", LONGEST_UART_LENGTH),
    }
}

/// A call on a port, as the tables have it.
pub fn uart_call(written: &Value) -> UartCall {
    match text(&written["kind"]) {
        "read" => UartCall::Read(number(written, "length", 0)),
        "write" => UartCall::Write(number(written, "length", 0)),
        "drain" => UartCall::Drain,
        "discard" => UartCall::Discard,
        "set-baud-rate" => UartCall::SetBaudRate(number(written, "baudRate", 0)),
        other => panic!("no call: {other}"),
    }
}

fn gpio_grant(written: &Value) -> GpioGrant {
    let lines = written["lines"].as_object().expect("lines by their names").iter();
    GpioGrant { lines: lines.map(|(name, line)| (name.clone(), gpio_line(line))).collect() }
}

fn gpio_line(written: &Value) -> GpioLineGrant {
    GpioLineGrant {
        chip: match &written["chip"] {
            Value::String(name) => gpio_chip_name(name),
            number => BusName::Number(small(number)),
        },
        line: match &written["line"] {
            Value::String(name) => GpioLineName::Name(name.clone()),
            offset => GpioLineName::Offset(hex_number(offset)),
        },
        direction: gpio_direction(&written["direction"]),
        pull: part(written, "pull").map(|name| Pull::named(text(name)).expect("a resistor")),
        active_level: part(written, "activeLevel")
            .map_or(ActiveLevel::High, |name| ActiveLevel::named(text(name)).expect("a level")),
        drive: part(written, "drive").map(|name| Drive::named(text(name)).expect("a drive")),
        debounce_ms: part(written, "debounceMs").map(small),
    }
}

/// "in", "out" or "in-out".
pub fn gpio_direction(written: &Value) -> GpioDirection {
    GpioDirection::named(text(written)).unwrap_or_else(|| panic!("no direction: {written}"))
}

fn direction(written: &Value) -> Direction {
    let named = |name: &Value| Direction::named(text(name)).unwrap_or_else(|| panic!("no direction: {name}"));
    part(written, "direction").map_or(Direction::ReadWrite, named)
}

/// A number or a text.
pub fn bus_name(written: &Value) -> BusName {
    match written {
        Value::String(name) => i2c_bus_name(name),
        number => BusName::Number(small(number)),
    }
}

fn allowance(written: &Value) -> UsbAllowance {
    match text(written) {
        "set-configuration" => UsbAllowance::SetConfiguration,
        "reset" => UsbAllowance::Reset,
        "device-requests" => UsbAllowance::DeviceRequests,
        "security-keys" => UsbAllowance::SecurityKeys,
        other => panic!("nothing that can be allowed: {other}"),
    }
}

fn number(written: &Value, key: &str, default: u32) -> u32 {
    part(written, key).map_or(default, small)
}

fn small(value: &Value) -> u32 {
    u32::try_from(count(value)).expect("a small number")
}

fn part<'a>(written: &'a Value, key: &str) -> Option<&'a Value> {
    written.get(key)
}
