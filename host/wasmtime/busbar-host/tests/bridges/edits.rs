//! Edits of a board with bridges while it is open.

use crate::echo_device::EchoDevice;
use crate::fixture::{Fixture, dongle, on_i2c};
use crate::guests::{COUNTS, THERE};
use crate::workspace::on_one_thread;
use serde_json::{Value, json};

/// A bridge with two devices behind it, and one that is not.
fn board(bridge: &Value) -> Value {
    json!({
        "bridges": { "dongle": bridge },
        "devices": {
            "a": on_i2c("dongle:0", &[COUNTS]), "b": on_i2c("dongle:1", &[THERE]), "here": on_i2c("sim", &[THERE]),
        },
        "simulate": [{ "i2c": "sim", "address": "0x10", "model": "registers", "registers": { "0x00": "07" } }],
    })
}

async fn opened() -> Fixture {
    let fixture = Fixture::open(&board(&dongle()));
    fixture.usb.plug(EchoDevice::new(1, "1-1"));
    assert_eq!(fixture.read("a", COUNTS, 1).await, Ok(Some(json!([1]))));
    assert_eq!(fixture.read("b", THERE, 1).await, Ok(Some(json!([1]))));
    assert_eq!(fixture.read("here", THERE, 1).await, Ok(Some(json!([7]))));
    fixture
}

/// What was told since then.
fn since(fixture: &Fixture, turns: usize) -> Vec<String> {
    fixture.turns().split_off(turns)
}

#[test]
fn what_is_behind_a_bridge_that_is_replaced_ends_before_it_and_goes_on_behind_the_new_one() {
    on_one_thread(async {
        let fixture = opened().await;
        let before = fixture.turns().len();
        let mut edited = dongle();
        edited["limits"] = json!({ "callMs": 4000 });
        let change = fixture.edit(&board(&edited)).await.expect("it can be done");
        assert_eq!(change.replaced, ["dongle", "a", "b"]);
        let replaced = |name: &str| format!("{name}: stopped (its entry of the board was replaced)");
        assert_eq!(since(&fixture, before), ["a", "b", "dongle"].map(replaced));
        // It is another life of the bridge, and nothing of it is lost.
        assert_eq!(fixture.read("a", COUNTS, 1).await, Ok(Some(json!([1]))));
        assert_eq!(fixture.read("b", THERE, 1).await, Ok(Some(json!([1]))));
        fixture.board.close().await;
    });
}

#[test]
fn what_is_behind_a_bridge_comes_and_goes_without_it() {
    on_one_thread(async {
        let fixture = opened().await;
        let before = fixture.turns().len();
        let mut edited = board(&dongle());
        let devices = edited["devices"].as_object_mut().expect("an object");
        devices.remove("a");
        devices.insert("c".to_owned(), on_i2c("dongle:0", &[COUNTS]));
        let change = fixture.edit(&edited).await.expect("it can be done");
        assert_eq!((change.added, change.removed), (vec!["c".to_owned()], vec!["a".to_owned()]));
        assert_eq!(fixture.read("c", COUNTS, 1).await, Ok(Some(json!([3]))), "it is the same life of the bridge");
        assert_eq!(since(&fixture, before), ["a: stopped (its entry of the board was removed)", "c: started"]);
        fixture.board.close().await;
    });
}

#[test]
fn a_bridge_is_removed_with_what_is_behind_it_and_not_without() {
    on_one_thread(async {
        let fixture = opened().await;
        let mut edited = board(&dongle());
        edited["bridges"] = json!({});
        let none = "a: there is no I2C bus \"dongle:0\" (asked bridges and simulator); list the buses with \"busbar scan\", or simulate it.";
        assert_eq!(fixture.edit(&edited).await, Err(none.to_owned()));
        assert_eq!(fixture.read("a", COUNTS, 1).await, Ok(Some(json!([1]))));

        let devices = edited["devices"].as_object_mut().expect("an object");
        devices.retain(|name, _| name == "here");
        let change = fixture.edit(&edited).await.expect("it can be done");
        assert_eq!(change.removed, ["dongle", "a", "b"]);
        assert_eq!(fixture.read("here", THERE, 1).await, Ok(Some(json!([0]))));
        fixture.board.close().await;
    });
}

#[test]
fn the_first_bridge_of_a_board_waits_until_it_is_opened_again() {
    on_one_thread(async {
        let here = json!({ "here": on_i2c("sim", &[THERE]) });
        let simulate = board(&dongle())["simulate"].clone();
        let fixture = Fixture::open(&json!({ "devices": here, "simulate": simulate }));
        let change = fixture.edit(&board(&dongle())).await.expect("it can be done");
        assert_eq!(change.later, ["bridges.dongle", "devices.a", "devices.b"]);
        assert_eq!(fixture.read("here", THERE, 1).await, Ok(Some(json!([7]))));
        fixture.board.close().await;
    });
}

#[test]
fn an_edit_that_does_not_work_leaves_the_bridge_and_what_is_behind_it_as_they_were() {
    on_one_thread(async {
        let fixture = opened().await;
        let mut edited = dongle();
        edited["usb"]["vendorId"] = json!("0x9999");
        let absent = "dongle: no USB device that is plugged in matches; plug it in, or correct the entry.";
        assert_eq!(fixture.edit(&board(&edited)).await, Err(absent.to_owned()));
        assert_eq!(fixture.read("a", COUNTS, 1).await, Ok(Some(json!([1]))));
        assert_eq!(fixture.read("b", THERE, 1).await, Ok(Some(json!([1]))));
        fixture.board.close().await;
    });
}

#[test]
fn a_bridge_with_another_component_takes_what_is_behind_it_along() {
    on_one_thread(async {
        let fixture = opened().await;
        let change = fixture.renew("./bridge.wasm").await.expect("it can be done");
        assert_eq!(
            (change.replaced, change.components),
            (["dongle", "a", "b"].map(str::to_owned).into(), vec!["dongle".to_owned()])
        );
        assert_eq!(fixture.read("a", COUNTS, 1).await, Ok(Some(json!([1]))));
        assert_eq!(fixture.read("b", THERE, 1).await, Ok(Some(json!([1]))));
        fixture.board.close().await;
    });
}
