use crate::echo_device::EchoDevice;
use crate::fixture::{Fixture, dongle, on_i2c, sentence, told};
use crate::guests::{COUNTS, LONGER, NOBODY, ONE_MORE, THERE, TRAPS, WAITS};
use crate::printed::Printed;
use crate::workspace::on_one_thread;
use busbar_host::app::Ended;
use busbar_host::device::Argument;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::sync::Arc;

const ALL: [u16; 7] = [THERE, NOBODY, ONE_MORE, LONGER, TRAPS, WAITS, COUNTS];

fn fixture(devices: &Value) -> Fixture {
    let fixture = Fixture::open(&json!({ "bridges": { "dongle": dongle() }, "devices": devices }));
    fixture.usb.plug(EchoDevice::new(1, "1-1"));
    fixture
}

fn number(value: u16) -> Argument {
    Argument::Json(json!(value))
}

#[test]
fn each_function_of_wasi_i2c_reaches_the_bus_of_the_bridge_that_is_named() {
    on_one_thread(async {
        let fixture = fixture(&json!({ "a": on_i2c("dongle:0", &[THERE]), "b": on_i2c("dongle:1", &[THERE]) }));
        for (device, bus) in [("a", 0), ("b", 1)] {
            assert_eq!(fixture.read(device, THERE, 3).await, Ok(Some(json!([bus, bus, bus]))));
            let bytes = || Argument::Json(json!([1, 2]));
            let written = fixture.call(device, "write", &[Argument::I2c, number(THERE), bytes()]).await;
            assert_eq!(written, Ok(None));
            let read = fixture.call(device, "write-read", &[Argument::I2c, number(THERE), bytes(), number(2)]).await;
            assert_eq!(read, Ok(Some(json!([bus, bus]))));
            let operations =
                json!([{ "tag": "read", "val": 1 }, { "tag": "write", "val": [1] }, { "tag": "read", "val": 2 }]);
            let arguments = [Argument::I2c, number(THERE), Argument::Json(operations)];
            assert_eq!(fixture.call(device, "transaction", &arguments).await, Ok(Some(json!([[bus], [bus, bus]]))));
        }
        fixture.board.close().await;
    });
}

#[test]
fn what_the_driver_of_the_bridge_answers_is_the_error_of_the_bus() {
    on_one_thread(async {
        let fixture = fixture(&json!({ "a": on_i2c("dongle:0", &ALL) }));
        let nobody = told(fixture.read("a", NOBODY, 1).await);
        assert_eq!(nobody, json!({ "tag": "no-acknowledge", "val": "address" }));
        // What makes no sense is nothing that a device could have answered.
        assert_eq!(told(fixture.read("a", ONE_MORE, 1).await), json!({ "tag": "other" }));
        assert_eq!(told(fixture.read("a", LONGER, 1).await), json!({ "tag": "other" }));
        assert_eq!(fixture.read("a", THERE, 1).await, Ok(Some(json!([0]))));
        fixture.board.close().await;
    });
}

#[test]
fn a_bridge_whose_driver_trapped_is_another_one_for_the_next_transaction() {
    on_one_thread(async {
        let fixture = fixture(&json!({ "a": on_i2c("dongle:0", &ALL) }));
        assert_eq!(fixture.read("a", COUNTS, 1).await, Ok(Some(json!([1]))));
        assert_eq!(fixture.read("a", COUNTS, 1).await, Ok(Some(json!([2]))));
        assert_eq!(told(fixture.read("a", TRAPS, 1).await), json!({ "tag": "other" }));
        assert_eq!(fixture.read("a", COUNTS, 1).await, Ok(Some(json!([1]))));
        let trapped = "dongle: trapped (the driver failed: it trapped (unreachable), which its author has to mend)";
        assert_eq!(fixture.turns(), ["dongle: started", "a: started", trapped, "dongle: started"]);
        fixture.board.close().await;
    });
}

#[test]
fn what_is_not_granted_does_not_reach_the_bridge_and_is_told_of_the_device() {
    on_one_thread(async {
        let mut entry = on_i2c("dongle:0", &[THERE, COUNTS]);
        entry["limits"] = json!({ "transactionsPerSecond": 2 });
        let fixture = fixture(&json!({ "a": entry }));
        assert_eq!(fixture.read("a", COUNTS, 1).await, Ok(Some(json!([1]))));
        assert_eq!(told(fixture.read("a", 0x33, 1).await), json!({ "tag": "other" }));
        assert_eq!(told(fixture.read("a", COUNTS, 65).await), json!({ "tag": "other" }));
        assert_eq!(fixture.read("a", COUNTS, 1).await, Ok(Some(json!([2]))), "nothing was asked of it between");
        assert_eq!(told(fixture.read("a", COUNTS, 1).await), json!({ "tag": "other" }));
        let told = |call: &str, reason: &str| {
            ("a".to_owned(), format!("i2c transaction on bus dongle:0 at {call}"), reason.to_owned())
        };
        assert_eq!(
            fixture.refused(),
            [
                told("0x33: read 1", "address 0x33 is not granted, only 0x10, 0x16 are"),
                told("0x16: read 65", "a read of 65 bytes; 1 to 64 are granted"),
                told("0x16: read 1", "more than 2 transactions in a second"),
            ]
        );
        fixture.board.close().await;
    });
}

