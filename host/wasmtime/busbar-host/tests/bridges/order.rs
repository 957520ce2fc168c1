//! What is behind a bridge starts after it, ends before it, and is there as long as it is.

use crate::echo_device::EchoDevice;
use crate::fixture::{Fixture, dongle, on_i2c, sentence};
use crate::guests::{COUNTS, THERE, WAITS};
use crate::workspace::on_one_thread;
use serde_json::json;
use std::time::Duration;

/// A bridge on USB, another one behind that, and a device behind both.
fn fixture() -> Fixture {
    Fixture::open(&json!({
        "bridges": {
            "far": { "driver": "./bridge.wasm", "i2c": { "bus": "dongle:1", "address": "0x70" } },
            "dongle": dongle(),
        },
        "devices": { "a": on_i2c("far:0", &[THERE]) },
    }))
}

const GONE: &str = "the USB device 0x1209:0x0001 on port 1-1 was unplugged";

/// Lets those have a turn that wait for what is plugged in.
async fn settle(fixture: &Fixture, turns: usize) {
    while fixture.turns().len() < turns {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn what_is_behind_a_bridge_starts_after_it_and_ends_before_it() {
    on_one_thread(async {
        let fixture = fixture();
        fixture.usb.plug(EchoDevice::new(1, "1-1"));
        assert_eq!(fixture.turns(), [""; 0], "nothing runs that nobody needs");
        assert_eq!(fixture.read("a", THERE, 1).await, Ok(Some(json!([0]))));
        fixture.board.close().await;
        let closed = |name: &str| format!("{name}: stopped (the board was closed)");
        let started = |name: &str| format!("{name}: started");
        let expected = [started("dongle"), started("far"), started("a"), closed("a"), closed("far"), closed("dongle")];
        assert_eq!(fixture.turns(), expected);
    });
}

#[test]
fn what_is_behind_a_bridge_waits_for_its_device_goes_with_it_and_comes_back() {
    on_one_thread(async {
        let fixture = fixture();
        let waiting = async {
            settle(&fixture, 3).await;
            let absent = "no USB device that is plugged in matches; plug it in, or correct the entry";
            let bridge = format!("is not there: {absent}");
            assert_eq!(
                fixture.turns(),
                [
                    format!("a: waiting (the bridge \"far\" {bridge})"),
                    format!("far: waiting (the bridge \"dongle\" {bridge})"),
                    format!("dongle: waiting ({absent})"),
                ]
            );
            fixture.usb.plug(EchoDevice::new(1, "1-1"))
        };
        let (read, device) = tokio::join!(fixture.read("a", THERE, 1), waiting);
        assert_eq!(read, Ok(Some(json!([0]))));
        let component = fixture.board.component("a").await.expect("it runs");

        fixture.usb.unplug(&device);
        settle(&fixture, 9).await;
        let mut stopped = fixture.turns().split_off(6);
        stopped.sort();
        assert_eq!(stopped, ["a", "dongle", "far"].map(|name| format!("{name}: stopped ({GONE})")));
        let functions = busbar_host::device::CallsFunctions::functions(&component);
        let read = functions.iter().find(|each| each.name() == "talk/read").expect("it exports it");
        let arguments = [
            busbar_host::device::Argument::I2c,
            busbar_host::device::Argument::Address,
            busbar_host::device::Argument::Json(json!(1)),
        ];
        let gone = busbar_host::device::CallsFunctions::call(&component, read, &arguments).await;
        assert_eq!(sentence(gone), format!("a: {GONE}"));

        // They come back by themselves, in their order.
        fixture.usb.plug(EchoDevice::new(1, "1-1"));
        while fixture.turns().iter().filter(|turn| turn.ends_with(": started")).count() < 6 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let turns = fixture.turns();
        let again: Vec<_> = turns[9..].iter().filter(|turn| turn.ends_with(": started")).collect();
        assert_eq!(again, ["dongle: started", "far: started", "a: started"]);
        assert_eq!(fixture.read("a", THERE, 1).await, Ok(Some(json!([0]))));
        fixture.board.close().await;
    });
}

#[test]
fn what_waits_for_a_bridge_ends_when_the_board_is_closed() {
    on_one_thread(async {
        let fixture = fixture();
        let closing = async {
            settle(&fixture, 3).await;
            fixture.board.close().await;
        };
        let (read, ()) = tokio::join!(fixture.read("a", THERE, 1), closing);
        assert_eq!(sentence(read), "a: the board was closed");
    });
}

#[test]
fn a_bridge_that_is_none_is_why_what_is_behind_it_does_not_start() {
    on_one_thread(async {
        let fixture = Fixture::open(&json!({
            "bridges": { "none": { "driver": "./talker.wasm", "i2c": { "bus": "x", "address": "0x70" } } },
            "devices": {
                "a": on_i2c("none", &[THERE]),
                "bus": { "driver": "./bridge.wasm", "usb": { "vendorId": "0x1209", "interfaces": [0] } },
            },
        }));
        let known = "busbar:device/i2c-controller@0.1.0, busbar:device/spi-controller@0.1.0, busbar:device/gpio-controller@0.1.0";
        let none = format!("none: ./talker.wasm is no bridge: it exports other:thing/talk@0.1.0, but none of {known}.");
        assert_eq!(sentence(fixture.read("a", THERE, 1).await), none);
        assert_eq!(
            sentence(fixture.read("bus", THERE, 1).await),
            "bus: ./bridge.wasm exports a bus; move \"devices.bus\" to \"bridges\", and wire other entries to it by its name."
        );
        let unknown = fixture.board.sensor("none").await.err().map(|failure| failure.to_string());
        assert_eq!(unknown, Some(none));
        fixture.board.close().await;
    });
}

#[test]
fn those_behind_bridges_that_share_a_bus_are_one_after_the_other() {
    on_one_thread(async {
        let shared =
            |address: &str| json!({ "driver": "./bridge.wasm", "i2c": { "bus": "sim", "address": [address, "0x48"] } });
        let fixture = Fixture::open(&json!({
            "bridges": { "one": shared("0x70"), "two": shared("0x71") },
            "devices": { "a": on_i2c("one:0", &[WAITS]), "b": on_i2c("two:0", &[COUNTS]) },
            "simulate": [{ "i2c": "sim", "address": "0x50", "model": "registers", "registers": {} }],
        }));
        assert!(fixture.board.component("a").await.is_ok() && fixture.board.component("b").await.is_ok());
        let order = std::cell::RefCell::new(Vec::new());
        let noted = async |device: &'static str, address| {
            assert!(fixture.read(device, address, 1).await.is_ok());
            order.borrow_mut().push(device);
        };
        let second = async {
            fixture.begun(1).await;
            noted("b", COUNTS).await;
        };
        tokio::join!(noted("a", WAITS), second);
        assert_eq!(order.take(), ["a", "b"]);
        fixture.board.close().await;
    });
}
