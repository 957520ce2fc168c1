//! The drivers of the workspace: a TMP102 behind a TCA9548A, each on the models of this repository.

use crate::fixture::Fixture;
use crate::workspace::{on_one_thread, workspace_file};
use serde_json::json;

#[test]
fn a_sensor_is_read_behind_a_multiplexer() {
    on_one_thread(async {
        let built = |name: &str| workspace_file(&format!("packages/{name}/dist/{name}.wasm"));
        // All of a simulated bus answer at once, as behind a multiplexer whose channel is open. Its control register is one byte without an
        // address: each value is found where its own number points to.
        let fixture = Fixture::open(&json!({
            "bridges": { "mux": { "driver": built("tca9548a"), "i2c": { "bus": "sim", "address": ["0x70", "0x48"] } } },
            "devices": { "indoor": { "driver": built("tmp102"), "i2c": { "bus": "mux:3", "address": "0x48" } } },
            "simulate": [
                { "i2c": "sim", "address": "0x70", "model": "registers", "registers": { "0x00": "00" } },
                { "i2c": "sim", "address": "0x48", "model": "tmp102", "temperature": 21.5 },
            ],
        }));
        let mut sensor = fixture.board.sensor("indoor").await.expect("it starts");
        assert_eq!(sensor.read().await, Ok(vec![21.5]));
        assert_eq!(fixture.turns(), ["mux: started", "indoor: started"]);
        assert!(sensor.close().await.is_ok());
        fixture.board.close().await;
    });
}
