//! Drivers that mean harm, and one that does not: each ends in one sentence, and the others go on.

#[path = "support/board.rs"]
#[allow(dead_code)]
mod board;
#[path = "../build/encode.rs"]
mod encode;
#[path = "support/guest.rs"]
mod guest;

use board::{Way, limits, on_one_thread, open, simulated, try_open};
use busbar_core::app::RunsApps;
use busbar_core::failure::BoardFailure;
use guest::{Parts, flattened, with_sections};
use serde_json::{Value, json};

/// What comes of one reading of a driver: the same in all ways of running it.
fn outcome(bytes: Vec<u8>, limits: &Value) -> Result<Vec<f64>, String> {
    let outcomes: Vec<_> = Way::all().iter().map(|way| outcome_of(*way, bytes.clone(), limits)).collect();
    assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]), "{outcomes:?}");
    outcomes[0].clone()
}

fn outcome_of(way: Way, bytes: Vec<u8>, limits: &Value) -> Result<Vec<f64>, String> {
    on_one_thread(async {
        let (board, _, scratch) = open(way, &[("a", bytes, limits.clone())], &simulated());
        let outcome = read(&board, "a").await;
        board.close().await;
        // Each has a folder of its own.
        outcome.map_err(|sentence| sentence.replace(&*scratch.0.to_string_lossy(), "FOLDER"))
    })
}

async fn read(board: &busbar_wamr::OpenBoard, name: &str) -> Result<Vec<f64>, String> {
    let read = async {
        let mut sensor = board.sensor(name).await?;
        let values = sensor.read().await?;
        sensor.close().await?;
        Ok::<_, BoardFailure>(values)
    };
    read.await.map_err(|failure| failure.to_string())
}

fn fails(parts: &Parts<'_>) -> String {
    outcome(flattened(parts), &json!({})).expect_err("it must fail")
}

fn takes_too_long(parts: &Parts<'_>) -> String {
    outcome(flattened(parts), &limits()).expect_err("it must be ended")
}

fn trapped(name: &str) -> String {
    format!("a: the driver failed: it trapped ({name}), which its author has to mend")
}

const TOO_LONG: &str = "a: the driver took longer than its limit of 500 ms";

#[test]
fn a_driver_reads() {
    assert_eq!(outcome(flattened(&Parts::default()), &json!({})), Ok(vec![1.5]));
}

#[test]
fn a_loop_without_end_is_ended_wherever_it_is() {
    let forever = "(loop (br 0))";
    let body = format!("{forever} (i32.const 0)");
    assert_eq!(takes_too_long(&Parts { read: &body, ..Parts::default() }), TOO_LONG);
    assert_eq!(takes_too_long(&Parts { open: &body, ..Parts::default() }), TOO_LONG);
    assert_eq!(takes_too_long(&Parts { channels: &body, ..Parts::default() }), TOO_LONG);
    assert_eq!(takes_too_long(&Parts { close: forever, ..Parts::default() }), TOO_LONG);
    assert_eq!(takes_too_long(&Parts { realloc: &body, ..Parts::default() }), TOO_LONG);
    assert_eq!(
        takes_too_long(&Parts { start: forever, ..Parts::default() }),
        "a: ./a.wasm does not start: the driver took longer than its limit of 500 ms."
    );
    // Each jump that there is.
    for forever in [
        "(loop (br_if 0 (i32.const 1)))",
        "(loop (block (br_table 0 1 (i32.const 1))))",
        "(loop $outer (loop (br $outer)))",
        "(loop (memory.fill (i32.const 512) (i32.const 0) (i32.const 512)) (br 0))",
    ] {
        let read = format!("{forever} (i32.const 0)");
        assert_eq!(takes_too_long(&Parts { read: &read, ..Parts::default() }), TOO_LONG);
    }
    // Without a jump: calls that call twice.
    let more = "(func $more (param i32) (if (local.get 0) (then
        (call $more (i32.sub (local.get 0) (i32.const 1))) (call $more (i32.sub (local.get 0) (i32.const 1))))))";
    let read = "(call $more (i32.const 60)) (i32.const 48)";
    assert_eq!(takes_too_long(&Parts { more, read, ..Parts::default() }), TOO_LONG);
}

