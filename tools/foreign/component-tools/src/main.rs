//! What makes components of core modules, and C of WIT: the libraries behind wasm-tools and wit-bindgen, without their
//! command lines, which take minutes to build.

use std::fs::{create_dir_all, read, write};
use std::path::Path;

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER,
    WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_core::Files;
use wit_component::ComponentEncoder;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["c-bindings", wit, folder] => c_bindings(wit.as_ref(), folder.as_ref()),
        ["component", kind, module, component] => encode(kind, module.as_ref(), component.as_ref()),
        _ => panic!("c-bindings WIT FOLDER | component command|reactor MODULE COMPONENT"),
    }
}

/// Writes the C of the one world of a WIT package.
fn c_bindings(wit: &Path, folder: &Path) {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit).expect("a WIT package");
    let world = resolve.select_world(&[package], None).expect("one world");
    let mut files = Files::default();
    let mut generator = wit_bindgen_c::Opts::default().build();
    generator.generate(&mut resolve, world, &mut files).expect("bindings");
    create_dir_all(folder).expect("a folder");
    for (name, contents) in files.iter() {
        write(folder.join(name), contents).expect("a file");
    }
}

/// Makes a component of a core module for WASI 0.1 that says in a custom section what else it imports and exports.
fn encode(kind: &str, module: &Path, component: &Path) {
    let adapter = match kind {
        "command" => WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER,
        "reactor" => WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        _ => panic!("{kind} is neither command nor reactor"),
    };
    let mut encoder = ComponentEncoder::default();
    encoder.module(&read(module).expect("a module")).expect("a core module");
    encoder.adapter(WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, adapter).expect("the adapter");
    write(component, encoder.encode().expect("a component")).expect("a file");
}
