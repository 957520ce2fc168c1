//! The firmware for a microcontroller, in QEMU: a BME280 reads there, within what a small one has, and drivers that mean harm end in the
//! sentences of the other hosts, while the others go on.

#[path = "../build/encode.rs"]
mod encode;
#[path = "support/firmware.rs"]
mod firmware;
#[path = "support/guest.rs"]
#[allow(dead_code)]
mod guest;
#[path = "support/machine_code.rs"]
#[allow(dead_code)]
mod machine_code;

use firmware::{Ran, build, can_run, leave_out, run};
use guest::{Parts, flattened};
use serde_json::{Map, Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard};

/// What is promised of a BME280 on MicroQuickJS, in bytes: issue 12.
const MOST_RAM: usize = 256 << 10;
const MOST_FLASH: usize = 600 << 10;

/// One firmware at a time: it is one file.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A folder for the files of a board.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// What a firmware prints for these drivers and their limits.
fn ran(name: &str, drivers: &[(&str, Vec<u8>, Value)]) -> Ran {
    let folder = folder(name);
    let mut devices = Map::new();
    for (index, (device, bytes, limits)) in drivers.iter().enumerate() {
        fs::write(folder.join(format!("{device}.core.wasm")), bytes).expect("a file");
        let i2c = json!({ "bus": "sim", "address": format!("0x{:02x}", 0x76 - index) });
        devices.insert(
            (*device).to_owned(),
            json!({ "driver": format!("./{device}.wasm"), "i2c": i2c, "limits": limits }),
        );
    }
    let simulated = json!([{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": { "0xD0": "60" } }]);
    let board = folder.join("board.json");
    fs::write(&board, json!({ "devices": devices, "simulate": simulated }).to_string()).expect("a file");
    build(&board).expect("it is built");
    run()
}

/// The figure that stands first in a line of what was printed.
fn figure(printed: &str, line: &str) -> usize {
    let line = printed.lines().find_map(|each| each.strip_prefix(line)).expect("it is printed");
    line.split_whitespace().next().and_then(|word| word.parse().ok()).expect("a number")
}

#[test]
fn a_bme280_reads_the_worked_example_within_what_a_small_machine_has() {
    let _turn = turn();
    if !can_run() {
        return;
    }
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/micro/bme280.core.wasm");
    let Ok(driver) = fs::read(driver) else {
        leave_out("a BME280 on MicroQuickJS is not built, which scripts/check.mjs does");
        return;
    };
    let folder = folder("bme280");
    fs::write(folder.join("bme280.core.wasm"), driver).expect("a file");
    // BST-BME280-DS002-15, appendix A, at rest in registers.
    let registers = json!({
        "0x88": "706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017004b",
        "0xE1": "6301001524031e",
        "0xD0": "60",
        "0xF7": "655ac07eed006f15",
    });
    let board = json!({
        "devices": { "indoor": { "driver": "./bme280.wasm", "i2c": { "bus": "sim", "address": "0x76" } } },
        "simulate": [{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": registers }]
    });
    let file = folder.join("board.json");
    fs::write(&file, board.to_string()).expect("a file");
    build(&file).expect("it is built");
    let Ran { printed, went_well } = run();
    let lines: Vec<_> = printed.lines().collect();
    assert_eq!(
        lines[..5],
        [
            "indoor  BME280",
            "  temperature  25.08247793081682  °C",
            "  pressure  100653.25814481472  Pa",
            "  humidity  35.943303841606074  %RH",
            // BST-BME280-DS002-15: start-up in table 1, and a measurement in appendix B, as the driver waits for them.
            "  waited 2000 us to open and 9300 us to read",
        ]
    );
    assert!(went_well);
    let (ram, flash) = (figure(&printed, "RAM  "), figure(&printed, "flash  "));
    println!("a BME280 takes {ram} bytes of RAM and {flash} bytes of flash");
    assert!(ram <= MOST_RAM && flash <= MOST_FLASH, "{printed}");
}

#[test]
fn drivers_that_mean_harm_end_in_a_sentence_and_the_others_go_on() {
    let _turn = turn();
    if !can_run() {
        return;
    }
    let forever = "(loop (br 0)) (i32.const 0)";
    let short = json!({ "callMs": 50 });
    let harm = |parts: Parts<'_>| flattened(&parts);
    let wants_time = r#"(import "busbar:board/time@0.1.0" "now-ms" (func $now (result f64)))
        (import "busbar:board/time@0.1.0" "wait-ms" (func $wait (param i32)))"#;
    let wants_bus = r#"(import "busbar:board/i2c@0.1.0" "open" (func $board (param i32 i32 i32)))
        (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.read" (func $i2c (param i32 i32 i64 i32)))"#;
    let Ran { printed, went_well } = ran(
        "harm",
        &[
            ("first", harm(Parts::default()), json!({})),
            ("start", harm(Parts { start: "(loop (br 0))", ..Parts::default() }), short.clone()),
            ("read", harm(Parts { read: forever, ..Parts::default() }), short.clone()),
            (
                "asks",
                harm(Parts {
                    imports: wants_time,
                    read: "(loop (drop (call $now)) (br 0)) (i32.const 0)",
                    ..Parts::default()
                }),
                short.clone(),
            ),
            (
                "waits",
                harm(Parts {
                    imports: wants_time,
                    read: "(call $wait (i32.const -1)) (i32.const 0)",
                    ..Parts::default()
                }),
                short.clone(),
            ),
            ("realloc", harm(Parts { realloc: forever, ..Parts::default() }), short),
            ("trap", harm(Parts { read: "unreachable", ..Parts::default() }), json!({})),
            ("outside", harm(Parts { read: "(i32.load (i32.const -8))", ..Parts::default() }), json!({})),
            (
                "deep",
                harm(Parts {
                    more: "(func $deep (param i64 i64) (call $deep (local.get 1) (local.get 0)) (drop (i32.const 1)))",
                    read: "(call $deep (i64.const 0) (i64.const 1)) (i32.const 0)",
                    ..Parts::default()
                }),
                json!({}),
            ),
            (
                "grows",
                harm(Parts {
                    read: "(if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable)) (i32.const 48)",
                    ..Parts::default()
                }),
                json!({}),
            ),
            (
                "handles",
                harm(Parts {
                    read: "(loop (drop (call $new (i32.const 1))) (br 0)) (i32.const 0)",
                    ..Parts::default()
                }),
                json!({}),
            ),
            // At 400: a list of 20,000 bytes as the error of `open`, of which the pointer is inside the memory.
            (
                "values",
                harm(Parts {
                    open: "(i32.store8 (i32.const 400) (i32.const 1)) (i32.store8 (i32.const 404) (i32.const 0)) (i32.store (i32.const 408) (i32.const 0)) (i32.store (i32.const 412) (i32.const 20000)) (i32.const 400)",
                    ..Parts::default()
                }),
                json!({}),
            ),
            (
                "other",
                harm(Parts {
                    imports: wants_bus,
                    more: r#"(data (i32.const 200) "other")"#,
                    read: "(call $board (i32.const 200) (i32.const 5) (i32.const 300))
                        (call $i2c (i32.load (i32.const 304)) (i32.const 0x76) (i64.const 2) (i32.const 320))
                        (if (i32.ne (i32.load8_u (i32.const 320)) (i32.const 1)) (then unreachable)) (i32.const 48)",
                    ..Parts::default()
                }),
                json!({}),
            ),
            ("last", harm(Parts::default()), json!({})),
        ],
    );
    let reads = |device: &str| {
        [format!("{device}  "), "  t  1.5  °C".to_owned(), "  waited 0 us to open and 0 us to read".to_owned()]
    };
    let late = |device: &str| format!("busbar: {device}: the driver took longer than its limit of 50 ms");
    let mends =
        |device: &str, what: &str| format!("busbar: {device}: the driver failed: {what}, which its author has to mend");
    let failed = |device: &str, what: &str| format!("busbar: {device}: the driver failed: {what}");
    let mut expected = Vec::from(reads("first"));
    expected
        .push("busbar: start: ./start.wasm does not start: the driver took longer than its limit of 50 ms.".to_owned());
    expected.extend(["read", "asks", "waits", "realloc"].map(late));
    expected.extend([
        mends("trap", "it trapped (unreachable)"),
        mends("outside", "it trapped (memory access out of bounds)"),
        mends("deep", "its calls are nested too deeply"),
        failed("grows", "it needs more than its 64 KiB of memory, and this machine has no more"),
        failed("handles", "it holds more than 256 handles"),
        failed("values", "it passes values of more than 8192 bytes in one call"),
        "busbar: denied to other: i2c transaction on bus sim at 0x76: read 2: address 0x76 is not granted, only 0x6a is".to_owned(),
    ]);
    expected.extend(reads("other"));
    expected.extend(reads("last"));
    let lines: Vec<_> = printed.lines().filter(|line| !line.starts_with("RAM") && !line.starts_with("flash")).collect();
    assert_eq!(lines, expected, "{printed}");
    assert!(!went_well);
}

#[test]
fn a_board_that_a_microcontroller_cannot_have_is_refused_when_the_firmware_is_built() {
    let _turn = turn();
    if !can_run() {
        return;
    }
    let folder = folder("refused");
    fs::write(folder.join("good.core.wasm"), flattened(&Parts::default())).expect("a file");
    let simulated = json!([{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": {} }]);
    let i2c = json!({ "bus": "sim", "address": "0x76" });
    let board = folder.join("board.json");
    let by_spi = "\"devices.good\" is wired by \"spi\", which a microcontroller does not have";
    for (entry, sentence) in [
        (
            json!({ "driver": "./good.wasm", "spi": { "bus": "sim", "chipSelect": 0 } }),
            format!("{}: {by_spi}", board.display()).as_str(),
        ),
        (json!({ "driver": "./good.wasm", "i2c": { "bus": 1, "address": "0x76" } }), "good: the bus is not simulated"),
        (json!({ "driver": "./good.wasm" }), "good: ./good.wasm imports"),
        (json!({ "driver": "./none.wasm", "i2c": i2c }), "good: "),
        (
            json!({ "driver": "./good.wasm", "i2c": i2c, "limits": { "transactionsPerSecond": 501 } }),
            "good: a microcontroller counts 500 transactions in a second at most",
        ),
    ] {
        fs::write(&board, json!({ "devices": { "good": entry }, "simulate": simulated }).to_string()).expect("a file");
        let said = build(&board).expect_err("it is refused");
        assert!(said.contains(&format!("error: busbar-microcontroller@0.1.0: {sentence}")), "{said}");
    }
}

#[test]
fn there_is_code_only_for_processors_that_the_firmware_is_built_for() {
    if !machine_code::has_compiler() {
        return;
    }
    let mut command = Command::new(machine_code::compiler());
    command.args(["--label", "indoor", "--microcontroller", "cortex-m0"]).stdin(Stdio::piped());
    let mut compiling = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    compiling.stdin.take().expect("it is piped").write_all(&flattened(&Parts::default())).expect("it reads all of it");
    let Output { status, stdout, stderr } = compiling.wait_with_output().expect("it ends");
    let sentence = "there is no code for cortex-m0; name a Cortex-M of the architecture Armv7E-M, such as cortex-m4.";
    assert!(String::from_utf8_lossy(&stderr).contains(sentence), "{}", String::from_utf8_lossy(&stderr));
    assert_eq!((status.success(), stdout.len()), (false, 0));
}
