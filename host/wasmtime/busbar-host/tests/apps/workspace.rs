//! The apps of the workspace, as their build made them.

use crate::fixture::Fixture;
use crate::station::{self, LINE};
use crate::workspace_files::{built, on_one_thread};
use serde_json::json;

const BME280: &str = "packages/bme280/dist/bme280.wasm";
const HD44780: &str = "packages/hd44780/dist/hd44780.wasm";
const STATION: &str = "packages/weather-station/dist/weather-station.wasm";
const USB_FILES: &str = "packages/usb-files/dist/usb-files.wasm";

#[test]
fn the_weather_station_reads_a_bme280_and_shows_it_on_a_display() {
    on_one_thread(async {
        let components =
            [("bme280.wasm", built(BME280)), ("hd44780.wasm", built(HD44780)), ("station.wasm", built(STATION))];
        let fixture = Fixture::open(&station::board(), &components);
        let printed = fixture.run_until("station", 2 * LINE.len()).await;
        assert_eq!(printed, format!("1: {LINE}\n2: {LINE}\n"));
        assert!(fixture.trapped().is_empty());
    });
}

#[test]
fn usb_files_is_told_that_there_is_no_disk_and_says_so() {
    on_one_thread(async {
        let board = json!({
            "devices": { "indoor": { "driver": "./bme280.wasm", "i2c": { "bus": "sim", "address": "0x76" } } },
            "apps": {
                "files": { "component": "./files.wasm", "uses": ["indoor"], "arguments": ["list"], "folder": { "path": "out", "write": true } },
            },
        });
        let components = [("bme280.wasm", built(BME280)), ("files.wasm", built(USB_FILES))];
        let fixture = Fixture::open(&board, &components);
        let failure = fixture.run("files").await.expect_err("there is no disk");
        assert_eq!(failure.to_string(), "files: it ended with an error.");
    });
}