#[test]
fn others_go_on_while_one_computes_without_end() {
    Way::all().iter().copied().for_each(others_go_on_while_one_computes);
}

fn others_go_on_while_one_computes(way: Way) {
    let endless = flattened(&Parts { read: "(loop (br 0)) (i32.const 0)", ..Parts::default() });
    on_one_thread(async {
        let drivers = [("bad", endless, limits()), ("good", flattened(&Parts::default()), json!({}))];
        let (board, told, _scratch) = open(way, &drivers, &simulated());
        let mut bad = board.sensor("bad").await.expect("it opens");
        let others = async {
            let mut count = 0;
            while told.traps().is_empty() {
                assert_eq!(read(&board, "good").await, Ok(vec![1.5]));
                count += 1;
            }
            count
        };
        let (ended, others) = tokio::join!(bad.read(), others);
        assert_eq!(ended.expect_err("it ends").message, "the driver took longer than its limit of 500 ms");
        assert!(others > 1);
        // A new life of it is another one.
        assert!(read(&board, "bad").await.is_err());
        board.close().await;
        assert_eq!(told.traps().len(), 2);
    });
}

#[test]
fn a_wait_without_end_is_ended_and_a_board_that_is_closed_waits_for_nobody() {
    let wait = Parts {
        imports: r#"(import "busbar:board/time@0.1.0" "wait-ms" (func $wait (param i32)))"#,
        read: "(call $wait (i32.const -1)) (i32.const 48)",
        ..Parts::default()
    };
    assert_eq!(takes_too_long(&wait), TOO_LONG);
    let bytes = flattened(&Parts { read: "(loop (br 0)) (i32.const 0)", ..Parts::default() });
    for way in Way::all() {
        on_one_thread(async {
            let patient = json!({ "callMs": 3_600_000 });
            let (board, told, _scratch) = open(*way, &[("a", bytes.clone(), patient)], &simulated());
            let mut sensor = board.sensor("a").await.expect("it opens");
            let (read, ()) = tokio::join!(sensor.read(), board.close());
            assert_eq!(read.expect_err("it is ended").message, "the board was closed");
            assert_eq!(told.traps(), Vec::<String>::new());
        });
    }
}

#[test]
fn traps_are_told_as_on_the_other_hosts() {
    assert_eq!(fails(&Parts { read: "unreachable", ..Parts::default() }), trapped("unreachable"));
    let read = "(i32.load (i32.const -4))";
    assert_eq!(fails(&Parts { read, ..Parts::default() }), trapped("memory access out of bounds"));
    let read = "(i32.div_u (i32.const 1) (i32.const 0))";
    assert_eq!(fails(&Parts { read, ..Parts::default() }), trapped("integer divide by zero"));
    let nested = "a: the driver failed: its calls are nested too deeply, which its author has to mend";
    let more = "(func $deep (call $deep))";
    assert_eq!(fails(&Parts { more, read: "(call $deep) (i32.const 48)", ..Parts::default() }), nested);
}

#[test]
fn memory_is_limited() {
    let more_than_it_may =
        "(if (i32.eq (memory.grow (i32.const 1024)) (i32.const -1)) (then unreachable)) (i32.const 48)";
    let bytes = || flattened(&Parts { read: more_than_it_may, ..Parts::default() });
    let limited = |mib: u32| json!({ "memoryMiB": mib });
    assert_eq!(
        outcome(bytes(), &limited(8)),
        Err("a: the driver failed: it needs more than its 8 MiB of memory; set \"limits\": { \"memoryMiB\": 16 } or more"
            .to_owned())
    );
    assert_eq!(outcome(bytes(), &limited(128)), Ok(vec![1.5]));
    // A table of a million elements takes as much as 8 MiB of memory.
    let tables = Parts { more: "(table 1000000 funcref)", ..Parts::default() };
    assert_eq!(
        outcome(flattened(&tables), &limited(7)),
        Err("a: ./a.wasm needs 8 MiB of memory; set \"limits\": { \"memoryMiB\": 8 } or more.".to_owned())
    );
    let at_start = flattened(&Parts { memory_pages: 16 * 9, ..Parts::default() });
    assert_eq!(
        outcome(at_start, &limited(8)),
        Err("a: ./a.wasm needs 9 MiB of memory; set \"limits\": { \"memoryMiB\": 9 } or more.".to_owned())
    );
}

