//! Describes the host's own functions, from wit/, in the form in which a flattened component describes its own.

mod encode;

use encode::encode_world;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use wit_parser::Resolve;

/// Folders of wit/, those that others use first.
const FOLDERS: [&str; 9] = [
    "deps/wasi-io",
    "deps/wasi-clocks",
    "deps/wasi-random",
    "deps/wasi-filesystem",
    "deps/wasi-cli",
    "deps/wasi-i2c",
    "deps/component-usb",
    "board",
    "device",
];

/// What drivers get on this host, and the kinds of devices that it asks them for.
const WORLD: &str = "
package busbar:wamr;

world host {
    import wasi:i2c/i2c@0.2.0-draft;
    import wasi:i2c/delay@0.2.0-draft;
    import busbar:board/i2c@0.1.0;
    import busbar:board/settings@0.1.0;
    import busbar:board/time@0.1.0;
    import busbar:board/log@0.1.0;
    export busbar:device/sensor@0.1.0;
}
";

fn main() {
    println!("cargo::rerun-if-changed=build");
    let wit = Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../../wit");
    println!("cargo::rerun-if-changed={}", wit.display());
    let described = host_interface(&wit).and_then(|bytes| {
        let file = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("host.interface");
        fs::write(file, bytes).map_err(|cause| cause.to_string())
    });
    if let Err(problem) = described {
        println!("cargo::error=the interfaces of wit/ cannot be described: {problem}");
    }
}

fn host_interface(wit: &Path) -> Result<Vec<u8>, String> {
    let mut resolve = Resolve::default();
    for folder in FOLDERS {
        resolve.push_path(wit.join(folder)).map_err(|cause| format!("{cause:#}"))?;
    }
    let package = resolve.push_source("host.wit", WORLD).map_err(|cause| format!("{cause:#}"))?;
    let world = resolve.select_world(&[package], Some("host")).map_err(|cause| format!("{cause:#}"))?;
    encode_world(&resolve, world)
}
