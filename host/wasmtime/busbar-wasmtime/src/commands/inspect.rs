use crate::compiler::CompiledBeside;
use crate::component_file::{ComponentFile, HERE};
use crate::output::{Align, Output, OutputOptions, Style, columns, json_text};
use crate::session::code_store;
use busbar_command::exit::Failure;
use busbar_host::address_space::{ThisProcess, addresses_for};
use busbar_host::components::{
    ComponentSource, ComponentSummary, InstalledComponents, ModuleSummary, summarize_component,
};
use busbar_host::digest::sha256;
use busbar_host::engine::Machine;
use busbar_host::link::{
    Extern, app_offers, device_interfaces, driver_offers, is_callable, parse_interface_name, serves,
};
use busbar_host::text::{printable, printable_json};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;

/// A gzip file's head and end, RFC 1952, around the compressed data.
const GZIP_FRAME: usize = 18;
/// zlib's own level.
const GZIP_LEVEL: u8 = 6;
/// The most UTF-16 code units of what others say.
const LONGEST_TEXT: usize = 200;
const LONGEST_NAME: usize = 100;
const LONGEST_PATH: usize = 1_000;
const LONGEST_PROBLEM: usize = 500;

/// `busbar inspect`: what a component is and needs, without running anything of it.
pub fn inspect(name: &str, options: OutputOptions) -> Result<u8, Failure> {
    let output = Arc::new(Output::new(options));
    let file = ComponentFile::read(name)?;
    let summary = summarize_component(&file.bytes, &file.specifier)?;
    let inspection = Inspection::of(&file, &summary, link_problem(&file, &output));
    if output.json() {
        output.record(&inspection.to_json());
    } else {
        output.block(&inspection.describe(&output));
    }
    Ok(0)
}

/// Why this host cannot link the component: it is compiled for that where it was not yet, as it would be to run.
fn link_problem(file: &ComponentFile, output: &Arc<Output>) -> Option<String> {
    let store = code_store(output);
    let components = InstalledComponents { folder: Path::new(HERE), store: &store, compile: &CompiledBeside };
    let loaded =
        Machine::new(addresses_for(1, &ThisProcess)).and_then(|machine| components.load(&machine, &file.specifier));
    loaded.err().map(|error| error.message)
}

/// One import, and how this host treats it.
struct InspectedImport {
    name: String,
    /// The line of the board file that grants it; empty where it needs none; none where nothing can grant it.
    grant: Option<&'static str>,
}

/// One export, and the device interface that it is, if any: "sensor", "block-device".
struct InspectedExport {
    name: String,
    device: Option<String>,
}

struct Inspection<'a> {
    file: &'a ComponentFile,
    summary: &'a ComponentSummary<'a>,
    gzip_bytes: usize,
    imports: Vec<InspectedImport>,
    exports: Vec<InspectedExport>,
    /// Whether its functions take their handles as parameters.
    is_callable: bool,
    /// What goes under "devices" in a board file; none where it is no driver or needs what nothing can grant.
    devices: Option<Value>,
    /// Why this host cannot link it; none where it can.
    problem: Option<String>,
}

impl<'a> Inspection<'a> {
    fn of(file: &'a ComponentFile, summary: &'a ComponentSummary<'a>, problem: Option<String>) -> Self {
        let interface = &summary.interface;
        let exports: Vec<_> = interface.exports.iter().map(inspect_export).collect();
        let grant = if is_app(&interface.exports) { app_grant } else { driver_grant };
        let inspect_import =
            |import: &Extern| InspectedImport { name: import.name.clone(), grant: grant(&import.name) };
        let imports: Vec<_> = interface.imports.iter().map(inspect_import).collect();
        let is_callable = is_callable(interface);
        Self {
            gzip_bytes: miniz_oxide::deflate::compress_to_vec(&file.bytes, GZIP_LEVEL).len() + GZIP_FRAME,
            devices: board_entry(file, &imports, &exports, is_callable),
            file,
            summary,
            imports,
            exports,
            is_callable,
            problem,
        }
    }

    fn is_app(&self) -> bool {
        is_app(&self.summary.interface.exports)
    }

    /// What all memories of an instance begin with, in bytes; none where it cannot be linked.
    fn memory_bytes(&self) -> Option<u64> {
        let of = |module: &ModuleSummary| module.memory_bytes.unwrap_or(0) * module.instances.unwrap_or(0);
        self.problem.is_none().then(|| self.summary.modules.iter().map(of).sum())
    }

    fn to_json(&self) -> Value {
        let imports: Vec<_> =
            self.imports.iter().map(|each| json!({ "name": each.name, "grant": each.grant })).collect();
        let exports: Vec<_> =
            self.exports.iter().map(|each| json!({ "name": each.name, "device": each.device })).collect();
        let metadata: Map<_, _> =
            self.summary.metadata.iter().map(|(key, text)| (key.clone(), text.as_str().into())).collect();
        let modules: Vec<_> = self.summary.modules.iter().map(module_record).collect();
        json!({
            "file": self.file.path.display().to_string(),
            "metadata": metadata,
            "bytes": self.file.bytes.len(),
            "gzipBytes": self.gzip_bytes,
            "sha256": sha256(&self.file.bytes),
            "imports": imports,
            "exports": exports,
            "callable": self.is_callable,
            "devices": self.devices,
            "code": { "problem": self.problem, "memoryBytes": self.memory_bytes(), "modules": modules },
        })
    }

