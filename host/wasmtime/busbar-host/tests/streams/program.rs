//! examples/print_readings.rs, as its user runs it.

use crate::fixture::VALUES;
use crate::workspace_files::{TemporaryFolder, built};
use serde_json::json;
use std::process::Command;

/// Where cargo puts examples: beside the folder of the tests.
fn print_readings() -> Command {
    let tests = std::env::current_exe().expect("a test has a file");
    let program = tests.ancestors().nth(2).expect("it is in a folder").join("examples/print_readings");
    assert!(
        program.is_file(),
        "the program is missing; build it first: cargo build -p busbar-host --features streams --example print_readings"
    );
    Command::new(program)
}

#[test]
fn a_program_prints_what_the_sensor_of_an_installed_package_sends() {
    let board = json!({
        "devices": { "indoor": { "driver": "bme280", "i2c": { "bus": "sim", "address": "0x76" } } },
        "simulate": [{
            "i2c": "sim",
            "address": "0x76",
            "model": "registers",
            "registers": crate::fixture::registers(),
        }],
    });
    let manifest = json!({ "busbar": { "component": "plain.wasm", "streaming": { "component": "streaming.wasm" } } });
    let folder = TemporaryFolder::with(&[
        ("board.json", board.to_string().into_bytes()),
        ("node_modules/bme280/package.json", manifest.to_string().into_bytes()),
        ("node_modules/bme280/streaming.wasm", built("packages/bme280/dist/bme280-streaming.wasm")),
    ]);
    let cache = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache");
    let mut program = print_readings();
    program.env("XDG_CACHE_HOME", cache).current_dir(folder.path()).args(["./board.json", "indoor", "1", "3"]);
    let output = program.output().expect("it starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let line = VALUES.map(|value| value.to_string()).join("\t");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(printed, format!("temperature\tpressure\thumidity\n{line}\n{line}\n{line}\n"));
}
