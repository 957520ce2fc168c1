//! Builds WAMR from the C sources that the package wamrx-sys carries: its fast interpreter, or, for a machine without an operating
//! system, what runs machine code. It wants a C compiler, and nothing else.

#[path = "build/bare_metal.rs"]
mod bare_metal;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders of which every C file is a part of it. As core/iwasm and core/shared say in their .cmake files.
const FOLDERS: [&str; 7] = [
    "core/iwasm/common",
    "core/iwasm/libraries/thread-mgr",
    "core/shared/mem-alloc",
    "core/shared/mem-alloc/ems",
    "core/shared/platform/linux",
    "core/shared/platform/common/posix",
    "core/shared/utils",
];

const FILES: [&str; 3] = [
    "core/iwasm/interpreter/wasm_interp_fast.c",
    "core/iwasm/interpreter/wasm_loader.c",
    "core/iwasm/interpreter/wasm_runtime.c",
];

/// Files of those folders that are for what is left out: WASI, and a main function.
const LEFT_OUT: [&str; 4] = ["posix_file.c", "posix_clock.c", "posix_socket.c", "wasm_application.c"];

const INCLUDES: [&str; 9] = [
    "core",
    "core/iwasm/include",
    "core/iwasm/common",
    "core/iwasm/interpreter",
    "core/iwasm/libraries/thread-mgr",
    "core/shared/mem-alloc",
    "core/shared/platform/include",
    "core/shared/platform/linux",
    "core/shared/utils",
];

/// core/config.h has the rest, in which nothing more is on.
const DEFINITIONS: [(&str, &str); 16] = [
    ("BH_PLATFORM_LINUX", "1"),
    ("BH_MALLOC", "wasm_runtime_malloc"),
    ("BH_FREE", "wasm_runtime_free"),
    ("WASM_ENABLE_INTERP", "1"),
    ("WASM_ENABLE_FAST_INTERP", "1"),
    ("WASM_ENABLE_BULK_MEMORY", "1"),
    ("WASM_ENABLE_BULK_MEMORY_OPT", "1"),
    // Guests are ended from another thread: wasm_runtime_terminate works with this only.
    ("WASM_ENABLE_THREAD_MGR", "1"),
    // Bounds are checked by the interpreter: it handles no signals, and reserves no addresses.
    ("WASM_DISABLE_HW_BOUND_CHECK", "1"),
    ("WASM_DISABLE_STACK_HW_BOUND_CHECK", "1"),
    ("WASM_DISABLE_WAKEUP_BLOCKING_OP", "1"),
    ("WASM_DISABLE_WRITE_GS_BASE", "1"),
    ("WASM_ENABLE_QUICK_AOT_ENTRY", "0"),
    ("WASM_ENABLE_AOT_INTRINSICS", "0"),
    ("WASM_HAVE_MREMAP", "1"),
    ("_GNU_SOURCE", "1"),
];

/// "address,undefined": WAMR is built with these sanitizers of the C compiler.
const SANITIZE: &str = "BUSBAR_WAMR_SANITIZE";

fn main() {
    let root = sources().unwrap_or_else(|problem| {
        println!("cargo::error={problem}");
        std::process::exit(1);
    });
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "none") {
        return bare_metal::build(&root);
    }
    let (target, calls) = target();
    let mut build = cc::Build::new();
    for folder in FOLDERS {
        build.files(c_files(&root.join(folder), &LEFT_OUT));
    }
    build.files(FILES.map(|file| root.join(file)));
    build.file(root.join("core/iwasm/common/arch").join(calls));
    build.includes(INCLUDES.map(|folder| root.join(folder)));
    for (name, value) in DEFINITIONS {
        build.define(name, value);
    }
    build.define(target, None);
    // It is someone else's: its warnings are not for who builds this.
    build.std("gnu99").warnings(false).extra_warnings(false).flag("-w");
    build.flag("-ffunction-sections").flag("-fdata-sections");
    // For tests, where somebody asks for it: what C code does wrong with memory ends the process.
    println!("cargo::rerun-if-env-changed={SANITIZE}");
    if let Ok(sanitizers) = env::var(SANITIZE) {
        build.flag(format!("-fsanitize={sanitizers}")).flag("-fno-omit-frame-pointer");
        // What is undefined ends the process, as what is wrong with memory does.
        build.flag("-fno-sanitize-recover=all");
        // The fast interpreter keeps addresses where they fall between its instructions, on purpose.
        build.flag("-fno-sanitize=alignment");
        for library in sanitizers.split(',').map(|each| if each == "address" { "asan" } else { "ubsan" }) {
            println!("cargo::rustc-link-lib={library}");
        }
    }
    build.compile("iwasm");
    println!("cargo::rustc-link-lib=m");
}

/// What WAMR calls the processor, and the file with which it calls functions of the host there.
fn target() -> (&'static str, &'static str) {
    match env::var("CARGO_CFG_TARGET_ARCH").as_deref() {
        Ok("aarch64") => ("BUILD_TARGET_AARCH64", "invokeNative_aarch64.s"),
        Ok("riscv64") => ("BUILD_TARGET_RISCV64_LP64D", "invokeNative_riscv.S"),
        _ => ("BUILD_TARGET_X86_64", "invokeNative_em64.s"),
    }
}

/// Where cargo has the package with the sources.
fn sources() -> Result<PathBuf, String> {
    let manifest = Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("Cargo.toml");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["metadata", "--locked", "--format-version", "1", "--manifest-path"]).arg(manifest);
    let output = cargo.output().map_err(|cause| format!("cargo does not start ({cause})."))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("cargo cannot get the sources of WAMR: {}", said.trim().replace('\n', " ")));
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|cause| cause.to_string())?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let package = packages.iter().find(|package| package["name"] == "wamrx-sys");
    let manifest =
        package.and_then(|package| package["manifest_path"].as_str()).ok_or("Cargo.lock has no wamrx-sys.")?;
    Ok(Path::new(manifest).with_file_name("wasm-micro-runtime"))
}

fn c_files(folder: &Path, left_out: &[&str]) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_part = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.ends_with(".c") && !left_out.contains(&name)
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_part).collect();
    files.sort();
    files
}
