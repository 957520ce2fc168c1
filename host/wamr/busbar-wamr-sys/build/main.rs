//! Builds WAMR from the C sources that the package wamrx-sys carries: its fast interpreter, and what runs machine code; for a
//! machine without an operating system only that. It wants a C compiler, and nothing else.

mod bare_metal;
mod wamr;

use std::env;
use wamr::Wamr;

/// "address,undefined": WAMR is built with these sanitizers of the C compiler.
const SANITIZE: &str = "BUSBAR_WAMR_SANITIZE";

fn main() {
    let wamr = Wamr::find().unwrap_or_else(|problem| {
        println!("cargo::error={problem}");
        std::process::exit(1);
    });
    println!("cargo::rerun-if-changed=build");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "none") {
        return bare_metal::build(&wamr);
    }
    let mut build = wamr.runtime();
    build.file(wamr.path("core/iwasm/interpreter/wasm_interp_fast.c")).define("WASM_ENABLE_FAST_INTERP", "1");
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
