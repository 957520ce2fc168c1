//! `busbar inspect`: what a component is and needs, without running anything of it.

mod describe;
mod grants;

use crate::component_file::ComponentFile;
use crate::output::Output;
use busbar_core::components::{ComponentSummary, ModuleSummary};
use busbar_core::digest::sha256;
use busbar_core::link::{Extern, exported_device, is_app, is_callable};
use grants::{app_grant, driver_grant};
use serde_json::{Map, Value, json};

/// What a host found out about a component.
pub struct Inspected {
    pub summary: ComponentSummary,
    /// Why this host cannot link it; none where it can.
    pub problem: Option<String>,
    /// The SHA-256 of the component, where the file is not that, but what was made of it.
    pub made_of: Option<String>,
    /// How large the file is when compressed, in bytes; none where the command has no compressor.
    pub gzip_bytes: Option<usize>,
}

/// Prints it: for people, or as one document.
pub fn print_inspection(file: &ComponentFile, inspected: &Inspected, output: &Output) {
    let inspection = Inspection::of(file, inspected);
    if output.json() {
        output.record(&inspection.to_json());
    } else {
        output.block(&inspection.describe(output));
    }
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
    device: Option<&'static str>,
}

struct Inspection<'a> {
    file: &'a ComponentFile,
    inspected: &'a Inspected,
    sha256: String,
    imports: Vec<InspectedImport>,
    exports: Vec<InspectedExport>,
    is_app: bool,
    /// Whether its functions take their handles as parameters.
    is_callable: bool,
    /// What goes under "devices" in a board file; none where it is no driver or needs what nothing can grant.
    devices: Option<Value>,
}

impl<'a> Inspection<'a> {
    fn of(file: &'a ComponentFile, inspected: &'a Inspected) -> Self {
        let interface = &inspected.summary.interface;
        let (is_app, is_callable) = (is_app(interface), is_callable(interface));
        let exports: Vec<_> = interface.exports.iter().map(inspect_export).collect();
        let grant = if is_app { app_grant } else { driver_grant };
        let inspect_import =
            |import: &Extern| InspectedImport { name: import.name.clone(), grant: grant(&import.name) };
        let imports: Vec<_> = interface.imports.iter().map(inspect_import).collect();
        Self {
            sha256: sha256(&file.bytes),
            devices: board_entry(file, &imports, &exports, is_callable),
            file,
            inspected,
            imports,
            exports,
            is_app,
            is_callable,
        }
    }

    /// What all memories of an instance begin with, in bytes; none where it cannot be linked.
    fn memory_bytes(&self) -> Option<u64> {
        let of = |module: &ModuleSummary| module.memory_bytes.unwrap_or(0) * module.instances.unwrap_or(0);
        let Inspected { summary, problem, .. } = self.inspected;
        problem.is_none().then(|| summary.modules.iter().map(of).sum())
    }

    fn to_json(&self) -> Value {
        let Inspected { summary, problem, made_of, gzip_bytes } = self.inspected;
        let imports: Vec<_> =
            self.imports.iter().map(|each| json!({ "name": each.name, "grant": each.grant })).collect();
        let exports: Vec<_> =
            self.exports.iter().map(|each| json!({ "name": each.name, "device": each.device })).collect();
        let metadata: Map<_, _> = summary.metadata.iter().map(|(key, text)| (key.to_owned(), text.into())).collect();
        let modules: Vec<_> = summary.modules.iter().map(module_record).collect();
        let mut document = json!({
            "file": self.file.path.display().to_string(),
            "metadata": metadata,
            "bytes": self.file.bytes.len(),
            "gzipBytes": gzip_bytes,
            "sha256": self.sha256,
            "imports": imports,
            "exports": exports,
            "callable": self.is_callable,
            "devices": self.devices,
            "code": { "problem": problem, "memoryBytes": self.memory_bytes(), "modules": modules },
        });
        if let (Some(document), Some(component)) = (document.as_object_mut(), made_of) {
            document.insert("madeOf".to_owned(), component.as_str().into());
        }
        document
    }
}

fn inspect_export(export: &Extern) -> InspectedExport {
    let device = exported_device(export).and_then(|known| known.path.split('/').nth(1));
    InspectedExport { name: export.name.clone(), device }
}

/// What an operator pastes: the driver, and every grant that it needs, once.
fn board_entry(
    file: &ComponentFile,
    imports: &[InspectedImport],
    exports: &[InspectedExport],
    is_callable: bool,
) -> Option<Value> {
    let device = exports.iter().find_map(|export| export.device);
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

fn module_record(module: &ModuleSummary) -> Value {
    json!({
        "bytes": module.bytes,
        "sha256": module.sha256,
        "instances": module.instances,
        "memoryBytes": module.memory_bytes,
    })
}
