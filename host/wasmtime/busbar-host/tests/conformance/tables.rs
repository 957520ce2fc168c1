//! The expected table: host/conformance/table.txt, with what is other on one host.

use crate::workspace::workspace_file;
use serde_json::Value;
use std::collections::HashMap;

/// One call, and what came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it shows.
    name: String,
    /// The function and its parameters.
    call: String,
    answer: String,
}

impl Line {
    /// Out of a value of busbar:conformance/tables `row`.
    ///
    /// # Panics
    ///
    /// Where it is none.
    pub fn of_row(row: &Value) -> Self {
        let text = |key: &str| row[key].as_str().unwrap_or_else(|| panic!("{row} has no text \"{key}\""));
        let call = format!("{}({})", text("function"), text("parameters"));
        Self { name: text("name").to_owned(), call, answer: text("answer").to_owned() }
    }

    /// Out of a line of table.txt.
    fn of_text(line: &str) -> Self {
        match line.split(" | ").collect::<Vec<_>>()[..] {
            [name, call, answer] => Self { name: name.to_owned(), call: call.to_owned(), answer: answer.to_owned() },
            _ => panic!("no row of three parts: {line}"),
        }
    }
}

/// What a host answers on simulated buses: "wasmtime".
///
/// # Panics
///
/// Where a difference is none, or explains nothing.
pub fn expected(host: &str) -> Vec<Line> {
    let mut answers = differences_of(host);
    let mut lines = Vec::new();
    for line in read("table.txt").lines().map(Line::of_text) {
        match answers.remove(&line.name) {
            None => lines.push(line),
            Some(answer) => {
                assert_ne!(answer.as_ref(), Some(&line.answer), "{}: it is no difference any more", line.name);
                lines.extend(answer.map(|answer| Line { answer, ..line }));
            }
        }
    }
    assert!(answers.is_empty(), "no rows have the names {:?}", answers.keys());
    lines
}

/// The answers that are other here, by the names of their rows. None stands for a call that is not made there, because
/// one before it gave nothing to call it on.
fn differences_of(host: &str) -> HashMap<String, Option<String>> {
    let differences: Value = serde_json::from_str(&read("differences.json")).expect("it is JSON");
    let is_here = |each: &&Value| each["on"].as_array().expect("a list").iter().all(|place| place == host);
    let differences = differences.as_array().expect("a list").iter().filter(is_here);
    let rows = differences.flat_map(|difference| {
        assert!(difference["why"].as_str().is_some_and(|why| !why.is_empty()), "a difference is not explained");
        difference["rows"].as_array().expect("a list")
    });
    let of_row = |row: &Value| {
        let name = row["name"].as_str().expect("a text").to_owned();
        (name, row["answer"].as_str().map(str::to_owned))
    };
    rows.map(of_row).collect()
}

/// # Panics
///
/// Where they differ, naming the rows that do.
pub fn require_same(found: &[Line], expected: &[Line]) {
    let only_in = |one: &[Line], other: &[Line], what: &str| -> Vec<String> {
        one.iter().filter(|line| !other.contains(line)).map(|line| format!("{what}: {line:?}")).collect()
    };
    let differences = [only_in(found, expected, "found"), only_in(expected, found, "expected")].concat();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(found, expected, "their order");
}

fn read(name: &str) -> String {
    let file = workspace_file("host/conformance").join(name);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
