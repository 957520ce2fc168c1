//! The apps of the workspace, as their build made them.

use crate::fixture::Fixture;
use crate::support::{built, on_one_thread};
use serde_json::json;

const BME280: &str = "packages/bme280/dist/bme280.wasm";
const HD44780: &str = "packages/hd44780/dist/hd44780.wasm";
const STATION: &str = "packages/weather-station/dist/weather-station.wasm";
const USB_FILES: &str = "packages/usb-files/dist/usb-files.wasm";

#[test]
fn the_weather_station_reads_a_bme280_and_shows_it_on_a_display() {
    on_one_thread(async {
        let board = json!({
            "devices": {
                "indoor": { "driver": "./bme280.wasm", "i2c": { "bus": "sim", "address": "0x76" } },
                "panel": { "driver": "./hd44780.wasm", "i2c": { "bus": "sim", "address": "0x27" } },
            },
            "simulate": [
                {
                    "i2c": "sim",
                    "address": "0x76",
                    "model": "registers",
                    "registers": {
                        // The worked example of the data sheet.
                        "0x88": "706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017004b",
                        "0xE1": "6301001524031e",
                        "0xD0": "60",
                        "0xF7": "655ac07eed006f15",
                    },
                },
                { "i2c": "sim", "address": "0x27", "model": "registers", "registers": {} },
            ],
            "apps": { "station": { "component": "./station.wasm", "uses": ["indoor", "panel"] } },
        });
        let components =
            [("bme280.wasm", built(BME280)), ("hd44780.wasm", built(HD44780)), ("station.wasm", built(STATION))];
        let fixture = Fixture::open(&board, &components);
        let line = "temperature 25.1 C, pressure 1007 hPa, humidity 36 %";
        let printed = fixture.run_until("station", 2 * line.len()).await;
        assert_eq!(printed, format!("1: {line}\n2: {line}\n"));
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
