//! A checked board as host/verdicts/README.md says, so that two hosts' boards can be compared.

use busbar_core::board::{
    AppEntry, Board, DeviceEntry, FolderGrant, SimulateEntry, SimulatedAt, UsbAllowance, UsbGrant,
};
use busbar_core::bus::BusName;
use busbar_core::bus::gpio::{Drive, GpioGrant, GpioLineGrant, GpioLineName, Pull};
use busbar_core::bus::i2c::I2cGrant;
use busbar_core::bus::spi::SpiGrant;
use busbar_core::bus::uart::UartGrant;
use serde_json::{Map, Value, json};

/// The normal form of a board.
pub fn normal_form(board: &Board) -> Value {
    json!({
        "bridges": named(&board.bridges, device),
        "devices": named(&board.devices, device),
        "simulate": board.simulate.iter().map(simulated).collect::<Vec<_>>(),
        "apps": named(&board.apps, app),
    })
}

fn device(
    DeviceEntry { driver, i2c, usb, spi, gpio, uart, other_buses: _, settings, limits, enforce }: &DeviceEntry,
) -> Value {
    without_nulls(json!({
        "driver": driver,
        "i2c": i2c.as_ref().map(i2c_grant),
        "usb": usb.as_ref().map(usb_grant),
        "spi": spi.as_ref().map(spi_grant),
        "gpio": gpio.as_ref().map(gpio_grant),
        "uart": uart.as_ref().map(uart_grant),
        "settings": named(settings, |value| json!(value)),
        "limits": without_nulls(json!({
            "callMs": limits.call_ms,
            "transactionsPerSecond": limits.transactions_per_second,
            "memoryMiB": limits.memory_mib,
        })),
        "enforce": enforce,
    }))
}

fn i2c_grant(I2cGrant { bus, addresses, direction, maximum_length }: &I2cGrant) -> Value {
    let address = match addresses.as_slice() {
        [only] => json!(only),
        several => json!(several),
    };
    json!({ "bus": bus_name(bus), "address": address, "direction": direction.name(), "maximumLength": maximum_length })
}

fn spi_grant(grant: &SpiGrant) -> Value {
    json!({
        "bus": bus_name(&grant.bus),
        "chipSelect": grant.chip_select,
        "mode": grant.mode,
        "maximumHz": grant.maximum_hz,
        "bitOrder": grant.bit_order.name(),
        "direction": grant.direction.name(),
        "maximumLength": grant.maximum_length,
    })
}

fn gpio_grant(GpioGrant { lines }: &GpioGrant) -> Value {
    let line = |line: &GpioLineGrant| {
        without_nulls(json!({
            "chip": bus_name(&line.chip),
            "line": match &line.line {
                GpioLineName::Offset(offset) => json!(offset),
                GpioLineName::Name(name) => json!(name),
            },
            "direction": line.direction.name(),
            "pull": line.pull.map(Pull::name),
            "activeLevel": line.active_level.name(),
            "drive": line.drive.map(Drive::name),
            "debounceMs": line.debounce_ms,
        }))
    };
    json!({ "lines": named(lines, line) })
}

fn uart_grant(grant: &UartGrant) -> Value {
    json!({
        "port": grant.port,
        "baudRate": grant.baud_rate,
        "dataBits": grant.data_bits,
        "parity": grant.parity.name(),
        "stopBits": grant.stop_bits,
        "flowControl": grant.flow_control.name(),
        "baudRates": grant.baud_rates,
        "direction": grant.direction.name(),
        "maximumLength": grant.maximum_length,
    })
}

fn usb_grant(grant: &UsbGrant) -> Value {
    let allow = grant.allow.iter().map(|allowance| match allowance {
        UsbAllowance::SetConfiguration => "set-configuration",
        UsbAllowance::Reset => "reset",
        UsbAllowance::DeviceRequests => "device-requests",
        UsbAllowance::SecurityKeys => "security-keys",
    });
    without_nulls(json!({
        "vendorId": grant.vendor_id,
        "productId": grant.product_id,
        "class": grant.class,
        "serialNumber": grant.serial_number,
        "port": grant.port,
        "interfaces": grant.interfaces,
        "allow": allow.collect::<Vec<_>>(),
        "maximumLength": grant.maximum_length,
        "maximumTransfers": grant.maximum_transfers,
    }))
}

fn app(AppEntry { component, uses, arguments, folder, memory_mib }: &AppEntry) -> Value {
    let folder = folder.as_ref().map(|FolderGrant { path, write, overwrite, maximum_mib }| {
        without_nulls(json!({ "path": path, "write": write, "overwrite": overwrite, "maximumMiB": maximum_mib }))
    });
    without_nulls(json!({
        "component": component,
        "uses": uses,
        "arguments": arguments,
        "folder": folder,
        "limits": { "memoryMiB": memory_mib },
    }))
}

fn simulated(SimulateEntry { at, model, parameters }: &SimulateEntry) -> Value {
    let place = match at {
        SimulatedAt::I2c { bus, address } => json!({ "i2c": bus_name(bus), "address": address, "model": model }),
        SimulatedAt::Spi { bus, chip_select } => {
            json!({ "spi": bus_name(bus), "chipSelect": chip_select, "model": model })
        }
        SimulatedAt::Gpio { chip, lines } => {
            json!({ "gpio": bus_name(chip), "lines": named(lines, |offset| json!(offset)), "model": model })
        }
        SimulatedAt::Uart { port } => json!({ "uart": port, "model": model }),
        SimulatedAt::OtherBus(_) => json!({ "model": model }),
        SimulatedAt::Usb { port } => json!({ "usb": port, "model": model }),
    };
    match place {
        Value::Object(mut entries) => {
            entries.extend(parameters.clone());
            Value::Object(entries)
        }
        other => other,
    }
}

fn bus_name(bus: &BusName) -> Value {
    match bus {
        BusName::Number(number) => json!(number),
        BusName::Text(name) => json!(name),
    }
}

fn named<Entry>(entries: &[(String, Entry)], form: impl Fn(&Entry) -> Value) -> Map<String, Value> {
    entries.iter().map(|(name, entry)| (name.clone(), form(entry))).collect()
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(entries) => entries.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        other => other,
    }
}
