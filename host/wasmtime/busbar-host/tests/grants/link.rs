use crate::support::{check, device_entry, list, text};
use busbar_host::board::{AppEntry, Board};
use busbar_host::error::HostErrorCode;
use busbar_host::link::{AppGrants, ComponentInterface, Extern, ExternKind, link, link_app, serves};
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
fn an_app_is_started_or_refused_with_the_sentence_of_the_table() {
    check("link-apps.json", |case| {
        let board = board(&case["devices"], &case["app"]);
        let grants = AppGrants::of(board.app("subject").expect("the app"), &board);
        let component = ComponentInterface { imports: externs(&case["imports"]), exports: externs(&case["exports"]) };
        let got = match link_app("subject", &grants, "./x.wasm", &component) {
            Ok(linked) => {
                assert!(linked.export_name.starts_with("wasi:cli/run@"));
                json!(["start", null])
            }
            Err(error) => json!([error.code.name(), error.message]),
        };
        let expected = match &case["verdict"] {
            Value::String(verdict) => json!([verdict, null]),
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

fn board(devices: &Value, app: &Value) -> Board {
    let devices = devices.as_object().expect("devices by name").iter();
    let uses = app.get("uses").map_or(&[][..], |names| list(names)).iter();
    let app = AppEntry {
        component: text(&app["component"]).to_owned(),
        uses: uses.map(|name| text(name).to_owned()).collect(),
        arguments: Vec::new(),
        folder: None,
        memory_mib: 64,
    };
    Board {
        devices: devices.map(|(name, entry)| (name.clone(), device_entry(entry))).collect(),
        simulate: Vec::new(),
        apps: vec![("subject".to_owned(), app)],
    }
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
