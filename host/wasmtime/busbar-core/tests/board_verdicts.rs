//! host/verdicts/board.json, which the host for Node runs too.

#[path = "support/normal_form.rs"]
mod normal_form;

use busbar_core::board::parse_board;
use busbar_core::error::HostErrorCode;
use normal_form::normal_form;
use serde_json::Value;

const CASES: &str = include_str!("../../../verdicts/board.json");

/// The engines say in their own words what is wrong with a text that is no JSON.
const NO_JSON: &str = "board.json is not JSON: ";

#[test]
fn board_verdicts_are_those_of_every_host() {
    let cases: Vec<Value> = serde_json::from_str(CASES).expect("the table is JSON");
    let wrong: Vec<String> = cases.iter().filter_map(|case| judge(case).err()).collect();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(cases.len() >= 120);
}

fn judge(case: &Value) -> Result<(), String> {
    let name = &case["name"];
    let verdict = parse_board(&text_of(case), "board.json");
    match (verdict, case["verdict"]["refuse"].as_str()) {
        (Err(error), Some(sentence)) => {
            assert_eq!(error.code, HostErrorCode::Board);
            let same = if sentence == NO_JSON { error.message.starts_with(NO_JSON) } else { error.message == sentence };
            if same { Ok(()) } else { Err(format!("{name}: {}\n  instead of {sentence}", error.message)) }
        }
        (Err(error), None) => Err(format!("{name}: {}\n  instead of being accepted", error.message)),
        (Ok(_), Some(sentence)) => Err(format!("{name}: accepted\n  instead of {sentence}")),
        (Ok(board), None) => {
            let form = normal_form(&board);
            let becomes = case.get("becomes").unwrap_or(&Value::Null);
            if has(&form, becomes) { Ok(()) } else { Err(format!("{name}: {form}\n  has not {becomes}")) }
        }
    }
}

fn text_of(case: &Value) -> String {
    match &case["text"] {
        Value::Null => case["board"].to_string(),
        Value::String(text) => text.clone(),
        parts => {
            let repeated = |part: &Value| {
                let times = part[1].as_u64().and_then(|times| usize::try_from(times).ok());
                Some(part[0].as_str()?.repeat(times?))
            };
            let parts = parts.as_array().map(|parts| parts.iter().map(repeated).collect::<Option<String>>());
            parts.flatten().expect("parts and how often each is there")
        }
    }
}

/// Whether all of `part` is in `whole`: of objects some keys, of lists all items.
fn has(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (_, Value::Null) => true,
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|each| has(each, value)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| has(whole, part))
        }
        _ => whole == part,
    }
}
