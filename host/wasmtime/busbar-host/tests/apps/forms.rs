//! Apps and drivers that do not fit each other, or this host.

use crate::fixture::Fixture;
use crate::guests::{app_of, sensor};
use crate::support::on_one_thread;
use serde_json::json;

/// Worlds with a busbar:device of an app's own.
fn worlds(read: &str, errors: &str) -> String {
    format!(
        "package busbar:test;
        world app {{
            import busbar:device/sensor@0.1.0;
            import wasi:cli/stdout@0.2.0;
            import wasi:clocks/monotonic-clock@0.2.0;
            import wasi:io/poll@0.2.0;
            import wasi:io/streams@0.2.0;
            export wasi:cli/run@0.2.0;
        }}
        package busbar:device@0.1.0 {{
            interface sensor {{
                variant error {{ {errors} }}
                resource device {{ {read} close: func(); }}
                open: func(name: string) -> result<device, error>;
            }}
        }}"
    )
}

const ERRORS: &str = "not-found(string), access-denied(string), timeout(string), disconnected(string)";

async fn run(app: Vec<u8>) -> Result<String, String> {
    let board = json!({
        "devices": { "a": { "driver": "./a.wasm", "i2c": { "bus": "sim", "address": "0x76" } } },
        "simulate": [{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": {} }],
        "apps": { "app": { "component": "./app.wasm", "uses": ["a"] } },
    });
    let fixture = Fixture::open(&board, &[("a.wasm", sensor("")), ("app.wasm", app)]);
    fixture.run("app").await.map_err(|failure| failure.to_string())
}

#[test]
fn a_function_that_cannot_be_forwarded_is_refused_before_anything_runs() {
    on_one_thread(async {
        let refused = |function: &str| {
            Err(format!(
                "app: ./app.wasm imports {function} of busbar:device/sensor@0.1.0 in a form that this host does not have; \
                 build it for the busbar:device that it names."
            ))
        };
        // There has to be an error to answer with, where the driver ends.
        let no_error = worlds("read: func() -> result<list<f64>, error>;", "not-found(string)");
        assert_eq!(run(app_of(&no_error, "")).await, refused("[method]device.read"));
        // A handle would be one of another store.
        let handle = worlds("read: func() -> result<list<device>, error>;", ERRORS);
        assert_eq!(run(app_of(&handle, "")).await, refused("[method]device.read"));
    });
}

#[test]
fn a_driver_with_other_types_is_not_found() {
    on_one_thread(async {
        let other = worlds("read: func() -> result<list<f32>, error>;", ERRORS);
        // "a" is `not-found`.
        assert_eq!(run(app_of(&other, "(if (i32.eqz (call $open)) (then (call $read)))")).await, Ok("a".to_owned()));
    });
}