#[test]
fn instances_of_a_driver_share_what_their_memory_starts_with_until_they_write_to_it() {
    // Each reading is by one more than the one before, and far from it in memory starts what is added to it. From the second on
    // the memory grows.
    let count = "(f64.store (i32.const 128) (f64.add (f64.load (i32.const 128)) (f64.load (i32.const 60000))))";
    let grow = "(if (f64.gt (f64.load (i32.const 128)) (f64.const 3)) (then (drop (memory.grow (i32.const 1)))))";
    let body = format!("{count} {grow} (i32.const 48)");
    let one = r#"(data (i32.const 60000) "\00\00\00\00\00\00\f0\3f")"#;
    let driver = flattened(&Parts { more: one, read: &body, ..Parts::default() });
    let device = |address: &str| json!({ "driver": "./a.wasm", "i2c": { "bus": "sim", "address": address } });
    let devices = json!({ "first": device("0x76"), "second": device("0x75"), "third": device("0x74") });
    let board = json!({ "devices": devices, "simulate": simulated() });
    for way in Way::all() {
        on_one_thread(async {
            let opened = try_open(*way, &board, &[("a", driver.clone())], Vec::new());
            let (board, _, _scratch) = opened.expect("there is no app");
            for reading in [2.5, 3.5, 4.5] {
                assert_eq!(read(&board, "first").await, Ok(vec![reading]));
            }
            for reading in [2.5, 3.5] {
                assert_eq!(read(&board, "second").await, Ok(vec![reading]));
            }
            assert_eq!(read(&board, "third").await, Ok(vec![2.5]));
            assert_eq!(read(&board, "first").await, Ok(vec![5.5]));
            let maps = std::fs::read_to_string("/proc/self/maps").expect("this is Linux");
            assert!(maps.contains("/memfd:guest"), "{maps}");
            board.close().await;
        });
    }
}

#[test]
fn values_that_are_none_end_the_driver() {
    let read = |body: &str| fails(&Parts { read: body, ..Parts::default() });
    let failed = |reason: &str| format!("a: the driver failed: {reason}");
    assert_eq!(read("(i32.const 49)"), failed("a pointer is not aligned"));
    assert_eq!(read("(i32.const -4)"), failed("a pointer leads out of the memory"));
    let list = |length: &str| format!("(i32.store (i32.const 56) (i32.const {length})) (i32.const 48)");
    assert_eq!(read(&list("-1")), failed("a pointer leads out of the memory"));
    assert_eq!(
        read("(i32.store8 (i32.const 48) (i32.const 2)) (i32.const 48)"),
        failed("a discriminant is out of the range of 2 cases")
    );
    // Within its memory of 8 MiB, and more than that on the host.
    let many = Parts { memory_pages: 100, read: &list("800000"), ..Parts::default() };
    let limits = json!({ "memoryMiB": 8 });
    assert_eq!(outcome(flattened(&many), &limits), Err(failed("it passes values of more than 8 MiB in one call")));
    let open = "(i32.store (i32.const 20) (i32.const 5)) (i32.const 16)";
    assert_eq!(fails(&Parts { open, ..Parts::default() }), failed("handle 5 is no \"device\""));
    let open = "(drop (call $new (i32.const 7))) (loop (drop (call $new (i32.const 7))) (br 0)) (i32.const 16)";
    assert_eq!(fails(&Parts { open, ..Parts::default() }), failed("it holds more than 4096 handles"));
}

#[test]
fn a_driver_that_calls_the_host_while_it_must_not_is_ended() {
    let parts = Parts {
        imports: r#"(import "busbar:board/time@0.1.0" "now-ms" (func $now (result f64)))"#,
        realloc: "(drop (call $now)) (i32.const 1024)",
        ..Parts::default()
    };
    assert_eq!(fails(&parts), "a: the driver failed: cannot leave component instance");
}

