//! The components that a person names.

use busbar_core::components::{LONGEST_COMPONENT, absolute_path, resolve_component};
use busbar_core::error::HostError;
use busbar_core::regular_file::{UnfitFile, open_regular};
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The folder that a person is in, who names a component as a board file there would.
pub const HERE: &str = ".";

/// A component on disk.
pub struct ComponentFile {
    /// Its absolute path.
    pub path: PathBuf,
    /// How a board file in the current folder names it: a package name, or "./lcd.wasm".
    pub specifier: String,
    pub bytes: Vec<u8>,
}

impl ComponentFile {
    /// Reads the component that a person names: a file, a driver package's folder, or an installed package.
    ///
    /// # Errors
    ///
    /// [`HostError`] with code "component".
    pub fn read(name: &str) -> Result<Self, HostError> {
        let specifier = specifier_of(name)?;
        let path = resolve_component(&specifier, Path::new(HERE))?;
        Self::at(path, specifier)
    }

    /// Reads the file at a path, which stands for what a board file names so.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn at(path: PathBuf, specifier: String) -> Result<Self, HostError> {
        let bytes = read(&path).map_err(|unfit| {
            let what = match unfit {
                UnfitFile::Missing => "does not exist; name another, or build it with \"busbar build\"".to_owned(),
                UnfitFile::Unfit(message) => {
                    format!("cannot be read: {message}; name the component that \"busbar build\" made")
                }
                UnfitFile::Unreadable(name) => format!("cannot be read ({name})"),
            };
            HostError::component(format!("the component {} {what}.", path.display()))
        })?;
        Ok(Self { path, specifier, bytes })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, UnfitFile> {
    let (file, length) = open_regular(path, LONGEST_COMPONENT)?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How a board file in the current folder names what a person names, who may write "lcd.wasm" for a file beside, and a package by its
/// folder.
///
/// # Errors
///
/// When it is a folder, and no driver package.
pub fn specifier_of(name: &str) -> Result<String, HostError> {
    let looks_like_path = name.starts_with(['.', '/']) || name.ends_with(".wasm");
    let present = fs::metadata(name).ok();
    if present.as_ref().is_some_and(fs::Metadata::is_dir) {
        return specifier_of_folder(name);
    }
    if name.starts_with(['.', '/']) || (present.is_none() && !looks_like_path) {
        return Ok(name.to_owned());
    }
    Ok(format!("./{name}"))
}

/// The package's name where a board file here would find it by that, else the component's own path.
fn specifier_of_folder(folder: &str) -> Result<String, HostError> {
    let manifest = read_manifest(&Path::new(folder).join("package.json"));
    let component = manifest["busbar"]["component"].as_str().ok_or_else(|| {
        HostError::component(format!(
            "{folder} is no driver package: it has no package.json with \"busbar\": {{ \"component\" }}."
        ))
    })?;
    let path = absolute_path(&Path::new(folder).join(component));
    let is_found = |name: &&str| resolve_component(name, Path::new(HERE)).is_ok_and(|found| found == path);
    let named = manifest["name"].as_str().filter(is_found);
    Ok(named.map_or_else(|| path.display().to_string(), str::to_owned))
}

fn read_manifest(file: &Path) -> Value {
    fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}
