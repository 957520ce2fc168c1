//! The drivers of the workspace: a TMP102 behind a TCA9548A, on a simulated bus and behind an adapter on USB.

use crate::adapter::adapter;
use crate::fixture::{Fixture, model};
use crate::workspace::{on_one_thread, workspace_file};
use busbar_host::device::DeviceErrorCode;
use busbar_host::instance::BoardFailure;
use serde_json::json;
use std::path::PathBuf;

fn built(name: &str) -> PathBuf {
    workspace_file(&format!("packages/{name}/dist/{name}.wasm"))
}

#[test]
fn a_sensor_is_read_behind_a_multiplexer() {
    on_one_thread(async {
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

#[test]
fn a_sensor_is_read_behind_a_multiplexer_behind_an_adapter_on_usb_that_is_unplugged_and_comes_back() {
    on_one_thread(async {
        let usb =
            json!({ "vendorId": "0x0403", "productId": "0xC631", "interfaces": [0], "allow": ["device-requests"] });
        let thermometer = |bus: &str| json!({ "driver": built("tmp102"), "i2c": { "bus": bus, "address": "0x48" } });
        let fixture = Fixture::open(&json!({
            "bridges": {
                "dongle": { "driver": built("i2c-tiny-usb"), "usb": usb },
                "mux": { "driver": built("tca9548a"), "i2c": { "bus": "dongle", "address": ["0x70", "0x48"] }, "settings": { "idle": "last" } },
            },
            "devices": { "outside": thermometer("mux:3"), "nobody": thermometer("mux:4") },
        }));
        let plug = |temperature: f64| {
            let (device, behind) = adapter("1-1", model("tmp102", &json!({ "temperature": temperature })));
            (fixture.usb.plug(device), behind)
        };
        let (device, _) = plug(-12.5);
        let mut sensor = fixture.board.sensor("outside").await.expect("it starts");
        assert_eq!(sensor.read().await, Ok(vec![-12.5]));
        let Err(BoardFailure::Device(nobody)) = fixture.board.sensor("nobody").await else {
            panic!("somebody answers")
        };
        assert!(matches!(nobody.code, DeviceErrorCode::Bus(_)), "{nobody}");
        assert_eq!(sensor.read().await, Ok(vec![-12.5]));

        fixture.usb.unplug(&device);
        // Those who wait for it have had their turn.
        while fixture.turns().iter().filter(|turn| turn.contains("stopped")).count() < 4 {
            tokio::task::yield_now().await;
        }
        let error = sensor.read().await.expect_err("it is gone");
        assert_eq!(error.code, DeviceErrorCode::Disconnected, "{error}");
        let (_, behind) = plug(30.25);
        let mut sensor = fixture.board.sensor("outside").await.expect("it is back");
        assert_eq!(sensor.read().await, Ok(vec![30.25]));
        assert_eq!(fixture.refused(), []);
        // What a bridge leaves connected is so until it ends, which is before that ends which it is wired to.
        assert_eq!(behind.lock().expect("nobody panics with it").control, 1 << 3);
        fixture.board.close().await;
        assert_eq!(behind.lock().expect("nobody panics with it").control, 0);
    });
}
