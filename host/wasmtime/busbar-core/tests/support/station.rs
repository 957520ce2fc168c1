//! The weather station on simulated chips, as every host runs it.

use serde_json::{Value, json};

/// A line that it prints, after its number.
pub const LINE: &str = "temperature 25.1 C, pressure 1007 hPa, humidity 36 %";

/// Its board: the components are beside it, as bme280.wasm, hd44780.wasm and station.wasm.
pub fn board() -> Value {
    json!({
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
    })
}
