//! host/verdicts/uart-simulated.json, which the simulator of the host for Node answers as well; parts that send by themselves; and the time in
//! which ports wait.

mod parts;

use crate::board::{SimulateEntry, SimulatedAt};
use crate::bus::uart::{
    FlowControl, Later, Parity, UartBackend, UartError, UartLineSettings, UartPort, UartUsage, uart_port_name,
};
use crate::error::HostErrorCode;
use crate::models::{ModelSource, NoModels};
use crate::simulate::test_time::{InThisTime, set_now};
use crate::simulate::{Simulator, simulate};
use serde_json::{Value, json};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

const VERDICTS: &str = include_str!("../../../../../../verdicts/uart-simulated.json");
const BEGIN_MS: f64 = 1000.0;

fn cases(key: &str) -> Vec<Value> {
    let verdicts: Value = serde_json::from_str(VERDICTS).expect("it is JSON");
    let cases = verdicts[key].as_array().expect("there is a list").clone();
    assert!(!cases.is_empty());
    cases
}

/// An entry of `simulate` as a checked board has it.
fn entry(json: &Value) -> SimulateEntry {
    let mut parameters = json.as_object().expect("an object").clone();
    let port = uart_port_name(parameters.remove("uart").expect("a port").as_str().expect("a name")).to_owned();
    let model = parameters.remove("model").expect("a model").as_str().expect("a name").to_owned();
    SimulateEntry { at: SimulatedAt::Uart { port }, model, parameters }
}

/// How a port is set, where that is not as by default.
fn settings(json: &Value) -> UartLineSettings {
    let small = |key: &str| json[key].as_u64().map(|number| u8::try_from(number).expect("a small number"));
    UartLineSettings {
        baud_rate: json["baudRate"].as_u64().map_or(9600, |rate| u32::try_from(rate).expect("a speed")),
        data_bits: small("dataBits").unwrap_or(8),
        parity: json["parity"].as_str().map_or(Parity::None, |name| Parity::named(name).expect("a parity")),
        stop_bits: small("stopBits").unwrap_or(1),
        flow_control: FlowControl::None,
    }
}

fn bytes(json: &Value, step: &Value) -> Vec<u8> {
    let digits: Vec<char> = json.as_str().expect("a text").chars().collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("hexadecimal");
    let once: Vec<u8> = digits.chunks(2).map(byte).collect();
    once.repeat(step["repeat"].as_u64().map_or(1, |count| usize::try_from(count).expect("a count")))
}

/// What is there at once: nothing of these steps waits.
fn at_once<T>(mut later: Later<'_, T>) -> T {
    match later.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

fn error_json(UartError { code, message }: &UartError) -> Value {
    let mut tagged = json!({ "tag": code.name() });
    if ["denied", "disconnected", "other"].contains(&code.name()) {
        tagged["val"] = message.as_str().into();
    }
    json!({ "code": tagged, "message": message })
}

fn open(simulator: &Simulator, how: &Value) -> Result<Option<Arc<dyn UartPort>>, Value> {
    let usage = UartUsage { device: "x", settings: settings(how) };
    UartBackend::open(simulator, "sim", &usage).map_err(|error| json!({ "message": error.message }))
}

#[test]
fn steps() {
    for case in cases("devices") {
        let name = case["name"].as_str().expect("a text");
        set_now(BEGIN_MS);
        let mut written = case["device"].clone();
        written["uart"] = json!("sim");
        let simulator = simulate(&[entry(&written)], &mut InThisTime).expect(name);
        let mut port = None;
        for step in case["steps"].as_array().expect("a list") {
            set_now(BEGIN_MS + step["at"].as_f64().expect("a time"));
            let mut answer = step.clone();
            let written = answer.as_object_mut().expect("an object");
            written.retain(|key, _| !["fails", "absent", "gives"].contains(&key.as_str()));
            if let Err(failure) = run(step, &mut answer, &simulator, &mut port) {
                answer["fails"] = failure;
            }
            assert_eq!(answer, *step, "{name}");
        }
    }
}

/// Does what a step says, and puts what it gives into the answer.
fn run(
    step: &Value,
    answer: &mut Value,
    simulator: &Simulator,
    port: &mut Option<Arc<dyn UartPort>>,
) -> Result<(), Value> {
    if let Some(how) = step.get("open") {
        *port = open(simulator, how)?;
        return Ok(());
    }
    if let Some(how) = step.get("again") {
        if open(simulator, how)?.is_none() {
            answer["absent"] = true.into();
        }
        return Ok(());
    }
    if step.get("isThere").is_some() {
        answer["isThere"] = simulator.has("sim").into();
        return Ok(());
    }
    let port = port.as_ref().expect("it was opened");
    let done = if let Some(maximum) = step.get("read") {
        let maximum = usize::try_from(maximum.as_u64().expect("a number")).expect("short");
        at_once(port.read(maximum, Duration::ZERO)).map(|read| {
            let is_it = step.get("gives").is_some_and(|gives| bytes(gives, step) == read);
            let hex = read.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            answer["gives"] = if is_it { step["gives"].clone() } else { hex.into() };
        })
    } else if let Some(written) = step.get("write") {
        at_once(port.write(&bytes(written, step)))
    } else if let Some(rate) = step["baudRate"].as_u64() {
        at_once(port.set_baud_rate(u32::try_from(rate).expect("a speed")))
    } else if step["drain"] == true {
        at_once(port.drain())
    } else if step["discard"] == true {
        port.discard()
    } else {
        assert_eq!(step["close"], true);
        at_once(port.close());
        Ok(())
    };
    done.map_err(|error| error_json(&error))
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

#[test]
fn what_this_host_has_no_model_of_is_asked_for() {
    let refused = |models: &mut dyn ModelSource| {
        simulate(&[entry(&json!({ "uart": "sim", "model": "pms5003" }))], models).err().map(|error| error.message)
    };
    let sentence = |what: &str| Some(format!("simulate[0] (pms5003 on the serial port sim): {what}"));
    assert_eq!(refused(&mut NoModels), sentence("There is no such model here; choose loopback."));
    // A source of models that has none of serial ports.
    let none = "This host simulates no serial ports; run this board on the host for Node, which does.";
    assert_eq!(refused(&mut InThisTime), sentence(none));
}
