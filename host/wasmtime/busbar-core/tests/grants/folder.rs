use crate::support::{check, expected, flag, folder_grant, hex_number, text};
use busbar_core::grants::{FolderCall, judge_folder};
use serde_json::json;

#[test]
fn a_call_on_a_folder_gets_the_verdict_and_the_sentence_of_the_table() {
    check("folder.json", |case| {
        let written = &case["call"];
        let call = match text(&written["kind"]) {
            "stat" => FolderCall::Stat,
            "read" => FolderCall::Read,
            "create-directory" => FolderCall::CreateDirectory,
            "change" => FolderCall::Change,
            "link" => FolderCall::Link,
            "write" => FolderCall::Write { create: flag(&written["create"]) },
            other => panic!("no call: {other}"),
        };
        let path = text(&written["path"]).repeat(written.get("repeat").map_or(1, hex_number));
        let got = match judge_folder(&folder_grant(&case["folder"]), call, &path) {
            Ok(names) => json!([names, null]),
            Err(denied) => json!([{ "deny": denied.what.name() }, denied.reason]),
        };
        (expected(case), got)
    });
}
