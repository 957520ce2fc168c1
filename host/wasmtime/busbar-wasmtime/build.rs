//! How the command is linked.

use std::env::var;

fn main() {
    // The places that the loader corrects are a list of 8 kB instead of 330. It takes glibc 2.36, of 2022; a linker that does not
    // know it leaves it.
    println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    let script = "without-unwinding.ld";
    println!("cargo::rerun-if-changed={script}");
    // Tests do unwind.
    if let (Ok("release"), Ok(folder)) = (var("PROFILE").as_deref(), var("CARGO_MANIFEST_DIR")) {
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{folder}/{script}");
        println!("cargo::rustc-link-arg-bins=-Wl,--no-eh-frame-hdr");
    }
}
