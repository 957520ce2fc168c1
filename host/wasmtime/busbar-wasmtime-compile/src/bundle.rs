//! Makes a bundle of a board: the same board makes the same bytes.

use crate::arguments::BoardTask;
use crate::code::{compile, engine_for};
use crate::read_component;
use busbar_command::compiling::under_limits;
use busbar_command::compiling::{components_of, models_of};
use busbar_host::board::{Board, ComponentName, folder_of_board, parse_board, read_board};
use busbar_host::bundle::{BOARD_NAME, BundleLock, CODE_FOLDER, LOCK_NAME, NativeCode, platform_of};
use busbar_host::clock::Clock;
use busbar_host::components::{ComponentSource, Driver, LoadedComponent};
use busbar_host::digest::sha256;
use busbar_host::engine::{Addresses, Machine};
use busbar_host::error::HostError;
use busbar_host::models::BoardModels;
use busbar_host::simulate::simulate;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use wasmtime::Engine;
use wasmtime::component::Component;

/// A bundle that was made.
pub struct MadeBundle {
    /// Contents by path with slashes.
    pub files: Vec<(String, Vec<u8>)>,
    /// The SHA-256 of its lock, in hexadecimal.
    pub lock: String,
}

/// A component of the board, and its name in the bundle, where it need not lie.
struct Part {
    /// As the board names it.
    named: ComponentName,
    name: String,
    bytes: Vec<u8>,
}

/// Makes a bundle in memory.
///
/// # Errors
///
/// When the board could not be opened, or asks for what a bundle cannot hold.
pub fn make(task: &BoardTask) -> Result<MadeBundle, HostError> {
    let board = read_board(&task.board)?;
    let parts = read_parts(&board, task)?;
    let processor = processor_of(task.target.as_deref());
    let mut files = Vec::new();
    let mut native = Vec::new();
    for addresses in &task.addresses {
        let compiler = PartCompiler::new(*addresses, &processor, task)?;
        let mut made: Vec<(&str, CompiledPart)> = Vec::new();
        for part in &parts {
            // Two specifiers of the same bytes are one component.
            let compiled = match made.iter().position(|(name, _)| *name == part.name) {
                Some(known) => &made[known].1,
                None => &made.push_mut((&part.name, compiler.compile(part)?)).1,
            };
            compiler.check(part, compiled, &board)?;
        }
        // What cannot be simulated is known here, not first on the device.
        let source = MadeModels { parts: &made };
        simulate(&board.simulate, &mut BoardModels::new(&compiler.machine, &source, Clock::start()))?;
        let mut codes = Vec::new();
        for (component, CompiledPart { digest, code, .. }) in made {
            let file = format!("{CODE_FOLDER}/{}.cwasm", sha256(&code));
            codes.push(NativeCode { component: component.to_owned(), digest, file: file.clone() });
            if !files.iter().any(|(known, _)| *known == file) {
                files.push((file, code));
            }
        }
        native.push((Machine::settings_of(*addresses, &processor), codes));
    }
    files.push((BOARD_NAME.to_owned(), rewritten_board(&task.board, &board, &parts)?.into_bytes()));
    files.sort();
    let lock = BundleLock {
        busbar: env!("CARGO_PKG_VERSION").to_owned(),
        platform: platform_of(&processor),
        files: files.iter().map(|(path, bytes)| (path.clone(), sha256(bytes))).collect(),
        native,
    };
    let text = lock.to_text().into_bytes();
    let lock = sha256(&text);
    files.push((LOCK_NAME.to_owned(), text));
    Ok(MadeBundle { files, lock })
}

/// The processor of a triple, as Rust names it: its first part.
fn processor_of(target: Option<&str>) -> String {
    let own = std::env::consts::ARCH;
    target.and_then(|target| target.split('-').next()).unwrap_or(own).to_owned()
}

fn read_parts(board: &Board, task: &BoardTask) -> Result<Vec<Part>, HostError> {
    let mut parts: Vec<Part> = Vec::new();
    for named in components_of(board) {
        let bytes = read_component(&named, folder_of_board(&task.board))?;
        let same = parts.iter().find(|part| part.bytes == bytes).map(|part| part.name.clone());
        let name = same.unwrap_or_else(|| name_of(&named.specifier, &parts));
        parts.push(Part { named, name, bytes });
    }
    if let Some(package) = models_of(board) {
        let bytes = read_component(&package, task.packages())?;
        // No entry of the board names it: the host asks for it by its own name.
        parts.push(Part { name: package.specifier.clone(), named: package, bytes });
    }
    Ok(parts)
}

/// The device models among what was made.
struct MadeModels<'a> {
    parts: &'a [(&'a str, CompiledPart)],
}

impl ComponentSource for MadeModels<'_> {
    fn load(&self, _machine: &Machine, name: &ComponentName) -> Result<LoadedComponent, HostError> {
        let specifier = name.specifier.as_str();
        let (_, made) = self
            .parts
            .iter()
            .find(|(name, _)| *name == specifier)
            .ok_or_else(|| HostError::component(format!("{specifier} is not among what was made of the board.")))?;
        Ok(LoadedComponent { label: specifier.to_owned(), key: made.digest.clone(), component: made.component.clone() })
    }

    fn files(&self, _name: &ComponentName) -> Result<Vec<(String, PathBuf)>, HostError> {
        Ok(Vec::new())
    }
}

