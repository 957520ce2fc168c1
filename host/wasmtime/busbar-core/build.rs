//! Takes the board file's JSON schema, which the build of @busbar/host writes, into this crate, without what only people and
//! editors read. It is not committed, so that there is no second source of the rules.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let variable = |name| PathBuf::from(env::var_os(name).unwrap_or_default());
    let schema = variable("CARGO_MANIFEST_DIR").join("../../core/dist/board.schema.json");
    println!("cargo::rerun-if-changed={}", schema.display());
    match rules_of(&schema) {
        Ok(rules) => {
            let file = variable("OUT_DIR").join("board.rules.json");
            match fs::write(&file, rules) {
                Ok(()) => println!("cargo::rustc-env=BUSBAR_BOARD_SCHEMA={}", file.display()),
                Err(cause) => println!("cargo::error={} cannot be written: {cause}", file.display()),
            }
        }
        Err(cause) => println!(
            "cargo::error=host/core/dist/board.schema.json: {cause}; build @busbar/host first: npx -y pnpm@12 turbo run build --filter=@busbar/host"
        ),
    }
}

fn rules_of(schema: &Path) -> Result<String, String> {
    let text = fs::read_to_string(schema).map_err(|cause| cause.to_string())?;
    let mut rules: Value = serde_json::from_str(&text).map_err(|cause| cause.to_string())?;
    leave_out_what_people_read(&mut rules);
    Ok(rules.to_string())
}

/// Keys of this name that have something else than a text are properties of a board.
const FOR_PEOPLE: [&str; 3] = ["$schema", "title", "description"];

fn leave_out_what_people_read(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            entries.retain(|key, value| !(value.is_string() && FOR_PEOPLE.contains(&key.as_str())));
            entries.iter_mut().for_each(|(_, value)| leave_out_what_people_read(value));
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out_what_people_read),
        _ => {}
    }
}
