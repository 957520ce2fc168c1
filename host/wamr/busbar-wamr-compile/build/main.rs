//! Builds WAMR's compiler of machine code from the C and C++ sources that the package wamrx-sys carries, for LLVM 19, which has to be
//! installed: with its headers, and as a library that is linked dynamically.

#[path = "../../busbar-wamr-sys/build/wamr.rs"]
mod wamr;

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use wamr::Wamr;

/// Says where LLVM is; the environment variable can name another.
const LLVM_CONFIG: &str = "LLVM_CONFIG";
const LLVM_CONFIG_19: &str = "llvm-config-19";
/// The parts that are in C.
const C_FOLDERS: [&str; 2] = ["core/iwasm/compilation", "core/iwasm/compilation/simd"];
/// Those of them that make code of jumps and calls: c/compile.c says what is otherwise.
const JUMPS: &str = "core/iwasm/compilation/aot_emit_control.c";
const CALLS: &str = "core/iwasm/compilation/aot_emit_function.c";
/// The parts that are in C++.
const CPP_FOLDER: &str = "core/iwasm/compilation";
const CPP_FILES: [&str; 4] = ["aot_llvm_extra.cpp", "aot_llvm_extra2.cpp", "aot_orc_extra.cpp", "aot_orc_extra2.cpp"];

fn main() {
    if let Err(problem) = build() {
        println!("cargo::error={problem}");
        std::process::exit(1);
    }
}

fn build() -> Result<(), String> {
    let wamr = Wamr::find()?;
    let headers = llvm("--includedir")?;
    let (calls, jumps) = (wamr.path(CALLS), wamr.path(JUMPS));
    let mut c = compiler(&wamr, &headers);
    c.std("gnu99").file("c/compile.c");
    for folder in C_FOLDERS {
        c.files(wamr.c_files(folder, &[]).into_iter().filter(|file| ![&calls, &jumps].contains(&file)));
    }
    c.compile("wamrc");
    let mut c = compiler(&wamr, &headers);
    c.std("gnu99").file(jumps).flag("-include").flag("c/weak.h").compile("wamrc-jumps");
    let mut c = compiler(&wamr, &headers);
    c.std("gnu99").file(calls).define("check_suspend_flags", "busbar_check_at_call").compile("wamrc-calls");
    let mut cpp = compiler(&wamr, &headers);
    cpp.cpp(true).std("c++17").flag("-fno-rtti").flag("-fno-exceptions");
    cpp.files(CPP_FILES.map(|file| wamr.path(CPP_FOLDER).join(file))).compile("wamrc-llvm");
    let mut runtime = for_compiler(wamr.runtime(), &wamr, &headers);
    runtime.file(wamr.path("core/iwasm/interpreter/wasm_interp_classic.c")).compile("iwasm-of-wamrc");
    println!("cargo::rustc-link-search=native={}", llvm("--libdir")?.display());
    println!("cargo::rustc-link-lib=LLVM-19");
    println!("cargo::rustc-link-lib=m");
    for changed in ["build", "c", "../busbar-wamr-sys/build"] {
        println!("cargo::rerun-if-changed={changed}");
    }
    println!("cargo::rerun-if-env-changed={LLVM_CONFIG}");
    Ok(())
}

/// What is built of the compiler itself, without files yet.
fn compiler(wamr: &Wamr, headers: &Path) -> cc::Build {
    let mut build = for_compiler(wamr.build(), wamr, headers);
    // It tells of its work on stdout, which is for the code.
    build.define("os_printf", "busbar_say_nothing");
    build
}

fn for_compiler(mut build: cc::Build, wamr: &Wamr, headers: &Path) -> cc::Build {
    build.define("WASM_ENABLE_WAMR_COMPILER", "1");
    // The loader of the fast interpreter makes another code of a module, of which the compiler knows nothing.
    build.define("WASM_ENABLE_FAST_INTERP", "0");
    build.include(wamr.path("core/iwasm/compilation")).include(headers);
    build
}

/// Asks LLVM where something of it is. The error is one sentence.
fn llvm(what: &str) -> Result<PathBuf, String> {
    let config = env::var_os(LLVM_CONFIG).unwrap_or_else(|| LLVM_CONFIG_19.into());
    let missing = |cause: String| {
        format!(
            "LLVM 19 is not here, which machine code is made with ({cause}); on Debian install llvm-19-dev and g++."
        )
    };
    let output = Command::new(&config).arg(what).output();
    let output = output.map_err(|cause| missing(format!("{}: {cause}", config.display())))?;
    if !output.status.success() {
        return Err(missing(format!("{} ended with {}", config.display(), output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().into())
}