#[test]
fn a_bus_that_the_bridge_does_not_have_keeps_only_its_own_device_from_starting() {
    on_one_thread(async {
        let fixture = fixture(&json!({
            "none": on_i2c("dongle", &[THERE]), "third": on_i2c("dongle:2", &[COUNTS]), "a": on_i2c("dongle:1", &[THERE]),
            "lines": { "driver": "./gpio.wasm", "gpio": { "lines": { "a": { "chip": "dongle", "line": 0, "direction": "in" } } } },
            "other": on_i2c("other", &[THERE]),
        }));
        let buses = "the bridge \"dongle\" has 2 buses; write \"dongle:0\" to \"dongle:1\".";
        assert_eq!(sentence(fixture.read("none", THERE, 1).await), buses);
        assert_eq!(sentence(fixture.read("third", THERE, 1).await), buses);
        let lines = fixture.call("lines", "read", &[Argument::Json(json!("lines")), Argument::Json(json!("a"))]).await;
        let expected = "lines: the bridge \"dongle\" has no GPIO lines; wire the device to another one.";
        assert_eq!(sentence(lines), expected);
        let expected = "other: there is no I2C bus \"other\" (asked bridges and simulator); list the buses with \"busbar scan\", or simulate it.";
        assert_eq!(sentence(fixture.read("other", THERE, 1).await), expected);
        assert_eq!(fixture.read("a", THERE, 1).await, Ok(Some(json!([1]))));
        fixture.board.close().await;
    });
}

#[test]
fn one_transaction_is_done_after_the_other() {
    on_one_thread(async {
        let fixture = fixture(&json!({ "a": on_i2c("dongle:0", &ALL), "b": on_i2c("dongle:1", &ALL) }));
        let order = RefCell::new(Vec::new());
        let first = async {
            assert_eq!(fixture.read("a", WAITS, 1).await, Ok(Some(json!([1]))));
            order.borrow_mut().push("a");
        };
        let second = async {
            fixture.begun(1).await;
            assert_eq!(fixture.read("b", COUNTS, 1).await, Ok(Some(json!([2]))));
            order.borrow_mut().push("b");
        };
        tokio::join!(first, second);
        assert_eq!(order.take(), ["a", "b"]);
        fixture.board.close().await;
    });
}

#[test]
fn whoever_is_gone_when_its_turn_comes_does_nothing_and_the_bridge_goes_on() {
    on_one_thread(async {
        let mut quick = on_i2c("dongle:1", &ALL);
        quick["limits"] = json!({ "callMs": 1000 });
        let fixture = fixture(&json!({ "a": on_i2c("dongle:0", &ALL), "quick": quick }));
        assert_eq!(fixture.read("quick", COUNTS, 1).await, Ok(Some(json!([1]))));
        assert_eq!(fixture.read("a", COUNTS, 1).await, Ok(Some(json!([2]))));
        // It gives up what is under way, which is done all the same.
        let limit = "quick: the driver took longer than its limit of 1000 ms";
        assert_eq!(sentence(fixture.read("quick", WAITS, 1).await), limit);
        assert_eq!(fixture.read("a", COUNTS, 1).await, Ok(Some(json!([4]))));
        // It gives up what has not had its turn, which is not done.
        let second = async {
            fixture.begun(2).await;
            fixture.read("quick", COUNTS, 1).await
        };
        let (first, second) = tokio::join!(fixture.read("a", WAITS, 1), second);
        assert_eq!(first, Ok(Some(json!([5]))));
        assert_eq!(sentence(second), limit);
        assert_eq!(fixture.read("a", COUNTS, 1).await, Ok(Some(json!([6]))));
        assert!(!fixture.turns().iter().any(|turn| turn.starts_with("dongle: trapped")), "{:?}", fixture.turns());
        fixture.board.close().await;
    });
}

#[test]
fn an_app_drives_a_device_behind_a_bridge_itself() {
    on_one_thread(async {
        let mut bare = on_i2c("dongle:1", &[THERE]);
        bare.as_object_mut().expect("an object").remove("driver");
        let fixture = Fixture::open(&json!({
            "bridges": { "dongle": dongle() },
            "devices": { "bare": bare },
            "apps": { "app": { "component": "./app.wasm", "uses": ["bare"] } },
        }));
        fixture.usb.plug(EchoDevice::new(1, "1-1"));
        let ended = fixture.board.run("app", Arc::new(Printed::default()).options(), std::future::pending()).await;
        assert_eq!(ended, Ok(Ended::Well));
        assert_eq!(fixture.turns(), ["dongle: started"]);
        fixture.board.close().await;
    });
}
