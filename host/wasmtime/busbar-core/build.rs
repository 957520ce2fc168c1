//! Finds the board file's JSON schema, which the build of @busbar/host writes. It is not committed, so that there is no
//! second source of the rules.

use std::env;
use std::path::Path;

fn main() {
    let schema =
        Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../core/dist/board.schema.json");
    println!("cargo::rerun-if-changed={}", schema.display());
    if schema.is_file() {
        println!("cargo::rustc-env=BUSBAR_BOARD_SCHEMA={}", schema.display());
    } else {
        println!(
            "cargo::error=host/core/dist/board.schema.json is missing; build @busbar/host first: npx -y pnpm@12 turbo run build --filter=@busbar/host"
        );
    }
}