/// "components/bme280.wasm" for "@busbar/bme280" and "../x/bme280.wasm"; with a number where that name is taken.
fn name_of(specifier: &str, taken: &[Part]) -> String {
    let last = specifier.rsplit('/').next().unwrap_or(specifier);
    let stem = last.strip_suffix(".wasm").unwrap_or(last);
    let is_safe = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-');
    let safe: String = stem.chars().map(|character| if is_safe(character) { character } else { '-' }).collect();
    let safe = if safe.is_empty() || safe.starts_with('.') { format!("-{safe}") } else { safe };
    let names = (1_u32..).map(|number| match number {
        1 => format!("components/{safe}.wasm"),
        _ => format!("components/{safe}-{number}.wasm"),
    });
    let mut free = names.skip_while(|name| taken.iter().any(|part| part.name == *name));
    free.next().unwrap_or(safe)
}

/// Makes the code of components for one kind of machine.
struct PartCompiler<'a> {
    task: &'a BoardTask,
    /// Of the kind of machine that the bundle is for, and not with all that the processor of this one can.
    engine: Engine,
    machine: Machine,
    is_for_this_kind: bool,
}

struct CompiledPart {
    /// Of the component.
    digest: String,
    code: Vec<u8>,
    /// Here, whichever machine the code is for.
    component: Component,
}

impl<'a> PartCompiler<'a> {
    fn new(addresses: Addresses, processor: &str, task: &'a BoardTask) -> Result<Self, HostError> {
        let own = format!("{processor}-unknown-linux-gnu");
        Ok(Self {
            task,
            engine: engine_for(task.target.as_deref().unwrap_or(&own), addresses)?,
            machine: Machine::new(addresses)?,
            is_for_this_kind: processor == std::env::consts::ARCH,
        })
    }

    /// What is for another kind of machine is compiled for this one too, to be checked.
    fn compile(&self, part: &Part) -> Result<CompiledPart, HostError> {
        let label = &part.named.specifier;
        let make = |engine| under_limits(label, self.task.limits, || compile(engine, label, &part.bytes));
        let code = make(&self.engine)?;
        let here = if self.is_for_this_kind { &code } else { &make(&self.machine.engine)? };
        // SAFETY: it was made by `Engine::precompile_component` just now.
        let component = unsafe { Component::deserialize(&self.machine.engine, here) }
            .map_err(|cause| HostError::component(format!("{label} cannot be linked: {}.", cause.root_cause())))?;
        Ok(CompiledPart { digest: sha256(&part.bytes), code, component })
    }

    /// Whether it may be linked by this board is known here, not first on the device.
    fn check(&self, part: &Part, compiled: &CompiledPart, board: &Board) -> Result<(), HostError> {
        let label = &part.named.specifier;
        let loaded =
            LoadedComponent { label: label.clone(), key: String::new(), component: compiled.component.clone() };
        for placed in board.entries().filter(|placed| placed.entry.named_driver().as_ref() == Some(&part.named)) {
            Driver::check(&self.machine, board, placed, &loaded)?;
        }
        Ok(())
    }
}

/// The board file as it is written, but for where its components are.
fn rewritten_board(path: &Path, board: &Board, parts: &[Part]) -> Result<String, HostError> {
    let unreadable =
        |cause: String| HostError::board(format!("the board file {} cannot be read ({cause}).", path.display()));
    let text = fs::read_to_string(path).map_err(|cause| unreadable(cause.to_string()))?;
    let mut written: Value = serde_json::from_str(&text).map_err(|cause| unreadable(cause.to_string()))?;
    let drivers =
        board.entries().filter_map(|placed| Some((placed.list, placed.name, "driver", placed.entry.named_driver()?)));
    let apps = board.apps.iter().map(|(name, entry)| ("apps", name.as_str(), "component", entry.named_component()));
    for (list, name, key, named) in drivers.chain(apps) {
        if let Some(part) = parts.iter().find(|part| part.named == named) {
            written[list][name][key] = format!("./{}", part.name).into();
        }
    }
    let text = format!("{written:#}\n");
    parse_board(&text, BOARD_NAME)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{Part, name_of};

    #[test]
    fn a_component_has_its_own_name_in_a_bundle() {
        let mut parts = Vec::new();
        for (specifier, expected) in [
            ("@busbar/bme280", "components/bme280.wasm"),
            ("../x/bme280.wasm", "components/bme280-2.wasm"),
            ("./a b.wasm", "components/a-b.wasm"),
            ("./.wasm", "components/-.wasm"),
        ] {
            let name = name_of(specifier, &parts);
            assert_eq!(name, expected);
            parts.push(Part { named: specifier.into(), name, bytes: Vec::new() });
        }
    }
}
