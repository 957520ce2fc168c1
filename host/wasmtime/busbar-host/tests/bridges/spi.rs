use crate::echo_device::EchoDevice;
use crate::fixture::{Fixture, dongle, told};
use crate::workspace::on_one_thread;
use busbar_host::device::{Argument, CallFailure};
use serde_json::{Value, json};

/// On the SPI bus of the bridge, by a driver that declares wasi:spi in either shape.
fn on_spi(driver: &str, chip_select: u8) -> Value {
    let spi =
        json!({ "bus": "dongle", "chipSelect": chip_select, "mode": 3, "maximumHz": 1000, "bitOrder": "lsb-first" });
    json!({ "driver": driver, "spi": spi })
}

fn fixture(driver: &str) -> Fixture {
    let devices = json!({
        "chip": on_spi(driver, 0), "talks": on_spi(driver, 1), "faults": on_spi(driver, 2), "longer": on_spi(driver, 3),
    });
    let fixture = Fixture::open(&json!({ "bridges": { "dongle": dongle() }, "devices": devices }));
    fixture.usb.plug(EchoDevice::new(1, "1-1"));
    fixture
}

async fn call(fixture: &Fixture, device: &str, function: &str, more: &[Value]) -> Result<Option<Value>, CallFailure> {
    let arguments: Vec<_> = [json!(device)].into_iter().chain(more.iter().cloned()).map(Argument::Json).collect();
    fixture.call(device, function, &arguments).await
}

/// The wiring, as the bridge gives it back.
const WIRED: u8 = 3 + 16 + 64;

#[test]
fn each_function_of_wasi_spi_reaches_the_device_as_it_is_wired() {
    on_one_thread(async {
        for driver in ["./spi.wasm", "./spi-error.wasm"] {
            let fixture = fixture(driver);
            assert_eq!(call(&fixture, "chip", "read", &[json!(2)]).await, Ok(Some(json!([WIRED, WIRED]))));
            assert_eq!(call(&fixture, "chip", "transfer", &[json!([9])]).await, Ok(Some(json!([WIRED]))));
            let ran = json!([
                { "tag": "write" }, { "tag": "delay" },
                { "tag": "read", "val": [WIRED, WIRED] }, { "tag": "transfer", "val": [WIRED] },
            ]);
            assert_eq!(call(&fixture, "chip", "run", &[]).await, Ok(Some(ran)));
            let written = call(&fixture, "chip", "write", &[json!([9])]).await.expect("it ran").expect("a value");
            assert_eq!(written[0], json!(false), "{driver}");
            let written = call(&fixture, "faults", "write", &[json!([9])]).await.expect("it ran").expect("a value");
            assert_eq!(written[0], json!(true), "{driver}");
            fixture.board.close().await;
        }
    });
}

#[test]
fn what_the_driver_of_the_bridge_answers_is_the_error_of_the_device() {
    on_one_thread(async {
        let fixture = fixture("./spi.wasm");
        assert_eq!(told(call(&fixture, "faults", "read", &[json!(1)]).await), json!({ "tag": "mode-fault" }));
        let talked = told(call(&fixture, "talks", "read", &[json!(1)]).await);
        let talked = talked["val"].as_str().expect("a sentence");
        assert_eq!(talked.strip_prefix("dongle: "), Some(format!("{}…", "x".repeat(500)).as_str()));
        let longer = told(call(&fixture, "longer", "read", &[json!(1)]).await);
        let sentence = "dongle: the driver gave other bytes than were asked for; its author has to mend that";
        assert_eq!(longer, json!({ "tag": "other", "val": sentence }));
        fixture.board.close().await;
    });
}

#[test]
fn what_is_not_granted_does_not_reach_the_bridge() {
    on_one_thread(async {
        let fixture = fixture("./spi.wasm");
        let refused = told(call(&fixture, "chip", "read", &[json!(4097)]).await);
        let reason = "a read of 4097 bytes; 1 to 4096 are granted";
        assert_eq!(refused, json!({ "tag": "other", "val": reason }));
        let place = "spi transaction on SPI bus dongle at chip select 0: read 4097".to_owned();
        assert_eq!(fixture.refused(), [("chip".to_owned(), place, reason.to_owned())]);
        fixture.board.close().await;
    });
}
