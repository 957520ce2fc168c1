//! The firmware for a microcontroller, built for a board and run in QEMU. Where something is missing that this needs, it is left out with
//! a sentence; with BUSBAR_NATIVE=required that is an error, but for Rust's library, which no package registry has.

use super::machine_code;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const TARGET: &str = "thumbv7em-none-eabi";
/// Far longer than any firmware runs.
const LONGEST: Duration = Duration::from_secs(60);

/// What the firmware printed, and whether all that it had to do went well.
pub struct Ran {
    pub printed: String,
    pub went_well: bool,
}

/// Whether there is all that it needs.
pub fn can_run() -> bool {
    let programs = [
        ("arm-none-eabi-gcc", "gcc-arm-none-eabi and libnewlib-arm-none-eabi"),
        ("qemu-system-arm", "qemu-system-arm"),
    ];
    for (program, package) in programs {
        if Command::new(program).arg("--version").stdout(Stdio::null()).status().is_err() {
            return leave_out(&format!("{program} is not installed; on Debian install {package}"));
        }
    }
    if !library_of_target().is_dir() {
        eprintln!(
            "no firmware is tested: Rust's library for {TARGET} is not installed; run rustup target add {TARGET}"
        );
        return false;
    }
    machine_code::has_compiler()
}

/// Builds it for a board file. The error is what cargo says.
pub fn build(board: &Path) -> Result<(), String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--locked", "--package", "busbar-microcontroller", "--target", TARGET]);
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).env("CARGO_TARGET_DIR", target_folder());
    cargo.env("BUSBAR_BOARD", board).env("BUSBAR_WAMR_COMPILE", machine_code::compiler());
    // WAMR is built with them for the tests, perhaps: the firmware has none.
    cargo.env_remove("BUSBAR_WAMR_SANITIZE");
    let built = cargo.output().expect("cargo starts");
    if built.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&built.stderr).into_owned()) }
}

/// Runs what was built last.
pub fn run() -> Ran {
    let firmware = target_folder().join(TARGET).join("release/busbar-microcontroller");
    let mut qemu = Command::new("qemu-system-arm");
    qemu.args(["-machine", "mps2-an386", "-display", "none", "-monitor", "none", "-serial", "none"]);
    // What it prints goes to stderr, by QEMU.
    qemu.args(["-semihosting-config", "enable=on,target=native", "-kernel"]).arg(firmware);
    let mut running =
        qemu.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let start = Instant::now();
    while running.try_wait().expect("it is asked").is_none() {
        if start.elapsed() > LONGEST {
            running.kill().expect("it is there");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let ran = running.wait_with_output().expect("it has ended");
    let printed = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    Ran { printed, went_well: ran.status.success() }
}

/// Its own, so that no other build waits for it, and what is built with a sanitizer is another's.
fn target_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/microcontroller")
}

fn library_of_target() -> PathBuf {
    let asked = Command::new("rustc").args(["--print", "sysroot"]).output().expect("rustc is there");
    Path::new(String::from_utf8_lossy(&asked.stdout).trim()).join("lib/rustlib").join(TARGET)
}

/// Says that something is missing.
pub fn leave_out(what: &str) -> bool {
    let sentence = format!("no firmware is tested: {what}");
    assert!(std::env::var_os("BUSBAR_NATIVE").is_none_or(|value| value != "required"), "{sentence}");
    eprintln!("{sentence}");
    false
}
