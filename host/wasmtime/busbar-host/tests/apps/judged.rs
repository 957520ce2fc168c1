//! What drivers answer apps, and makes no sense: an error of the device, as for a program. "f" is `protocol`.

use crate::fixture::Fixture;
use crate::guests::{app, sensor_that};
use crate::workspace_files::on_one_thread;
use serde_json::json;

async fn run(driver: Vec<u8>, main: &str) -> Result<String, String> {
    let board = json!({
        "devices": { "a": { "driver": "./a.wasm", "i2c": { "bus": "sim", "address": "0x76" } } },
        "simulate": [{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": {} }],
        "apps": { "app": { "component": "./app.wasm", "uses": ["a"] } },
    });
    let fixture = Fixture::open(&board, &[("a.wasm", driver), ("app.wasm", app(main))]);
    let printed = fixture.run("app").await.map_err(|failure| failure.to_string());
    assert!(fixture.trapped().is_empty());
    printed
}

#[test]
fn a_reading_that_its_channel_cannot_measure_is_an_error_and_the_next_is_read() {
    on_one_thread(async {
        for more in ["nan", "inf", "100"] {
            let read = format!(
                "(global.set $more (if (result f64) (i32.eq (global.get $reads) (i32.const 1))
                    (then (f64.const {more})) (else (f64.const 0))))"
            );
            let printed = run(sensor_that("", &read), "(drop (call $open)) (call $read) (call $read)").await;
            assert_eq!(printed.as_deref(), Ok("f1"), "{more}");
        }
    });
}

#[test]
fn a_device_whose_description_makes_no_sense_is_not_opened_and_left_open_by_nobody() {
    on_one_thread(async {
        // No maximum, a maximum below the minimum, no label.
        for channels in [
            "(f64.store (i32.const 856) (f64.const nan))",
            "(f64.store (i32.const 856) (f64.const -1))",
            "(i32.store (i32.const 840) (i32.const 0))",
        ] {
            // The app does not ask for channels: what it reads is judged by them all the same.
            let once =
                format!("(if (i32.eqz (global.get $reads)) (then {channels})) (global.set $reads (i32.const 1))");
            let main = "(drop (call $open)) (drop (call $open)) (call $read)";
            assert_eq!(run(sensor_that(&once, ""), main).await.as_deref(), Ok("f1"), "{channels}");
        }
    });
}
