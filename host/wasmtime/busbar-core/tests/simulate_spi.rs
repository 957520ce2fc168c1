//! host/verdicts/spi-simulated.json, which the simulator of the host for Node (tools/sim) answers in the same way.

#[path = "support/spi_values.rs"]
#[allow(dead_code)]
mod spi_values;

use busbar_core::board::{SimulateEntry, SimulatedAt};
use busbar_core::bus::spi::{BitOrder, LONGEST_SPI_LENGTH, SpiBackend, SpiGrant, spi_bus_name};
use busbar_core::bus::{BusName, Direction};
use busbar_core::error::HostErrorCode;
use busbar_core::models::NoModels;
use busbar_core::simulate::simulate;
use serde_json::{Value, json};
use spi_values::{error_json, hex, operations};

const VERDICTS: &str = include_str!("../../../verdicts/spi-simulated.json");

fn cases(key: &str) -> Vec<Value> {
    let verdicts: Value = serde_json::from_str(VERDICTS).expect("it is JSON");
    let cases = verdicts[key].as_array().expect("there is a list").clone();
    assert!(!cases.is_empty());
    cases
}

/// Where a device of these tests is.
fn wiring(changed: &Value) -> SpiGrant {
    SpiGrant {
        bus: BusName::Text("sim".to_owned()),
        chip_select: 3,
        mode: 0,
        maximum_hz: 1_000_000,
        bit_order: changed["bitOrder"].as_str().and_then(BitOrder::named).unwrap_or(BitOrder::MsbFirst),
        direction: Direction::ReadWrite,
        maximum_length: LONGEST_SPI_LENGTH,
    }
}

#[test]
fn transactions() {
    for case in cases("devices") {
        let name = case["name"].as_str().expect("a text");
        let mut written = case["device"].clone();
        written["spi"] = json!("sim");
        written["chipSelect"] = json!(3);
        let simulator = simulate(&[entry(&written)], &mut NoModels).expect(name);
        let mut device = SpiBackend::open(&simulator, "x", &wiring(&case["wiring"])).expect(name).expect(name);
        for transaction in case["transactions"].as_array().expect("a list") {
            let mut answer = json!({ "operations": transaction["operations"] });
            match device.transaction(&operations(&transaction["operations"])) {
                Ok(received) => answer["receives"] = received.iter().map(|bytes| hex(bytes)).collect(),
                Err(error) => answer["fails"] = error_json(&error),
            }
            assert_eq!(answer, *transaction, "{name}");
        }
    }
}

#[test]
fn refused_entries() {
    for case in cases("refused") {
        let entries: Vec<SimulateEntry> = case["simulate"].as_array().expect("a list").iter().map(entry).collect();
        // What is not here is asked of the models of packages, which say so in their own words.
        if entries.iter().any(|entry| !["registers", "spi-loopback"].contains(&entry.model.as_str())) {
            continue;
        }
        let error = simulate(&entries, &mut NoModels).err().expect("it must be refused");
        assert_eq!(error.code, HostErrorCode::Board);
        assert_eq!(json!(error.message), case["message"], "{}", case["name"]);
    }
}

#[test]
fn a_line_with_nothing_on_it_is_refused_and_another_bus_is_left_to_other_backends() {
    let on = |bus: &str, chip_select| SpiGrant { bus: spi_bus_name(bus), chip_select, ..wiring(&Value::Null) };
    let loopback = entry(&json!({ "spi": "sim", "chipSelect": 3, "model": "spi-loopback" }));
    let simulator = simulate(&[loopback], &mut NoModels).expect("it is right");
    let refused = SpiBackend::open(&simulator, "adc", &on("sim", 4)).err().map(|error| error.message);
    let expected =
        "adc: nothing is on chip select 4 of the simulated bus; correct the number, or simulate a device there.";
    assert_eq!(refused.as_deref(), Some(expected));
    assert!(SpiBackend::open(&simulator, "adc", &on("spi0", 3)).is_ok_and(|opened| opened.is_none()));
    let unknown = simulate(&[entry(&json!({ "spi": "sim", "chipSelect": 0, "model": "bme280" }))], &mut NoModels);
    assert_eq!(
        unknown.err().map(|error| error.message).as_deref(),
        Some("simulate[0] (bme280 at chip select 0): There is no such model here; choose registers or spi-loopback.")
    );
}

/// An entry of `simulate` as a checked board has it.
fn entry(json: &Value) -> SimulateEntry {
    let mut parameters = json.as_object().expect("an object").clone();
    let bus = spi_bus_name(
        parameters.remove("spi").and_then(|bus| bus.as_str().map(str::to_owned)).expect("a name").as_str(),
    );
    let chip_select = parameters.remove("chipSelect").and_then(|line| line.as_u64()).expect("a number");
    let model = parameters.remove("model").and_then(|model| model.as_str().map(str::to_owned)).expect("a text");
    let at = SimulatedAt::Spi { bus, chip_select: u8::try_from(chip_select).expect("short") };
    SimulateEntry { at, model, parameters }
}
