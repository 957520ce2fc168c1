use crate::echo_device::EchoDevice;
use crate::fixture::{Fixture, dongle, sentence, told};
use crate::workspace::on_one_thread;
use busbar_host::device::{Argument, CallFailure};
use serde_json::{Value, json};

/// Wired to one line of the bridge, which it calls "a".
fn on_line(line: Value, direction: &str) -> Value {
    let line = json!({ "chip": "dongle", "line": line, "direction": direction });
    json!({ "driver": "./gpio.wasm", "gpio": { "lines": { "a": line } } })
}

fn board(devices: &Value) -> Value {
    let mut bridge = dongle();
    bridge["driver"] = json!("./lines.wasm");
    json!({ "bridges": { "dongle": bridge }, "devices": devices })
}

fn fixture(devices: &Value) -> Fixture {
    let fixture = Fixture::open(&board(devices));
    fixture.usb.plug(EchoDevice::new(1, "1-1"));
    fixture
}

async fn call(fixture: &Fixture, device: &str, function: &str) -> Result<Option<Value>, CallFailure> {
    fixture.call(device, function, &[Argument::Json(json!(device)), Argument::Json(json!("a"))]).await
}

#[test]
fn lines_of_a_bridge_are_set_and_read_by_their_numbers_and_names() {
    on_one_thread(async {
        let devices = json!({ "lamp": on_line(json!(0), "out"), "probe": on_line(json!("GP1"), "in") });
        let fixture = fixture(&devices);
        assert_eq!(call(&fixture, "probe", "read").await, Ok(Some(json!("inactive"))));
        assert_eq!(call(&fixture, "lamp", "set").await, Ok(None));
        assert_eq!(call(&fixture, "probe", "read").await, Ok(Some(json!("active"))));
        fixture.board.close().await;
    });
}

#[test]
fn a_line_in_both_directions_is_toggled_and_its_active_level_counts() {
    on_one_thread(async {
        let mut both = on_line(json!(0), "in-out");
        both["gpio"]["lines"]["a"]["activeLevel"] = json!("active-low");
        let fixture = fixture(&json!({ "bus": both, "probe": on_line(json!("GP1"), "in") }));
        // Inactive from the moment that it is an output.
        assert!(fixture.board.component("bus").await.is_ok());
        assert_eq!(call(&fixture, "probe", "read").await, Ok(Some(json!("active"))));
        assert_eq!(call(&fixture, "bus", "toggle").await, Ok(Some(json!("active"))));
        assert_eq!(call(&fixture, "probe", "read").await, Ok(Some(json!("inactive"))));
        assert_eq!(call(&fixture, "bus", "toggle").await, Ok(Some(json!("inactive"))));
        fixture.board.close().await;
    });
}

#[test]
fn a_bridge_tells_of_no_edges_and_its_faults_are_those_of_the_line() {
    on_one_thread(async {
        let fixture = fixture(&json!({ "probe": on_line(json!(1), "in"), "broken": on_line(json!(2), "in") }));
        let refused = json!({ "tag": "operation-not-supported" });
        assert_eq!(told(call(&fixture, "probe", "until-active").await), refused);
        let arguments = [json!("probe"), json!("a"), json!(1)].map(Argument::Json);
        assert_eq!(told(fixture.call("probe", "edges", &arguments).await), refused);
        assert_eq!(told(call(&fixture, "broken", "read").await), json!({ "tag": "hardware-fault" }));
        fixture.board.close().await;
    });
}

#[test]
fn a_line_that_cannot_be_used_keeps_only_its_own_device_from_starting() {
    on_one_thread(async {
        let mut debounced = on_line(json!(1), "in");
        debounced["gpio"]["lines"]["a"]["debounceMs"] = json!(5);
        let mut second = on_line(json!(1), "in");
        second["gpio"]["lines"]["a"]["chip"] = json!("dongle:1");
        let fixture = fixture(&json!({
            "lamp": on_line(json!(0), "out"), "again": on_line(json!("GP0"), "in"), "only": on_line(json!("GP3"), "out"),
            "far": on_line(json!(9), "in"), "unknown": on_line(json!("GP9"), "in"), "slow": debounced, "second": second,
        }));
        assert_eq!(call(&fixture, "lamp", "set").await, Ok(None));
        for (device, expected) in [
            (
                "again",
                "again: the line \"GP0\" of the bridge \"dongle\" is \"GP0\", which \"lamp\" has; remove one of them.",
            ),
            ("only", "only: the line \"GP3\" cannot be used so: dongle: an input only"),
            ("far", "far: the bridge \"dongle\" has no line 9; its lines are \"GP0\", \"GP1\", \"GP2\", \"GP3\"."),
            (
                "unknown",
                "unknown: the bridge \"dongle\" has no line \"GP9\"; its lines are \"GP0\", \"GP1\", \"GP2\", \"GP3\".",
            ),
            ("slow", "slow: the bridge \"dongle\" debounces no lines; remove \"debounceMs\"."),
            ("second", "the bridge \"dongle\" has one bus; write \"dongle\"."),
        ] {
            assert_eq!(sentence(call(&fixture, device, "read").await), expected);
        }
        assert_eq!(call(&fixture, "lamp", "set").await, Ok(None));
        fixture.board.close().await;
    });
}

#[test]
fn a_line_is_made_inactive_and_given_back_when_its_device_goes() {
    on_one_thread(async {
        let (lamp, probe) = (on_line(json!(0), "out"), on_line(json!(1), "in"));
        let fixture = fixture(&json!({ "lamp": lamp, "probe": probe }));
        assert_eq!(call(&fixture, "lamp", "set").await, Ok(None));
        assert_eq!(call(&fixture, "probe", "read").await, Ok(Some(json!("active"))));
        let edited = fixture.edit(&board(&json!({ "other": on_line(json!("GP0"), "in"), "probe": probe }))).await;
        assert_eq!(edited.map(|change| change.removed), Ok(vec!["lamp".to_owned()]));
        assert_eq!(call(&fixture, "probe", "read").await, Ok(Some(json!("inactive"))));
        assert_eq!(call(&fixture, "other", "read").await, Ok(Some(json!("inactive"))));
        fixture.board.close().await;
        let ends: Vec<_> = fixture.turns().into_iter().filter(|turn| turn.contains("closed")).collect();
        assert_eq!(ends.last().map(String::as_str), Some("dongle: stopped (the board was closed)"));
    });
}

#[test]
fn what_is_not_granted_does_not_reach_the_line() {
    on_one_thread(async {
        let mut probe = on_line(json!(1), "in");
        probe["limits"] = json!({ "transactionsPerSecond": 1 });
        let fixture = fixture(&json!({ "probe": probe }));
        assert_eq!(told(call(&fixture, "probe", "set").await), json!({ "tag": "pin-mode-not-allowed" }));
        assert_eq!(call(&fixture, "probe", "read").await, Ok(Some(json!("inactive"))));
        let reason = "more than 1 transactions in a second";
        assert_eq!(told(call(&fixture, "probe", "read").await), json!({ "tag": "other", "val": reason }));
        let told: Vec<_> = fixture.refused().into_iter().map(|(_, call, _)| call).collect();
        assert_eq!(told, ["gpio pin \"out\" of the line \"a\"", "gpio read of the line \"a\""]);
        fixture.board.close().await;
    });
}