    fn describe(&self, output: &Output) -> String {
        let bold = |text: &str| output.style(Style::Bold, text);
        let said = |key: &str| {
            let found = self.summary.metadata.iter().find(|(each, _)| each == key);
            found.map_or_else(String::new, |(_, text)| printable(text, LONGEST_TEXT))
        };
        let memory = self.memory_bytes().map_or_else(String::new, |bytes| format!("{} at first", mebibytes(bytes)));
        let about = [
            ("description", said("description")),
            ("licence", said("licenses")),
            ("source", said("source")),
            ("authors", said("authors")),
            ("revision", said("revision")),
            ("file", printable(&self.file.path.display().to_string(), LONGEST_PATH)),
            ("size", format!("{}, {} compressed", megabytes(self.file.bytes.len()), megabytes(self.gzip_bytes))),
            ("sha256", sha256(&self.file.bytes)),
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
        let exports = self.exports.iter().map(|each| {
            (&each.name, each.device.as_ref().map_or_else(|| other.to_owned(), |device| format!("a {device}")))
        });
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
        let rows: Vec<_> = self.summary.modules.iter().map(module_row).collect();
        let verdict = match &self.problem {
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
        match (is_granted, self.is_app()) {
            (true, true) => "This is an app: it goes into \"apps\", with the devices that it \"uses\".",
            (true, false) => "This is no driver: it exports no device interface.",
            (false, _) => "No board file can grant all of that; use another driver.",
        }
    }
}

/// Apps get other interfaces than drivers do.
fn is_app(exports: &[Extern]) -> bool {
    exports.iter().any(|export| parse_interface_name(&export.name).path == "wasi:cli/run")
}

fn driver_grant(import: &str) -> Option<&'static str> {
    grant_of(import, driver_offers().iter().map(|offer| (offer.path, offer.version, offer.grant_line)))
}

fn app_grant(import: &str) -> Option<&'static str> {
    grant_of(import, app_offers().iter().map(|offer| (offer.path, offer.version, offer.grant_line)))
}

/// The line that grants an import, among what the host offers to such a component: path, version and line.
fn grant_of(
    import: &str,
    mut offers: impl Iterator<Item = (&'static str, &'static str, &'static str)>,
) -> Option<&'static str> {
    let asked = parse_interface_name(import);
    let found = offers.find(|(path, version, _)| *path == asked.path && serves(version, asked.version));
    found.map(|(_, _, line)| line)
}

fn inspect_export(export: &Extern) -> InspectedExport {
    let asked = parse_interface_name(&export.name);
    let known = device_interfaces().iter().find(|each| each.path == asked.path && serves(each.version, asked.version));
    let device = known.and_then(|known| known.path.split('/').nth(1)).map(str::to_owned);
    InspectedExport { name: export.name.clone(), device }
}

/// What an operator pastes: the driver, and every grant that it needs, once.
fn board_entry(
    file: &ComponentFile,
    imports: &[InspectedImport],
    exports: &[InspectedExport],
    is_callable: bool,
) -> Option<Value> {
    let device = exports.iter().find_map(|export| export.device.as_deref());
    let device = device.or_else(|| is_callable.then_some("component"))?;
    let mut lines: Vec<&str> = Vec::new();
    for import in imports {
        let line = import.grant?;
        if !line.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    let granted: Map<String, Value> = serde_json::from_str(&format!("{{{}}}", lines.join(","))).ok()?;
    let mut entry = Map::new();
    entry.insert("driver".to_owned(), file.specifier.as_str().into());
    entry.extend(granted);
    Some(json!({ format!("my-{device}"): entry }))
}

fn module_record(module: &ModuleSummary<'_>) -> Value {
    json!({
        "bytes": module.bytes.len(),
        "sha256": sha256(module.bytes),
        "instances": module.instances,
        "memoryBytes": module.memory_bytes,
    })
}

fn module_row(module: &ModuleSummary<'_>) -> Vec<String> {
    let instances = match module.instances {
        None | Some(1) => String::new(),
        Some(count) => format!("{count} instances"),
    };
    let memory = module.memory_bytes.filter(|bytes| *bytes > 0);
    let memory = memory.map_or_else(String::new, |bytes| format!("memory {}", mebibytes(bytes)));
    vec![format!("  {}", megabytes(module.bytes.len())), sha256(module.bytes), instances, memory]
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
    let hint = "  (goes into \"devices\"; set bus and address to where the device is wired)";
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
    if bytes < 1_000_000 { format!("{} kB", bytes.div_ceil(1_000)) } else { format!("{:.2} MB", bytes as f64 / 1e6) }
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.2} MiB", bytes as f64 / (1024.0 * 1024.0))
}
