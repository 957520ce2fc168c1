//! How the command is linked.

fn main() {
    // The places that the loader corrects are a list of 8 kB instead of 330. It takes glibc 2.36, of 2022; a linker that does not
    // know it leaves it.
    println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
}
