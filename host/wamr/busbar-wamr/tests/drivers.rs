//! The drivers of the workspace, flattened, on chips of which the registers are known.

#[path = "support/board.rs"]
// Its limits are for drivers that mean harm.
#[allow(dead_code)]
mod board;

use board::{Way, bme280, flattened_component, flattened_package, on_one_thread, open, simulated};
use busbar_core::app::RunsApps;
use busbar_core::device::DeviceErrorCode;
use busbar_core::failure::BoardFailure;
use busbar_core::link::DeviceKind;
use busbar_wamr::abi::Value as Wit;
use busbar_wamr::device::device_error;
use serde_json::json;

#[test]
fn a_bme280_reads_the_worked_example_of_its_data_sheet() {
    reads_the_worked_example(flattened_package("bme280"));
}

#[test]
fn a_bme280_on_micro_quick_js_reads_it_too() {
    reads_the_worked_example(flattened_component("../target/micro/bme280.wasm"));
}

fn reads_the_worked_example(flattened: Vec<u8>) {
    on_one_thread(async {
        let (board, told, _scratch) = open(Way::Interpreted, &[("indoor", flattened, json!({}))], &bme280());
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
        let (board, _, _scratch) =
            open(Way::Interpreted, &[("indoor", flattened_package("bme280"), json!({}))], &other);
        let Err(BoardFailure::Device(error)) = board.sensor("indoor").await else { panic!("it must fail") };
        assert_eq!(error.code, DeviceErrorCode::WrongDevice);
        board.close().await;
        // Nothing answers there.
        let (board, _, _scratch) = open(
            Way::Interpreted,
            &[("indoor", flattened_package("bme280"), json!({}))],
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
fn a_device_of_any_kind_is_called_by_the_names_of_wit_and_its_answers_are_judged() {
    on_one_thread(async {
        let (board, told, _scratch) =
            open(Way::Interpreted, &[("panel", flattened_package("ht16k33"), json!({}))], &simulated());
        let panel = board.device("panel", DeviceKind::TextDisplay).await.expect("it opens");
        let size = Wit::Record(vec![Wit::Unsigned(1), Wit::Unsigned(4)]);
        assert_eq!(panel.property("[method]device.size"), Some(&size));
        let write = async |text: &str| {
            let arguments = [Wit::Unsigned(0), Wit::Unsigned(0), Wit::String(text.to_owned())];
            panel.call("[method]device.write", &arguments).await.expect("it answers")
        };
        assert_eq!(write("12:30").await, Some(Wit::ok(None)));
        let Some(Wit::Variant(1, Some(error))) = write("12345").await else { panic!("it must be refused") };
        let error = device_error("panel", *error).expect("it is an error");
        assert_eq!(error.code, DeviceErrorCode::InvalidArgument);
        let unknown = panel.call("[method]device.fly", &[]).await.expect_err("there is none");
        assert_eq!(unknown.message, "busbar:device/text-display has no function [method]device.fly");
        assert_eq!(panel.close().await, Ok(None));
        let closed = panel.call("[method]device.clear", &[]).await.expect_err("it was closed");
        assert_eq!(closed.message, "the device was closed; open it again");
        let other = board.sensor("panel").await.err().expect("it is none").to_string();
        assert_eq!(other, "\"panel\" is no sensor: ./panel.wasm drives a textDisplay.");
        board.close().await;
        assert_eq!(told.traps(), Vec::<String>::new());
    });
}

#[test]
fn every_driver_of_the_workspace_for_i2c_is_linked() {
    for driver in ["bme280", "hd44780", "ht16k33", "hts221", "sht3x", "tmp102"] {
        let (board, _, _scratch) = open(Way::Interpreted, &[("a", flattened_package(driver), json!({}))], &simulated());
        assert!(board.devices().iter().all(|(_, kind)| kind.is_ok()), "{driver}: {:?}", board.devices());
    }
}
