use super::{Inspected, Inspection};
use crate::output::{Align, Output, Style, columns, json_text, to_fixed};
use busbar_core::components::ModuleSummary;
use busbar_core::text::{printable, printable_json};
use serde_json::Value;

/// The most UTF-16 code units of what others say.
const LONGEST_TEXT: usize = 200;
const LONGEST_NAME: usize = 100;
const LONGEST_PATH: usize = 1_000;
const LONGEST_PROBLEM: usize = 500;

impl Inspection<'_> {
    /// All of it for people.
    pub fn describe(&self, output: &Output) -> String {
        let bold = |text: &str| output.style(Style::Bold, text);
        let Inspected { summary, made_of, gzip_bytes, .. } = self.inspected;
        let said = |key: &str| printable(summary.metadata.get(key), LONGEST_TEXT);
        let memory = self.memory_bytes().map_or_else(String::new, |bytes| format!("{} at first", mebibytes(bytes)));
        let compressed = gzip_bytes.map_or_else(String::new, |bytes| format!(", {} compressed", megabytes(bytes)));
        let about = [
            ("description", said("description")),
            ("licence", said("licenses")),
            ("source", said("source")),
            ("authors", said("authors")),
            ("revision", said("revision")),
            ("file", printable(&self.file.path.display().to_string(), LONGEST_PATH)),
            ("size", format!("{}{compressed}", megabytes(self.file.bytes.len()))),
            ("sha256", self.sha256.clone()),
            ("made of", made_of.clone().unwrap_or_default()),
            ("memory", memory),
        ];
        let about: Vec<_> = about
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(key, text)| vec![format!("  {key}"), text])
            .collect();
        let (name, version) = (said("name"), said("version"));
        let name = if name.is_empty() { "(no name)" } else { &name };
        let other =
            if self.is_callable { "functions that take their handles as parameters" } else { "no device interface" };
        let exports = self
            .exports
            .iter()
            .map(|each| (&each.name, each.device.map_or_else(|| other.to_owned(), |device| format!("a {device}"))));
        let imports = self.imports.iter().map(|each| (&each.name, describe_grant(each.grant, output)));
        let mut parts = vec![
            bold(format!("{name} {version}").trim()),
            columns(&about, &[Align::Left, Align::Left]),
            String::new(),
            format!("{}\n{}", bold("exports"), section(exports)),
            String::new(),
            format!("{}\n{}", bold("imports"), section(imports)),
            String::new(),
            self.describe_code(output),
            String::new(),
            bold("board file"),
            match &self.devices {
                Some(devices) => pasteable(devices, output),
                None => format!("  {}", self.reason()),
            },
        ];
        if self.is_callable && self.devices.is_some() {
            parts.push(output.style(Style::Dim, "  (list and call its functions with \"busbar call\")"));
        }
        parts.join("\n")
    }

    fn describe_code(&self, output: &Output) -> String {
        let Inspected { summary, problem, .. } = self.inspected;
        let rows: Vec<_> = summary.modules.iter().map(module_row).collect();
        let verdict = match problem {
            None => "this host can link it".to_owned(),
            Some(problem) => output.style(Style::Red, &printable(problem, LONGEST_PROBLEM)),
        };
        let title = output.style(Style::Bold, "code");
        if rows.is_empty() {
            return format!("{title}\n  {verdict}");
        }
        let body = columns(&rows, &[Align::Right, Align::Left, Align::Left, Align::Left]);
        format!("{title}\n  {verdict}\n{body}")
    }

    fn reason(&self) -> &'static str {
        let is_granted = self.imports.iter().all(|import| import.grant.is_some());
        match (is_granted, self.is_app) {
            (true, true) => "This is an app: it goes into \"apps\", with the devices that it \"uses\".",
            (true, false) => "This is no driver: it exports no device interface.",
            (false, _) => "No board file can grant all of that; use another driver.",
        }
    }
}

fn module_row(module: &ModuleSummary) -> Vec<String> {
    let instances = match module.instances {
        None | Some(1) => String::new(),
        Some(count) => format!("{count} instances"),
    };
    let memory = module.memory_bytes.filter(|bytes| *bytes > 0);
    let memory = memory.map_or_else(String::new, |bytes| format!("memory {}", mebibytes(bytes)));
    vec![format!("  {}", megabytes(module.bytes)), module.sha256.clone(), instances, memory]
}

fn describe_grant(grant: Option<&str>, output: &Output) -> String {
    match grant {
        None => output.style(Style::Red, "nothing can grant this: the host has no such interface"),
        Some("") => "always there".to_owned(),
        Some(line) => format!("granted by \"{}\"", line.split('"').nth(1).unwrap_or_default()),
    }
}

fn section<'a>(items: impl Iterator<Item = (&'a String, String)>) -> String {
    let rows: Vec<_> = items.map(|(name, text)| vec![format!("  {}", printable(name, LONGEST_NAME)), text]).collect();
    if rows.is_empty() { "  nothing".to_owned() } else { columns(&rows, &[Align::Left, Align::Left]) }
}

/// What goes into a board file; bus and address are where it is wired.
fn pasteable(devices: &Value, output: &Output) -> String {
    let entries = devices.as_object().into_iter().flatten().map(|(name, entry)| {
        let members = entry.as_object().into_iter().flatten().map(|(key, value)| format!("    {}", member(key, value)));
        let members = members.collect::<Vec<_>>().join(",\n");
        format!("  {}: {{\n{members}\n  }}", printable_json(&json_text(&name.as_str().into())))
    });
    let entries = entries.collect::<Vec<_>>().join(",\n");
    let hint = "  (goes into \"devices\"; set its place to where the device is wired)";
    format!("{entries}\n{}", output.style(Style::Dim, hint))
}

fn member(key: &str, value: &Value) -> String {
    format!("{}: {}", printable_json(&json_text(&key.into())), on_one_line(value))
}

fn on_one_line(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(on_one_line).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| member(key, value)).collect::<Vec<_>>();
            format!("{{ {} }}", members.join(", "))
        }
        other => printable_json(&json_text(other)),
    }
}

/// A size for people: "1.65 MB", "312 kB".
fn megabytes(bytes: usize) -> String {
    if bytes < 1_000_000 {
        format!("{} kB", bytes.div_ceil(1_000))
    } else {
        format!("{} MB", to_fixed(bytes as f64 / 1e6, 2))
    }
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", to_fixed(bytes as f64 / (1024.0 * 1024.0), 2))
}
