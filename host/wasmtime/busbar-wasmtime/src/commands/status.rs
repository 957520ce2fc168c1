use crate::health::{Answer, HealthPlace, ask, is_well};
use crate::output::{Align, Output, OutputOptions, Style, columns, duration};
use busbar_command::exit::Failure;
use busbar_host::error::HostError;
use busbar_host::system_error::error_name;
use busbar_host::text::printable;
use serde_json::Value;
use std::io::ErrorKind;
use std::path::Path;

/// Where the unit of examples/systemd has it.
const USUAL_PLACE: &str = "/run/busbar/health.sock";
/// The exit code where something is not well: "device".
const UNWELL: u8 = 7;
const LONGEST_MESSAGE: usize = 2_000;

/// `busbar status`: how each device of a run is that was started with `--health`, and how old its last reading.
pub fn status(written: Option<&str>, options: OutputOptions) -> Result<u8, Failure> {
    let output = Output::new(options);
    let place = match written {
        Some(written) => HealthPlace::parse(written)?,
        None => HealthPlace::parse(&default_place()?)?,
    };
    let report = ask_report(&place)?;
    if output.json() {
        output.record(&report);
    } else {
        output.block(&describe(&report, &output));
    }
    Ok(if report["ok"] == true { 0 } else { UNWELL })
}

fn default_place() -> Result<String, Failure> {
    if let Some(place) = std::env::var("BUSBAR_HEALTH").ok().filter(|place| !place.is_empty()) {
        return Ok(place);
    }
    if Path::new(USUAL_PLACE).exists() {
        return Ok(USUAL_PLACE.to_owned());
    }
    Err(Failure::Usage(
        "name what stood after --health of \"busbar run\": a port such as 8080, or the path of a socket.".to_owned(),
    ))
}

fn ask_report(place: &HealthPlace) -> Result<Value, Failure> {
    let (written, location) = match place {
        HealthPlace::Port(port) => (port.to_string(), format!("port {port}")),
        HealthPlace::Socket(path) => (printable(path, 200), printable(path, 200)),
    };
    let answer = ask(place).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::TimedOut => "no answer within 5 s",
            _ => error_name(&error),
        };
        HostError::backend(format!(
            "nobody tells at {location} how a board is ({why}); start it with \"busbar run BOARD --health {written}\"."
        ))
    })?;
    let report = match answer {
        Answer::Body(body) => parse(&body),
        Answer::Nonsense => None,
    };
    let other = || HostError::backend(format!("what answers at {location} is no busbar; name another place.")).into();
    report.ok_or_else(other)
}

/// None where it is no report: anybody may have the port.
fn parse(body: &[u8]) -> Option<Value> {
    let report: Value = serde_json::from_slice(body).ok()?;
    let is_report = report["ok"].is_boolean() && report["devices"].is_array() && report["apps"].is_array();
    is_report.then_some(report)
}

fn describe(report: &Value, output: &Output) -> String {
    let list = |key: &str| report[key].as_array().map(Vec::as_slice).unwrap_or_default();
    let devices = list("devices").iter().map(|each| {
        let age = each["ageMs"].as_f64().map_or_else(String::new, |age| format!("{} ago", duration(age)));
        row(each, "device", text(&each["kind"], "device"), age, output)
    });
    let apps = list("apps").iter().map(|each| row(each, "app", "app".to_owned(), String::new(), output));
    let rows: Vec<_> = devices.chain(apps).collect();
    let number = |key: &str| report[key].as_f64().unwrap_or(0.0);
    let title = format!("process {}, up {}", number("pid"), duration(number("upMs")));
    if rows.is_empty() {
        return title;
    }
    format!("{title}\n{}", columns(&rows, &[Align::Left, Align::Left, Align::Left, Align::Right, Align::Left]))
}

fn row(each: &Value, key: &str, kind: String, age: String, output: &Output) -> Vec<String> {
    let name = text(&each[key], "");
    let state = text(&each["state"], "");
    let style = if is_well(&state) { Style::Green } else { Style::Red };
    let problem = text(&each["problem"], "");
    // Most sentences begin with it, and here it stands before.
    let problem = problem.strip_prefix(&format!("{name}: ")).unwrap_or(&problem).to_owned();
    vec![name, kind, output.style(style, &state), age, problem]
}

/// A text of what answered, safe to show.
fn text(value: &Value, otherwise: &str) -> String {
    printable(value.as_str().unwrap_or(otherwise), LONGEST_MESSAGE)
}

#[cfg(test)]
mod tests {
    use super::{describe, parse};
    use crate::output::{Output, OutputOptions};

    #[test]
    fn a_report_of_others_cannot_drive_a_terminal() {
        let report = br#"{ "ok": false, "pid": 7, "upMs": 1500, "devices": [
            { "device": "a\u001b[2J", "kind": null, "state": "failing", "problem": "a\u001b[2J: no", "ageMs": 300 }
        ], "apps": [] }"#;
        let report = parse(report).expect("it is one");
        let described = describe(&report, &Output::new(OutputOptions::default()));
        assert_eq!(described, "process 7, up 1.5 s\na\\u{1b}[2J  device  failing  0.3 s ago  no");
    }

    #[test]
    fn what_is_no_report_is_none() {
        for body in ["", "null", "[]", r#"{ "ok": true }"#, r#"{ "ok": 1, "devices": [], "apps": [] }"#] {
            assert!(parse(body.as_bytes()).is_none(), "{body}");
        }
    }
}
