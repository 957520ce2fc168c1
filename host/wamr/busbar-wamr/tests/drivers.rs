//! The drivers of the workspace, flattened, on chips of which the registers are known.

#[path = "support/board.rs"]
// Its limits are for drivers that mean harm.
#[allow(dead_code)]
mod board;

use board::{on_one_thread, open, simulated};
use busbar_core::device::DeviceErrorCode;
use busbar_core::digest::sha256;
use busbar_core::failure::BoardFailure;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// What scripts/check.mjs has flattened, of the component that the driver's package builds.
fn flattened(driver: &str) -> Vec<u8> {
    flattened_of(&format!("../../../packages/{driver}/dist/{driver}.wasm"))
}

/// The same of a component by its path.
fn flattened_of(component: &str) -> Vec<u8> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let component = fs::read(here.join(component)).expect("it is built");
    let file = format!("../target/cache/busbar/flattened/{}.core.wasm", sha256(&component));
    fs::read(here.join(file)).expect("node scripts/check.mjs flattens it")
}

/// BST-BME280-DS002-15, appendix A: the worked example, at rest in registers.
fn bme280() -> Value {
    json!([{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": {
        "0x88": "706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017004b",
        "0xE1": "6301001524031e",
        "0xD0": "60",
        "0xF7": "655ac07eed006f15",
    } }])
}

#[test]
fn a_bme280_reads_the_worked_example_of_its_data_sheet() {
    reads_the_worked_example(flattened("bme280"));
}

#[test]
fn a_bme280_on_micro_quick_js_reads_it_too() {
    reads_the_worked_example(flattened_of("../target/micro/bme280.wasm"));
}

fn reads_the_worked_example(flattened: Vec<u8>) {
    on_one_thread(async {
        let (board, told, _scratch) = open(&[("indoor", flattened, json!({}))], &bme280());
        let mut sensor = board.sensor("indoor").await.expect("it opens");
        assert_eq!(sensor.info().model, "BME280");
        let labels: Vec<_> = sensor.channels().iter().map(|channel| channel.label.as_str()).collect();
        assert_eq!(labels, ["temperature", "pressure", "humidity"]);
        for _ in 0..3 {
            let values = sensor.read().await.expect("it reads");
            assert_eq!(values, [25.082_477_930_816_82, 100_653.258_144_814_72, 35.943_303_841_606_074]);
        }
        sensor.close().await.expect("it closes");
        board.close().await;
        assert_eq!(told.traps(), Vec::<String>::new());
    });
}

#[test]
fn a_driver_says_what_is_wrong_with_its_device() {
    on_one_thread(async {
        // Another part's identification.
        let other = json!([{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": { "0xD0": "61" } }]);
        let (board, _, _scratch) = open(&[("indoor", flattened("bme280"), json!({}))], &other);
        let Err(BoardFailure::Device(error)) = board.sensor("indoor").await else { panic!("it must fail") };
        assert_eq!(error.code, DeviceErrorCode::WrongDevice);
        board.close().await;
        // Nothing answers there.
        let (board, _, _scratch) = open(
            &[("indoor", flattened("bme280"), json!({}))],
            &json!([
                { "i2c": "sim", "address": "0x20", "model": "registers", "registers": {} }
            ]),
        );
        let Err(BoardFailure::Device(error)) = board.sensor("indoor").await else { panic!("it must fail") };
        assert!(matches!(error.code, DeviceErrorCode::Bus(_)), "{error}");
        board.close().await;
    });
}

#[test]
fn every_sensor_of_the_workspace_is_linked() {
    for driver in ["bme280", "hts221", "sht3x", "tmp102"] {
        let (board, _, _scratch) = open(&[("a", flattened(driver), json!({}))], &simulated());
        assert!(board.devices().iter().all(|(_, kind)| kind.is_ok()), "{driver}: {:?}", board.devices());
    }
}