#[test]
fn what_is_not_what_its_interface_says_is_refused_before_anything_runs() {
    let refused = |parts: &Parts<'_>| {
        let sentence = fails(parts);
        let linked = sentence.strip_prefix("a: ./a.wasm cannot be linked: ");
        linked.unwrap_or(&sentence).to_owned()
    };
    let with = |imports| Parts { imports, ..Parts::default() };
    assert_eq!(
        refused(&with(r#"(import "busbar:board/time@0.1.0" "now-ms" (func (result i32)))"#)),
        "its core function now-ms of \"busbar:board/time@0.1.0\" has another type than the interface says; use another build of it."
    );
    assert_eq!(
        refused(&with(r#"(import "busbar:board/time@0.1.0" "then-ms" (func))"#)),
        "it imports the core function then-ms of \"busbar:board/time@0.1.0\", which its interface does not have; use another build \
         of it."
    );
    assert_eq!(
        refused(&with(
            r#"(import "[export]busbar:device/sensor@0.1.0" "[resource-rep]other" (func (param i32) (result i32)))"#
        )),
        "it imports the core function [resource-rep]other of \"[export]busbar:device/sensor@0.1.0\", which its interface does not \
         have; use another build of it."
    );
    let nothing = with_sections(&wat::parse_str("(module)").expect("the text is right"));
    assert_eq!(
        outcome(nothing, &json!({})),
        Err("a: ./a.wasm does not start: it exports busbar:device/sensor@0.1.0 without its function [method]device.info.".to_owned())
    );
}

/// A type by itself is no import that anybody has to grant: nothing may be called by it.
#[test]
fn what_was_not_granted_is_not_there_whatever_the_interface_says_of_it() {
    const NAME: &[u8] = b"busbar:board/time@0.1.0";
    let parts = Parts {
        imports: r#"(import "busbar:board/time@0.1.0" "now-ms" (func $now (result f64)))"#,
        ..Parts::default()
    };
    let mut bytes = flattened(&parts);
    let place = bytes.windows(NAME.len()).position(|each| each == NAME).expect("it is imported");
    // The kind and the length stand before the name.
    let kind = &mut bytes[place - 2];
    assert_eq!(std::mem::replace(kind, 0x03), 0x05);
    let expected = "a: ./a.wasm cannot be linked: it imports the core function now-ms of \"busbar:board/time@0.1.0\", which its \
                    interface does not have; use another build of it.";
    assert_eq!(outcome(bytes, &json!({})), Err(expected.to_owned()));
}

#[test]
fn an_answer_that_makes_no_sense_is_an_error_and_the_driver_goes_on() {
    let two = "(i32.store (i32.const 56) (i32.const 2)) (i32.const 48)";
    let error = fails(&Parts { read: two, ..Parts::default() });
    assert_eq!(error, "a: the driver gives 2 values for 1 channels; its author has to mend that");
}

#[test]
fn a_module_that_has_more_than_it_may_is_refused() {
    for (text, beyond) in [
        ("(module (memory 1) (memory 1))", "multi-memory"),
        ("(module (func (result externref) (ref.null extern)))", "reference types"),
        ("(module (func (param v128)))", "SIMD"),
        ("(module (memory i64 1))", "memory64"),
    ] {
        let bytes = with_sections(&wat::parse_str(text).expect("the text is right"));
        let sentence = outcome(bytes, &json!({})).expect_err("it must be refused");
        assert!(sentence.contains("is no module that this host runs ("), "{beyond}: {sentence}");
    }
    let many = format!("(module {})", r#"(import "a" "b" (func))"#.repeat(1_001));
    let sentence = outcome(with_sections(&wat::parse_str(many).expect("the text is right")), &json!({}));
    let sentence = sentence.expect_err("it must be refused");
    assert!(sentence.contains(" imports 1001 functions, and 1000 is the most; "), "{sentence}");
    for text in [
        "(module (func $run) (start $run))",
        r#"(module (func (export "__post_instantiate")))"#,
        r#"(module (func (export "__wasm_call_ctors")))"#,
    ] {
        let sentence = outcome(with_sections(&wat::parse_str(text).expect("the text is right")), &json!({}));
        let sentence = sentence.expect_err("it must be refused");
        assert!(sentence.contains(" runs when it is instantiated, which no flattened component does; "), "{sentence}");
    }
    let plain = wat::parse_str("(module)").expect("the text is right");
    let sentence = outcome(plain, &json!({})).expect_err("it must be refused");
    assert!(
        sentence.contains("is no flattened component: make it with \"busbar flatten\"; flatten it again."),
        "{sentence}"
    );
}
