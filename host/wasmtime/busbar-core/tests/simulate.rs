//! host/verdicts/registers.json, which the simulator of the host for Node (tools/sim) answers in the same way; and what
//! this host simulates not.

use busbar_core::board::{SimulateEntry, SimulatedAt};
use busbar_core::bus::i2c::{I2cBackend, I2cErrorCode, I2cUser, NoAcknowledge, Operation, i2c_bus_name};
use busbar_core::error::HostErrorCode;
use busbar_core::models::NoModels;
use busbar_core::simulate::simulate;
use serde_json::{Map, Value, json};

const VERDICTS: &str = include_str!("../../../verdicts/registers.json");
const USER: I2cUser<'static> = I2cUser { device: "indoor", addresses: &[0x50] };

fn cases(key: &str) -> Vec<Value> {
    let verdicts: Value = serde_json::from_str(VERDICTS).expect("it is JSON");
    let cases = verdicts[key].as_array().expect("there is a list").clone();
    assert!(!cases.is_empty());
    cases
}

#[test]
fn transactions() {
    for case in cases("targets") {
        let name = case["name"].as_str().expect("a text");
        let at = SimulatedAt::I2c { bus: i2c_bus_name("sim"), address: 0x50 };
        let parameters = case["target"].as_object().expect("an object").clone();
        let simulator =
            simulate(&[SimulateEntry { at, model: "registers".to_owned(), parameters }], &mut NoModels).expect(name);
        let mut bus = simulator.open(&i2c_bus_name("sim"), &USER).expect(name).expect(name);
        for transaction in case["transactions"].as_array().expect("a list") {
            let address = transaction["address"].as_u64().and_then(|address| u16::try_from(address).ok());
            let operations: Vec<Operation> =
                transaction["operations"].as_array().expect("a list").iter().map(operation).collect();
            let mut answer = json!({ "address": address, "operations": transaction["operations"] });
            match bus.transaction(address.expect("a number"), &operations) {
                Ok(reads) => answer["reads"] = reads.iter().map(|bytes| hex(bytes)).collect(),
                Err(error) => answer["fails"] = json!({ "code": code_json(error.code), "message": error.message }),
            }
            assert_eq!(answer, *transaction, "{name}");
        }
    }
}

#[test]
fn refused_entries() {
    for case in cases("refused") {
        let entries: Vec<SimulateEntry> = case["simulate"].as_array().expect("a list").iter().map(entry).collect();
        let error = simulate(&entries, &mut NoModels).err().expect("it must be refused");
        assert_eq!(error.code, HostErrorCode::Board);
        assert_eq!(json!(error.message), case["message"], "{}", case["name"]);
    }
}

fn refusal(entry: SimulateEntry) -> String {
    simulate(&[entry], &mut NoModels).err().expect("it must be refused").message
}

#[test]
fn other_models_and_usb_are_for_the_host_for_node() {
    let at = SimulatedAt::I2c { bus: i2c_bus_name("sim"), address: 0x76 };
    assert_eq!(
        refusal(SimulateEntry { at, model: "bme280".to_owned(), parameters: Map::new() }),
        "simulate[0] (bme280 at 0x76): There is no such model here; choose registers."
    );
    let at = SimulatedAt::Usb { port: "1-1".to_owned() };
    assert_eq!(
        refusal(SimulateEntry { at, model: "disk".to_owned(), parameters: Map::new() }),
        "simulate[0] (disk at USB port 1-1): This host simulates no USB devices; run this board on the host for Node, \
         which does."
    );
}

#[test]
fn a_bus_is_known_by_all_names_that_mean_it_and_others_are_left_to_other_backends() {
    let simulator = simulate(
        &[entry(&json!({ "i2c": "/dev/i2c-1", "address": 80, "model": "registers", "registers": {} }))],
        &mut NoModels,
    );
    let simulator = simulator.expect("it is right");
    assert_eq!(simulator.name(), "simulator");
    let is_there = |bus: &str| simulator.open(&i2c_bus_name(bus), &USER).expect("it is simulated").is_some();
    assert_eq!(["1", "i2c-1", "2", "i2c-10", "sim"].map(is_there), [true, true, false, false, false]);
}

/// An entry of `simulate` as a checked board has it.
fn entry(json: &Value) -> SimulateEntry {
    let mut parameters = json.as_object().expect("an object").clone();
    let bus = match parameters.remove("i2c").expect("it is there") {
        Value::String(name) => i2c_bus_name(&name),
        number => i2c_bus_name(&number.to_string()),
    };
    let address = parameters.remove("address").and_then(|address| address.as_u64()).expect("a number");
    let model = parameters.remove("model").and_then(|model| model.as_str().map(str::to_owned)).expect("a text");
    let at = SimulatedAt::I2c { bus, address: u16::try_from(address).expect("short") };
    SimulateEntry { at, model, parameters }
}

fn operation(json: &Value) -> Operation {
    match json["read"].as_u64() {
        Some(length) => Operation::Read(usize::try_from(length).expect("short")),
        None => Operation::Write(bytes(json["write"].as_str().expect("a read or a write"))),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn code_json(code: I2cErrorCode) -> Value {
    let source = |source: &str| json!({ "tag": "no-acknowledge", "val": source });
    match code {
        I2cErrorCode::Bus => json!({ "tag": "bus" }),
        I2cErrorCode::ArbitrationLoss => json!({ "tag": "arbitration-loss" }),
        I2cErrorCode::NoAcknowledge(NoAcknowledge::Address) => source("address"),
        I2cErrorCode::NoAcknowledge(NoAcknowledge::Data) => source("data"),
        I2cErrorCode::NoAcknowledge(NoAcknowledge::Unknown) => source("unknown"),
        I2cErrorCode::Overrun => json!({ "tag": "overrun" }),
        I2cErrorCode::Other => json!({ "tag": "other" }),
    }
}
