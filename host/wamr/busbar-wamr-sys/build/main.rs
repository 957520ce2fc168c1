//! Builds WAMR's fast interpreter, and what runs machine code, from the C sources that the package wamrx-sys carries. It wants a C
//! compiler, and nothing else.

mod wamr;

use std::env;
use wamr::Wamr;

/// "address": WAMR is built with AddressSanitizer.
const SANITIZE: &str = "BUSBAR_WAMR_SANITIZE";

fn main() {
    let wamr = Wamr::find().unwrap_or_else(|problem| {
        println!("cargo::error={problem}");
        std::process::exit(1);
    });
    let mut build = wamr.runtime();
    build.file(wamr.path("core/iwasm/interpreter/wasm_interp_fast.c")).define("WASM_ENABLE_FAST_INTERP", "1");
    // For tests, where somebody asks for it: what C code does wrong with memory ends the process.
    println!("cargo::rerun-if-env-changed={SANITIZE}");
    if env::var_os(SANITIZE).is_some_and(|value| value == "address") {
        build.flag("-fsanitize=address").flag("-fno-omit-frame-pointer");
        println!("cargo::rustc-link-lib=asan");
    }
    build.compile("iwasm");
    println!("cargo::rustc-link-lib=m");
    println!("cargo::rerun-if-changed=build");
}
