//! host/verdicts/gpio-simulated.json, which the simulator of the host for Node answers as well; and the time in which edges come.

use crate::board::{SimulateEntry, SimulatedAt};
use crate::bus::BusName;
use crate::bus::gpio::{
    GpioBackend, GpioDirection, GpioEdge, GpioError, GpioLevel, GpioLine, GpioLineName, GpioLineUse, Pull,
    gpio_chip_name,
};
use crate::clock::Clock;
use crate::error::HostErrorCode;
use crate::locked::locked;
use crate::models::{GpioModelPart, ModelSource, ModelTarget, NoModels, SpiModelTarget};
use crate::simulate::test_time::{InThisTime, set_now, virtual_clock};
use crate::simulate::{Simulator, simulate};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

const VERDICTS: &str = include_str!("../../../../../../verdicts/gpio-simulated.json");
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
    let chip = gpio_chip_name(parameters.remove("gpio").expect("a chip").as_str().expect("a name"));
    let lines = parameters.remove("lines").expect("lines");
    let offset = |value: &Value| u16::try_from(value.as_u64().expect("an offset")).expect("short");
    let lines = lines.as_object().expect("an object").iter().map(|(name, at)| (name.clone(), offset(at))).collect();
    let model = parameters.remove("model").expect("a model").as_str().expect("a name").to_owned();
    SimulateEntry { at: SimulatedAt::Gpio { chip, lines }, model, parameters }
}

fn level(json: &Value) -> GpioLevel {
    json.as_str().and_then(GpioLevel::named).expect("a level")
}

fn line_name(json: &Value) -> GpioLineName {
    match json {
        Value::String(name) => GpioLineName::Name(name.clone()),
        offset => GpioLineName::Offset(u16::try_from(offset.as_u64().expect("an offset")).expect("short")),
    }
}

fn open(simulator: &Simulator, line: &Value, how: &Value) -> Result<Box<dyn GpioLine>, Value> {
    let usage = GpioLineUse {
        device: "x",
        chip: &BusName::Text("sim".to_owned()),
        line: &line_name(line),
        direction: how["direction"].as_str().and_then(GpioDirection::named).expect("a direction"),
        pull: how["pull"].as_str().and_then(Pull::named),
        debounce_ms: how["debounceMs"].as_u64().map(|ms| u32::try_from(ms).expect("short")),
        initial: how.get("initial").map_or(GpioLevel::Low, level),
        clock: virtual_clock(),
    };
    let opened = GpioBackend::open(simulator, &usage).map_err(|error| json!({ "message": error.message }))?;
    Ok(opened.expect("there is the chip"))
}

fn error_json(GpioError { code, message }: &GpioError) -> Value {
    let mut tagged = json!({ "tag": code.name() });
    if code.name() == "other" {
        tagged["val"] = message.as_str().into();
    }
    json!({ "code": tagged, "message": message })
}

