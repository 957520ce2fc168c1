use crate::support::{check, device_entry, list, text};
use busbar_core::board::parse_board;
use busbar_core::error::HostErrorCode;
use busbar_core::link::{ComponentInterface, Extern, ExternKind, link, link_app, link_bridge, serves};
use serde_json::{Value, json};

#[test]
fn a_component_is_started_or_refused_with_the_sentence_of_the_table() {
    check("link.json", |case| {
        let component = ComponentInterface { imports: externs(&case["imports"]), exports: externs(&case["exports"]) };
        let got = match link("subject", &device_entry(&case["device"]), "./x.wasm", &component) {
            Ok(linked) => json!(["start", linked.export_name]),
            Err(error) => json!([error.code.name(), error.message]),
        };
        let expected = match &case["verdict"] {
            Value::String(verdict) => json!([verdict, case["drives"]]),
            refused => json!([code_of(&refused["refuse"]).name(), case["reason"]]),
        };
        (expected, got)
    });
}

#[test]
fn a_bridge_is_started_or_refused_with_the_sentence_of_the_table() {
    check("link-bridges.json", |case| {
        let component = ComponentInterface { imports: externs(&case["imports"]), exports: externs(&case["exports"]) };
        let link = if case["place"] == "bridges" { link_bridge } else { link };
        let got = match link("subject", &device_entry(&case["entry"]), "./x.wasm", &component) {
            Ok(linked) => {
                let paths = linked.controllers.iter().map(|each| each.interface().replace("@0.1.0", ""));
                json!([linked.kind.name(), paths.collect::<Vec<_>>()])
            }
            Err(error) => json!([error.code.name(), error.message]),
        };
        let expected = match &case["verdict"] {
            Value::String(_) => json!(["bridge", case["exported"]]),
            refused => json!([code_of(&refused["refuse"]).name(), case["reason"]]),
        };
        (expected, got)
    });
}

#[test]
fn an_app_is_started_or_refused_with_the_sentence_of_the_table() {
    check("link-apps.json", |case| {
        let i2c = |address| json!({ "bus": 1, "address": address });
        let board = json!({
            "devices": {
                "indoor": { "driver": "./x.wasm", "i2c": i2c("0x76") },
                "panel": { "driver": "./x.wasm", "i2c": i2c("0x27") },
                "bare": { "i2c": i2c("0x40") },
            },
            "apps": {
                "subject": { "component": "./x.wasm", "uses": case["uses"] },
                // What nobody drives is a mistake in a board.
                "other": { "component": "./x.wasm", "uses": ["bare"] },
            },
        });
        let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
        let component = ComponentInterface { imports: externs(&case["imports"]), exports: externs(&case["exports"]) };
        let entry = board.app("subject").expect("it is there");
        let got = match link_app("subject", entry, &board, "./x.wasm", &component) {
            Ok(linked) => json!(["start", linked.run]),
            Err(error) => json!([error.code.name(), error.message]),
        };
        let expected = match &case["verdict"] {
            Value::String(verdict) => json!([verdict, case["runs"]]),
            refused => json!([code_of(&refused["refuse"]).name(), case["reason"]]),
        };
        (expected, got)
    });
}

#[test]
fn a_version_serves_those_that_the_table_says() {
    check("versions.json", |case| {
        let got = serves(text(&case["offered"]), text(&case["asked"]));
        (case["serves"].clone(), json!(got))
    });
}

fn code_of(refused: &Value) -> HostErrorCode {
    if refused.is_null() { HostErrorCode::Component } else { HostErrorCode::NotGranted }
}

/// An instance where it is only a name.
fn externs(written: &Value) -> Vec<Extern> {
    let named = |each: &Value| match each {
        Value::String(name) => Extern { name: name.clone(), kind: ExternKind::Instance },
        each => Extern { name: text(&each["name"]).to_owned(), kind: kind(text(&each["kind"])) },
    };
    list(written).iter().map(named).collect()
}

fn kind(name: &str) -> ExternKind {
    match name {
        "function" => ExternKind::Function,
        "type" => ExternKind::Type,
        other => panic!("no kind: {other}"),
    }
}
