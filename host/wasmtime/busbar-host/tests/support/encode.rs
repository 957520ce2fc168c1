//! Makes components of core modules in WebAssembly text.

use std::path::{Path, PathBuf};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// The component of a core module that has the imports and exports of a world, by the names that wit-component gives them.
/// `worlds` is the text of the package that has it; all of wit/ is known there.
pub fn component(worlds: &str, world: &str, core: &str) -> Vec<u8> {
    component_with_spi("deps/wasi-spi", worlds, world, core)
}

/// [`component`], with the wasi:spi of a folder of wit/.
pub fn component_with_spi(folder: &str, worlds: &str, world: &str, core: &str) -> Vec<u8> {
    let spi = std::fs::read_to_string(wit().join(folder).join("spi.wit")).expect(folder);
    component_with(&spi, worlds, world, core)
}

/// [`component`], with the wasi:spi of a text.
pub fn component_with(spi: &str, worlds: &str, world: &str, core: &str) -> Vec<u8> {
    let wit = wit();
    let mut resolve = Resolve::default();
    resolve.push_str("spi.wit", spi).expect("it is wasi:spi");
    let shared = [
        "deps/wasi-io",
        "deps/wasi-io-0.2.4",
        "deps/wasi-clocks",
        "deps/wasi-filesystem",
        "deps/wasi-cli",
        "deps/wasi-gpio",
        "deps/wasi-i2c",
        "deps/component-usb",
        "board",
    ];
    for folder in shared {
        resolve.push_path(wit.join(folder)).expect(folder);
    }
    // A test that has a busbar:device of its own writes it down.
    if !worlds.contains("package busbar:device") {
        resolve.push_path(wit.join("device")).expect("device");
    }
    let package = resolve.push_str("test.wit", worlds).expect("the worlds are right");
    let world = resolve.select_world(&[package], Some(world)).expect("it is there");
    let mut module = wat::parse_str(core).expect("the text is right");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("the world fits");
    let mut encoder = ComponentEncoder::default().validate(true).module(&module).expect("the module fits");
    encoder.encode().expect("it is a component")
}

fn wit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../wit")
}
