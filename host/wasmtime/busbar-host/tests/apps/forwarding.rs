//! Calls of apps on the way to drivers and back.

use crate::fixture::Fixture;
use crate::guests::{app, sensor, sensor_that_opens};
use crate::workspace_files::on_one_thread;
use serde_json::{Value, json};

/// A board with the sensor "a", whose calls may take so long, and apps that use it.
fn board(call_ms: u32, apps: &[&str]) -> Value {
    let app = |name: &&str| ((*name).to_owned(), json!({ "component": format!("./{name}.wasm"), "uses": ["a"] }));
    json!({
        "devices": {
            "a": { "driver": "./a.wasm", "i2c": { "bus": "sim", "address": "0x76" }, "limits": { "callMs": call_ms } },
        },
        "simulate": [{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": {} }],
        "apps": apps.iter().map(app).collect::<serde_json::Map<_, _>>(),
    })
}

const OPEN_AND_READ: &str = "(drop (call $open)) (call $read)";

#[test]
fn a_driver_s_devices_are_closed_when_they_are_dropped_and_when_a_run_ends() {
    on_one_thread(async {
        let leaves = app("(drop (call $open)) (drop (call $open)) (call $read)");
        let drops =
            app("(drop (call $open)) (call $drop) (call $wait (i32.const 20)) (drop (call $open)) (call $read)");
        let closes =
            app("(drop (call $open)) (call $close) (call $read) (call $close) (drop (call $open)) (call $read)");
        let components =
            [("a.wasm", sensor("")), ("leaves.wasm", leaves), ("drops.wasm", drops), ("closes.wasm", closes)];
        let fixture = Fixture::open(&board(1_000, &["leaves", "drops", "closes"]), &components);
        assert_eq!(fixture.run("leaves").await.as_deref(), Ok("2"));
        assert_eq!(fixture.run("leaves").await.as_deref(), Ok("2"));
        assert_eq!(fixture.run("drops").await.as_deref(), Ok("1"));
        // "i" is `disconnected`: it was closed. Closing it again is nothing.
        assert_eq!(fixture.run("closes").await.as_deref(), Ok("i1"));
        assert!(fixture.trapped().is_empty());
    });
}

#[test]
fn a_driver_that_takes_too_long_is_a_timeout_and_the_next_life_works() {
    on_one_thread(async {
        let loops_at_first = "(if (i32.eq (global.get $reads) (i32.const 2)) (then (loop $ever (br $ever))))";
        let main = "(drop (call $open)) (call $read) (call $read) (call $read) (drop (call $open)) (call $read)";
        let components = [("a.wasm", sensor(loops_at_first)), ("app.wasm", app(main))];
        let fixture = Fixture::open(&board(100, &["app"]), &components);
        // A reading, `timeout`, `disconnected`; and the next life is opened and read.
        assert_eq!(fixture.run("app").await.as_deref(), Ok("1ei1"));
        assert_eq!(fixture.trapped(), ["a: the driver took longer than its limit of 100 ms"]);
    });
}

#[test]
fn an_app_goes_on_while_another_s_driver_and_another_app_compute() {
    on_one_thread(async {
        let ticks = app("(call $print (i32.const 116)) (call $wait (i32.const 5))".repeat(30).as_str());
        let loops = app("(call $print (i32.const 108)) (loop $ever (br $ever))");
        let components = [
            ("a.wasm", sensor("(loop $ever (br $ever))")),
            ("reads.wasm", app(OPEN_AND_READ)),
            ("ticks.wasm", ticks),
            ("loops.wasm", loops),
        ];
        let fixture = Fixture::open(&board(3_000, &["reads", "ticks", "loops"]), &components);
        // Whoever waited for the driver would end after it.
        let driver_ended = std::cell::Cell::new(false);
        let reading = async {
            let read = fixture.run("reads").await;
            driver_ended.set(true);
            read
        };
        let ticking = async {
            assert_eq!(fixture.run("ticks").await.as_deref(), Ok("t".repeat(30).as_str()));
            assert!(!driver_ended.get());
        };
        let (reading, looping, ()) = tokio::join!(reading, fixture.run_until("loops", 1), ticking);
        assert_eq!(reading.as_deref(), Ok("e"));
        assert_eq!(looping, "l");
    });
}

#[test]
fn an_app_that_is_ended_in_the_middle_of_a_call_leaves_its_driver_to_the_others() {
    on_one_thread(async {
        let components = [
            ("a.wasm", sensor("(call $wait (i32.const 100))")),
            ("ended.wasm", app("(drop (call $open)) (call $print (i32.const 33)) (call $read)")),
            ("after.wasm", app(OPEN_AND_READ)),
        ];
        let fixture = Fixture::open(&board(1_000, &["ended", "after"]), &components);
        // It is about to read when it is told to end.
        assert_eq!(fixture.run_until("ended", 1).await, "!");
        assert_eq!(fixture.run("after").await.as_deref(), Ok("1"));
        assert!(fixture.trapped().is_empty());
    });
}

#[test]
fn an_app_that_is_ended_while_it_opens_a_device_leaves_it_to_nobody() {
    on_one_thread(async {
        let opens = app("(call $print (i32.const 33)) (drop (call $open))");
        let driver = sensor_that_opens("(call $wait (i32.const 100))");
        let components = [("a.wasm", driver), ("opens.wasm", opens), ("after.wasm", app(OPEN_AND_READ))];
        let fixture = Fixture::open(&board(1_000, &["opens", "after"]), &components);
        // The driver runs before, so that the other app is ended in its call and not while that starts.
        assert_eq!(fixture.run("after").await.as_deref(), Ok("1"));
        assert_eq!(fixture.run_until("opens", 1).await, "!");
        let mut open = String::new();
        // The driver closes it in its own time.
        for _ in 0..20 {
            open = fixture.run("after").await.expect("it ends well");
            if open == "1" {
                break;
            }
        }
        assert_eq!(open, "1");
        assert!(fixture.trapped().is_empty());
    });
}

#[test]
fn a_run_that_is_given_up_closes_its_devices_all_the_same() {
    on_one_thread(async {
        let waits = app("(drop (call $open)) (call $print (i32.const 33)) (call $wait (i32.const 60000))");
        let components = [("a.wasm", sensor("")), ("waits.wasm", waits), ("after.wasm", app(OPEN_AND_READ))];
        let fixture = Fixture::open(&board(1_000, &["waits", "after"]), &components);
        let given_up = tokio::time::timeout(std::time::Duration::from_millis(200), fixture.run("waits")).await;
        assert!(given_up.is_err());
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        assert_eq!(fixture.run("after").await.as_deref(), Ok("1"));
    });
}

#[test]
fn handles_without_end_end_the_app_and_nobody_else() {
    on_one_thread(async {
        let greedy = app("(loop $more (br_if $more (i32.eqz (call $open))))");
        let components = [("a.wasm", sensor("")), ("greedy.wasm", greedy), ("after.wasm", app(OPEN_AND_READ))];
        let fixture = Fixture::open(&board(1_000, &["greedy", "after"]), &components);
        let failure = fixture.run("greedy").await.expect_err("it must not go on");
        assert!(failure.to_string().starts_with("greedy: it failed: "), "{failure}");
        assert_eq!(fixture.run("after").await.as_deref(), Ok("1"));
    });
}
