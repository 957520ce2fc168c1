use super::package::component_of_package;
use crate::board::ComponentName;
use crate::error::HostError;
use serde_json::Value;
use std::fs;
use std::path::{Component as PathPart, Path, PathBuf};

/// The longest package.json that is read, in bytes.
const LONGEST_MANIFEST: u64 = 1024 * 1024;

/// Finds the component file that a person names, as a board file would for no bus.
///
/// `specifier` is a file ("./lcd.wasm", relative to `folder`, that of the board file) or the name of an installed package,
/// whose package.json says `"busbar": { "component": "dist/bme280.wasm" }`.
///
/// # Errors
///
/// [`crate::error::HostErrorCode::Component`].
pub fn resolve_component(specifier: &str, folder: &Path) -> Result<PathBuf, HostError> {
    find_component(&specifier.into(), folder).map(|found| found.file)
}

/// Where a component is.
pub struct FoundComponent {
    pub file: PathBuf,
    /// The one for hosts with the asynchronous ABI, where the package has one: "busbar": { "streaming": { "component" } }.
    pub streaming: Option<PathBuf>,
    /// The package.json that says so; none where the board names the file.
    pub manifest: Option<PathBuf>,
}

/// Finds the component file that a board file names, and what says where that is. Of a package with components for several
/// buses, one for those of the entry is meant.
///
/// # Errors
///
/// As there.
pub fn find_component(name: &ComponentName, folder: &Path) -> Result<FoundComponent, HostError> {
    let ComponentName { specifier, wired } = name;
    if is_file(specifier) {
        return Ok(FoundComponent { file: absolute_path(&folder.join(specifier)), streaming: None, manifest: None });
    }
    if specifier.starts_with("oci://") {
        return Err(HostError::component(format!(
            "{specifier} is in a registry, where there is no file to look at; run \"busbar pull {specifier} --out FILE\" and name \
             that file."
        )));
    }
    if specifier.ends_with(".wasm") {
        return Err(HostError::component(format!(
            "{specifier}: write \"./{specifier}\" to name a file beside the board file."
        )));
    }
    let package = find_package(specifier, folder).ok_or_else(|| not_installed(specifier))?;
    let manifest = manifest_of(&package);
    let busbar = &manifest["busbar"];
    let component = component_of_package(specifier, busbar, wired)?;
    // It is the same driver for the same bus as the package's first component.
    let streaming = busbar["streaming"]["component"].as_str().filter(|_| busbar["component"] == component);
    let file_at = |path: &str| absolute_path(&package.join(path));
    let (file, streaming) = (file_at(component), streaming.map(file_at));
    Ok(FoundComponent { file, streaming, manifest: Some(package.join("package.json")) })
}

fn is_file(specifier: &str) -> bool {
    specifier.starts_with('/') || specifier.starts_with("./") || specifier.starts_with("../")
}

fn not_installed(name: &str) -> HostError {
    HostError::component(format!(
        "the driver {name} is not installed where the board file is; run \"npm install {name}\" there."
    ))
}

/// Looks in the folders node_modules of a folder and of those above it, as Node does.
fn find_package(name: &str, folder: &Path) -> Option<PathBuf> {
    // A name with a way in it would lead out of node_modules.
    let is_plain = Path::new(name).components().all(|part| matches!(part, PathPart::Normal(_)));
    if name.is_empty() || !is_plain {
        return None;
    }
    let folder = fs::canonicalize(folder).ok()?;
    let package = folder
        .ancestors()
        .map(|above| above.join("node_modules").join(name))
        .find(|package| package.join("package.json").is_file())?;
    // A linked package is where its files are, as Node sees it.
    fs::canonicalize(package).ok()
}

/// Null where it cannot be read.
fn manifest_of(package: &Path) -> Value {
    let manifest = package.join("package.json");
    let is_short = fs::metadata(&manifest).is_ok_and(|metadata| metadata.len() <= LONGEST_MANIFEST);
    let text = if is_short { fs::read_to_string(manifest).ok() } else { None };
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// The same from everywhere, without "." and "..", so that messages name a file as people do; links are not looked at.
pub fn absolute_path(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            PathPart::CurDir => {}
            PathPart::ParentDir => {
                result.pop();
            }
            part => result.push(part),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::resolve_component;
    use std::path::{Path, PathBuf};

    #[test]
    fn a_file_is_found_from_the_folder_of_its_board_wherever_that_lies() {
        let here = std::env::current_dir().expect("there is one");
        let above = here.parent().expect("it is not the root");
        for (folder, file) in [
            (".", here.join("x.wasm")),
            ("a/../b", here.join("b/x.wasm")),
            ("../b", above.join("b/x.wasm")),
            ("/a", PathBuf::from("/a/x.wasm")),
        ] {
            assert_eq!(resolve_component("./x.wasm", Path::new(folder)).expect("it is a file"), file);
        }
    }
}