#[tokio::test]
async fn steps() {
    for case in cases("devices") {
        let name = case["name"].as_str().expect("a text");
        set_now(BEGIN_MS);
        let mut written = case["device"].clone();
        written["gpio"] = json!("sim");
        let simulator = simulate(&[entry(&written)], &mut InThisTime).expect(name);
        let mut opened: HashMap<String, Box<dyn GpioLine>> = HashMap::new();
        let told: Arc<Mutex<Vec<Value>>> = Arc::default();
        for step in case["steps"].as_array().expect("a list") {
            set_now(BEGIN_MS + step["at"].as_f64().expect("a time"));
            let mut answer = step.clone();
            answer.as_object_mut().expect("an object").remove("fails");
            if let Err(failure) = run(step, &mut answer, &simulator, &mut opened, &told) {
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
    opened: &mut HashMap<String, Box<dyn GpioLine>>,
    told: &Arc<Mutex<Vec<Value>>>,
) -> Result<(), Value> {
    let key = step["line"].to_string();
    if let Some(how) = step.get("open") {
        opened.insert(key, open(simulator, &step["line"], how)?);
        return Ok(());
    }
    if step["close"] == true {
        opened.remove(&key);
        return Ok(());
    }
    let line = opened.get_mut(&key).expect("it was opened");
    if step.get("read").is_some() {
        answer["read"] = line.read().map_err(|error| error_json(&error))?.name().into();
    }
    if let Some(written) = step.get("write") {
        line.write(level(written)).map_err(|error| error_json(&error))?;
    }
    match step.get("watch") {
        Some(Value::Bool(true)) => {
            let told = told.clone();
            let listener = move |GpioEdge { level, time_ms }: GpioEdge| {
                locked(&told).push(json!([level.name(), time_ms - BEGIN_MS]));
            };
            line.watch(Box::new(listener)).map_err(|error| error_json(&error))?;
        }
        Some(_) => line.unwatch(),
        None => {}
    }
    if let Some(expected) = step.get("edges") {
        // It goes through all that happened until now. The task that would, has no turn in this test.
        let GpioLineName::Offset(offset) = line_name(&step["line"]) else { panic!("a simulated line has an offset") };
        locked(&simulator.gpio_chips()["sim"]).follow_until_next(offset);
        let edges: Vec<Value> = std::mem::take(&mut *locked(told));
        // Numbers of JSON are the same whether they were written with a fraction or not.
        let same = edges.len() == expected.as_array().expect("a list").len()
            && edges
                .iter()
                .zip(expected.as_array().expect("a list"))
                .all(|(one, other)| one[0] == other[0] && one[1].as_f64() == other[1].as_f64());
        answer["edges"] = if same { expected.clone() } else { edges.into() };
    }
    Ok(())
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
fn a_chip_that_is_not_simulated_is_left_to_other_backends() {
    let simulator = simulate(&[entry(&json!({ "gpio": "sim", "lines": { "a": 1 }, "model": "lines" }))], &mut NoModels);
    let simulator = simulator.expect("it is right");
    let usage = GpioLineUse {
        device: "x",
        chip: &BusName::Number(0),
        line: &GpioLineName::Offset(1),
        direction: GpioDirection::In,
        pull: None,
        debounce_ms: None,
        initial: GpioLevel::Low,
        clock: Clock::start(),
    };
    assert!(GpioBackend::open(&simulator, &usage).is_ok_and(|opened| opened.is_none()));
    let unknown = simulate(&[entry(&json!({ "gpio": "sim", "lines": { "a": 1 }, "model": "button" }))], &mut NoModels);
    assert_eq!(
        unknown.err().map(|error| error.message).as_deref(),
        Some("simulate[0] (button on lines 1): There is no such model here; choose lines.")
    );
}

/// What two tests of a part that answers to what is driven have in common: it puts on "out" the opposite of what is driven on "in".
struct Inverter(Option<GpioLevel>);

impl GpioModelPart for Inverter {
    fn level(&mut self, line: &str, _at_ms: f64) -> Option<GpioLevel> {
        let opposite = |level| if level == GpioLevel::High { GpioLevel::Low } else { GpioLevel::High };
        (line == "out").then(|| self.0.map(opposite)).flatten()
    }

    fn next_change(&mut self, _line: &str, at_ms: f64) -> Option<f64> {
        // What is not after that time is no change, and would never end.
        Some(at_ms)
    }

    fn driven(&mut self, line: &str, level: Option<GpioLevel>, _at_ms: f64) {
        if line == "in" {
            self.0 = level;
        }
    }

    fn picture(&mut self) -> Option<String> {
        None
    }
}

impl ModelSource for Inverter {
    fn create(&mut self, model: &str, parameters: &str) -> Result<Box<dyn ModelTarget>, String> {
        NoModels.create(model, parameters)
    }

    fn create_spi(&mut self, model: &str, parameters: &str) -> Result<Box<dyn SpiModelTarget>, String> {
        NoModels.create_spi(model, parameters)
    }

    fn create_gpio(&mut self, _: &str, lines: &[&str], _: &str) -> Result<Box<dyn GpioModelPart>, String> {
        assert_eq!(lines, ["in", "out"]);
        Ok(Box::new(Self(None)))
    }

    fn clock(&self) -> Clock {
        Clock::start()
    }
}

#[tokio::test]
async fn who_listens_is_told_of_what_a_part_does_because_of_another_line_and_of_nothing_after_that() {
    let entry = entry(&json!({ "gpio": "sim", "lines": { "in": 1, "out": 2 }, "model": "inverter" }));
    let simulator = simulate(&[entry], &mut Inverter(None)).expect("it is right");
    let mut input = open(&simulator, &json!(1), &json!({ "direction": "out" })).expect("it is free");
    let mut output = open(&simulator, &json!(2), &json!({ "direction": "in" })).expect("it is free");
    assert_eq!(output.read(), Ok(GpioLevel::High));
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    output.watch(Box::new(move |edge| _ = tell.send(edge.level))).expect("it tells of them");
    input.write(GpioLevel::High).expect("it is an output");
    assert_eq!(told.recv().await, Some(GpioLevel::Low));
    // It lets the line go, which nobody else drives.
    drop(input);
    assert_eq!(output.read(), Ok(GpioLevel::Low));
    output.unwatch();
    assert_eq!(told.recv().await, None, "nobody tells any more");
}
