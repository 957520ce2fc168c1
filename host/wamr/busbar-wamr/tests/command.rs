//! The command: what it prints, and how it ends.

#[path = "support/board.rs"]
#[allow(dead_code)]
mod board;
#[path = "../build/encode.rs"]
mod encode;
#[path = "support/guest.rs"]
mod guest;

use board::{Scratch, bme280, machine_code};
use busbar_core::digest::sha256;
use guest::{Parts, flattened};
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder with a board of two sensors: one that works, and one that is as `parts` says.
fn folder(parts: &Parts<'_>) -> Scratch {
    let scratch = Scratch::new();
    let file = |name: &str, bytes: Vec<u8>| fs::write(scratch.0.join(name), bytes).expect("a file");
    file("good.core.wasm", flattened(&Parts::default()));
    file("other.core.wasm", flattened(parts));
    let device = |driver: &str, address: &str, limits: Value| json!({ "driver": driver, "i2c": { "bus": "sim", "address": address }, "limits": limits });
    let other_limits = if parts.read.contains("loop") { json!({ "callMs": 200 }) } else { json!({}) };
    let board = json!({
        "devices": { "good": device("./good.wasm", "0x76", json!({})), "other": device("./other.wasm", "0x40", other_limits) },
        "simulate": [{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": {} }]
    });
    file("board.json", board.to_string().into_bytes());
    scratch
}

fn command(scratch: &Scratch, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_busbar-wamr"));
    command.current_dir(&scratch.0).env("XDG_CACHE_HOME", &scratch.0).args(arguments);
    command
}

fn run(scratch: &Scratch, arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command(scratch, arguments).output().expect("it starts");
    let text = |bytes| String::from_utf8(bytes).expect("it is UTF-8");
    (status.code().expect("no signal ended it"), text(stdout), text(stderr))
}

#[test]
fn one_sensor_that_fails_keeps_no_other_from_being_read() {
    let scratch = folder(&Parts { read: "(loop (br 0)) (i32.const 0)", ..Parts::default() });
    let (code, stdout, stderr) = run(&scratch, &["read"]);
    assert_eq!(stdout, "good   , bus \"sim\" (simulated) at 0x76\n  t  1.5  °C\n");
    assert_eq!(stderr, "busbar: other: the driver took longer than its limit of 200 ms\n");
    assert_eq!(code, 7);
    let (code, stdout, _) = run(&scratch, &["read", "--json"]);
    let told: Value = serde_json::from_str(&stdout).expect("it is JSON");
    assert_eq!(told["readings"][0]["values"], json!({ "t": 1.5 }));
    assert_eq!(told["errors"][0]["deviceError"], "timeout");
    assert_eq!(code, 7);
    let (code, stdout, stderr) = run(&scratch, &["read", "board.json", "good"]);
    assert_eq!((code, stdout.lines().count(), stderr.as_str()), (0, 2, ""));
}

#[test]
fn what_a_driver_may_not_is_refused_and_told() {
    // 0x41 is not its address: [method]i2c.read with a bus that it opened.
    let scratch = folder(&Parts {
        imports: r#"(import "busbar:board/i2c@0.1.0" "open" (func $board (param i32 i32 i32)))
            (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.read" (func $i2c (param i32 i32 i64 i32)))"#,
        more: r#"(data (i32.const 200) "other")"#,
        read: "(call $board (i32.const 200) (i32.const 5) (i32.const 300))
            (call $i2c (i32.load (i32.const 304)) (i32.const 0x41) (i64.const 2) (i32.const 320))
            (if (i32.ne (i32.load8_u (i32.const 320)) (i32.const 1)) (then unreachable)) (i32.const 48)",
        ..Parts::default()
    });
    let (code, stdout, stderr) = run(&scratch, &["read", "board.json", "other"]);
    assert_eq!((code, stdout.lines().count()), (0, 2));
    let call = "i2c transaction on bus sim at 0x41: read 2";
    assert!(stderr.starts_with(&format!("busbar: denied to other: {call}: ")), "{stderr}");
    let (_, _, stderr) = run(&scratch, &["read", "board.json", "other", "--complain"]);
    // Another address is not within the device.
    assert!(stderr.starts_with("busbar: complain mode: of good, other nothing is refused "), "{stderr}");
    assert!(stderr.contains(&format!("busbar: denied to other: {call}: ")), "{stderr}");
}

#[test]
fn watch_prints_a_line_a_reading_and_the_extremes() {
    let scratch = folder(&Parts::default());
    let (code, stdout, stderr) = run(&scratch, &["watch", "board.json", "good", "--times", "2", "--every", "1"]);
    let lines: Vec<_> = stdout.lines().collect();
    assert_eq!(lines[0], "good:  , bus \"sim\" (simulated) at 0x76");
    assert!(lines[1].ends_with("  good  t   1.5 °C") && lines[2].ends_with("  good  t   1.5 °C"), "{stdout}");
    assert_eq!(lines[3..], ["", "good  t  minimum  1.5  maximum  1.5  °C"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
}

#[test]
fn a_run_goes_on_until_it_is_told_to_end() {
    let scratch = folder(&Parts { read: "unreachable", ..Parts::default() });
    let mut running = command(&scratch, &["run", "--every", "1", "--json"]);
    let mut child = running.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    for _ in 0..3 {
        let line = lines.next().expect("it goes on").expect("it is text");
        let reading: Value = serde_json::from_str(&line).expect("it is JSON");
        assert_eq!(reading["device"], "good");
    }
    // The other one may be slower.
    let mut errors = BufReader::new(child.stderr.take().expect("it is piped")).lines();
    let failed = errors.next().expect("it goes on").expect("it is UTF-8");
    assert!(failed.contains("\"message\":\"other: the driver failed: it trapped (unreachable), "), "{failed}");
    // SAFETY: the process is this test's own.
    assert_eq!(unsafe { libc::kill(child.id() as libc::pid_t, libc::SIGTERM) }, 0);
    let status = child.wait().expect("it ends");
    assert!(status.code().is_some(), "{status:?}");
}

#[test]
fn wrong_use_and_a_wrong_board_have_their_exit_codes() {
    let scratch = folder(&Parts::default());
    for (arguments, code, sentence) in [
        (&["fly"][..], 2, "unknown command 'fly'."),
        (&["read", "--every", "1"], 2, "invalid option '--every'."),
        (&["inspect", "--complain"], 2, "invalid option '--complain'."),
        (&["inspect"], 2, "missing required argument 'component'."),
        (&["compile", "a", "b"], 2, "unexpected argument \"b\"."),
        (&["read", "nothing.json"], 3, "the board file nothing.json does not exist; write one, or name another."),
        (&["read", "board.json", "attic"], 3, "board.json has no sensor \"attic\"; its sensors: \"good\", \"other\"."),
    ] {
        assert_eq!(run(&scratch, arguments), (code, String::new(), format!("busbar: {sentence}\n")));
    }
}

#[test]
fn a_device_that_has_the_flattened_form_only_is_told_what_the_component_needs() {
    let scratch = folder(&Parts::default());
    let module = fs::read(scratch.0.join("good.core.wasm")).expect("it is there");
    let (code, stdout, _) = run(&scratch, &["inspect", "good.wasm", "--json"]);
    let told: Value = serde_json::from_str(&stdout).expect("it is JSON");
    assert_eq!(code, 0);
    assert_eq!(told["file"], scratch.0.join("good.core.wasm").display().to_string());
    assert_eq!((&told["sha256"], &told["madeOf"]), (&json!(sha256(&module)), &json!("00".repeat(32))));
    assert_eq!(told["exports"], json!([{ "name": "busbar:device/sensor@0.1.0", "device": "sensor" }]));
    assert_eq!(told["devices"]["my-sensor"]["driver"], "./good.wasm");
    let memory = 65_536;
    let modules = json!([{ "bytes": module.len(), "sha256": sha256(&module), "instances": 1, "memoryBytes": memory }]);
    assert_eq!(told["code"], json!({ "problem": null, "memoryBytes": memory, "modules": modules }));
    // A person may name that form.
    assert_eq!(run(&scratch, &["inspect", "./good.core.wasm", "--json"]).1, stdout);
    // What another component was made of is not this one's.
    fs::write(scratch.0.join("good.wasm"), b"\0asm\x0d\0\x01\0").expect("a file");
    let (code, stdout, stderr) = run(&scratch, &["inspect", "good.core.wasm"]);
    assert_eq!((code, stdout.as_str()), (4, ""));
    assert!(stderr.contains("good.core.wasm was made of another component; flatten it again."), "{stderr}");
}

#[test]
fn why_a_component_cannot_be_linked_is_told() {
    let imports = r#"(import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.read" (func (param i32)))"#;
    let scratch = folder(&Parts { imports, ..Parts::default() });
    let problem = "./other.wasm cannot be linked: its core function [method]i2c.read of \"wasi:i2c/i2c@0.2.0-draft\" has another \
        type than the interface says; use another build of it.";
    let (code, stdout, _) = run(&scratch, &["inspect", "other.wasm", "--json"]);
    let told: Value = serde_json::from_str(&stdout).expect("it is JSON");
    assert_eq!((code, &told["code"]["problem"], &told["code"]["memoryBytes"]), (0, &json!(problem), &Value::Null));
    assert!(run(&scratch, &["inspect", "other.wasm"]).1.contains(&format!("\ncode\n  {problem}\n")));
}

#[test]
fn names_in_a_flattened_component_drive_no_terminal() {
    let scratch = folder(&Parts::default());
    let path = scratch.0.join("good.core.wasm");
    let (name, evil) = (b"busbar:board/time@0.1.0", b"busbar:board/\x1b[2Jc\nd...");
    let mut module = fs::read(&path).expect("it is there");
    let places: Vec<_> = (0..module.len() - name.len()).filter(|at| module[*at..].starts_with(name)).collect();
    for place in places {
        module[place..place + evil.len()].copy_from_slice(evil);
    }
    fs::write(&path, module).expect("it is ours");
    let (code, stdout, stderr) = run(&scratch, &["inspect", "good.wasm"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.contains("  busbar:board/\\u{1b}[2Jc\\u{a}d...  nothing can grant this"), "{stdout}");
    assert!(stdout.contains("No board file can grant all of that"), "{stdout}");
    assert!(!run(&scratch, &["inspect", "good.wasm", "--json"]).1.contains('\u{1b}'));
}

/// The example's simulated chip is a model of the simulator's: a component, and so is its driver. Both are found in the cache, by
/// their digests.
#[test]
fn the_example_with_a_simulated_chip_is_read() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut reading = Command::new(env!("CARGO_BIN_EXE_busbar-wamr"));
    reading.current_dir(here.join("../../..")).env("XDG_CACHE_HOME", here.join("../target/cache"));
    let Output { status, stdout, stderr } =
        reading.args(["read", "examples/indoor/board.json", "--json"]).output().expect("it starts");
    assert_eq!(String::from_utf8_lossy(&stderr), "");
    let told: Value = serde_json::from_slice(&stdout).expect("it is JSON");
    let values = &told["readings"][0]["values"];
    for (channel, mean, swing) in [("temperature", 22.5, 1.5), ("pressure", 101_325.0, 40.0), ("humidity", 45.0, 5.0)] {
        let value = values[channel].as_f64().expect("a number");
        // What the chip's own resolution adds.
        assert!((value - mean).abs() <= swing * 1.1, "{channel}: {value}");
    }
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_model_that_there_is_not_is_refused_with_the_board() {
    let scratch = folder(&Parts::default());
    let simulated = json!([{ "i2c": "sim", "address": "0x76", "model": "nothing" }]);
    fs::write(scratch.0.join("board.json"), json!({ "devices": {}, "simulate": simulated }).to_string())
        .expect("a file");
    let (code, stdout, stderr) = run(&scratch, &["read"]);
    assert_eq!((code, stdout.as_str()), (3, ""));
    assert!(stderr.contains("nothing") && stderr.lines().count() == 1, "{stderr}");
}

/// The file of the only machine code that is kept.
fn kept_code(scratch: &Scratch) -> PathBuf {
    let mut files = fs::read_dir(scratch.0.join("busbar/wamr")).expect("it is there");
    let file = files.next().expect("there is one").expect("it can be read").path();
    assert!(files.next().is_none(), "the same module is compiled once");
    file
}

#[test]
fn machine_code_is_run_as_long_as_only_this_user_could_have_written_it() {
    if !machine_code::has_compiler() {
        return;
    }
    // The two are one module.
    let scratch = folder(&Parts::default());
    let compiled = (0, "./good.wasm\n./other.wasm\n".to_owned(), String::new());
    assert_eq!(run(&scratch, &["compile"]), compiled);
    let file = kept_code(&scratch);
    assert_eq!(fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o600);
    let whole = fs::read(&file).expect("it is ours");
    let reads_well = |told: &str| {
        let (code, stdout, stderr) = run(&scratch, &["read", "board.json", "good"]);
        assert_eq!((code, stdout.as_str()), (0, "good   , bus \"sim\" (simulated) at 0x76\n  t  1.5  °C\n"));
        assert_eq!(stderr, told);
    };
    reads_well("");
    let damaged = format!(
        "busbar: the cache entry {} was damaged or not yours alone; it was deleted; \"busbar-wamr compile\" makes it anew, and until \
         then it is interpreted.\n",
        file.display()
    );
    // A changed byte, one less, and others who may write.
    for change in [|bytes: &mut Vec<u8>| bytes[100] ^= 1, |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 1)] {
        let mut bytes = whole.clone();
        change(&mut bytes);
        fs::write(&file, bytes).expect("it is ours");
        reads_well(&damaged);
        assert!(!file.exists());
        reads_well("");
        assert_eq!(run(&scratch, &["compile"]), compiled);
    }
    fs::set_permissions(&file, Permissions::from_mode(0o666)).expect("it is ours");
    reads_well(&damaged);
}

#[test]
fn what_is_compiled_is_checked_before_and_what_cannot_be_is_said() {
    let scratch = folder(&Parts::default());
    fs::write(scratch.0.join("good.core.wasm"), b"\0asm\x01\0\0\0").expect("a file");
    let (code, stdout, stderr) = run(&scratch, &["compile"]);
    assert_eq!((code, stdout.as_str()), (4, ""));
    assert!(
        stderr.contains("is no flattened component: make it with \"busbar flatten\"; flatten it again."),
        "{stderr}"
    );
    assert_eq!(
        run(&scratch, &["compile", "nothing.json"]),
        (
            3,
            String::new(),
            "busbar: the board file nothing.json does not exist; write one, or name another.\n".to_owned()
        )
    );
}

/// A driver of the workspace: an engine of JavaScript.
#[test]
fn the_machine_code_of_a_driver_reads_what_the_interpreter_reads() {
    if !machine_code::has_compiler() {
        return;
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (scratch, driver) = (Scratch::new(), here.join("../../../packages/bme280/dist/bme280.wasm"));
    let name = format!("{}.core.wasm", sha256(&fs::read(driver).expect("it is built")));
    let flattened = here.join("../target/cache/busbar/flattened").join(name);
    fs::copy(flattened, scratch.0.join("bme280.core.wasm")).expect("node scripts/check.mjs flattens it");
    let device = json!({ "driver": "./bme280.wasm", "i2c": { "bus": "sim", "address": "0x76" } });
    let board = json!({ "devices": { "a": device }, "simulate": bme280() });
    fs::write(scratch.0.join("board.json"), board.to_string()).expect("a file");
    let interpreted = run(&scratch, &["read"]);
    assert_eq!(interpreted.0, 0, "{interpreted:?}");
    assert_eq!(run(&scratch, &["compile"]), (0, "./bme280.wasm\n".to_owned(), String::new()));
    assert!(kept_code(&scratch).exists());
    assert_eq!(run(&scratch, &["read"]), interpreted);
}
