use crate::engine::{Code, MachineCode};
use crate::flattened::Flattened;
use busbar_core::board::ComponentName;
use busbar_core::cache::{CheckedFiles, CodeFiles, Environment, PlaceState, cache_places};
use busbar_core::components::{ComponentFile, FoundComponent, LONGEST_COMPONENT, find_component};
use busbar_core::digest::sha256_of;
use busbar_core::error::HostError;
use busbar_core::regular_file::{UnfitFile, open_regular};
use busbar_core::system_error::error_name;
use std::fs;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

/// The name of the folder of the cache, in which the flattened form of a component is found by the digest of that.
const CACHE: &str = "flattened";
const ENDING: &str = "core.wasm";

/// The flattened form of a component, read and checked.
pub struct FlattenedFile {
    /// How the board names the component.
    pub label: String,
    pub flattened: Flattened,
    pub code: Code,
}

/// The module of a flattened component, as it lies on the disk.
pub(super) struct ModuleFile {
    /// Where it was found.
    pub path: PathBuf,
    pub bytes: Vec<u8>,
    /// Its SHA-256.
    pub digest: String,
}

/// Where the flattened form of a component is looked for first: "bme280.core.wasm" beside "bme280.wasm".
pub fn beside(component: &Path) -> PathBuf {
    component.with_extension(ENDING)
}

/// What a board calls the component beside which a flattened form of this name is looked for; none where it is not named as one.
pub fn name_of_component(flattened: &str) -> Option<String> {
    let name = flattened.strip_suffix(ENDING)?.strip_suffix('.')?;
    Some(format!("{name}.wasm"))
}

/// The files that decide which component that is that a board names, and what people call them: no app may be given them.
///
/// # Errors
///
/// When there is no such component.
pub fn files_of(name: &ComponentName, folder: &Path) -> Result<Vec<(String, PathBuf)>, HostError> {
    let FoundComponent { file, manifest, .. } = find_component(name, folder)?;
    let specifier = &name.specifier;
    let beside = (format!("the flattened form of {specifier}"), beside(&file));
    let manifest = manifest.map(|manifest| (format!("package.json of {specifier}"), manifest));
    Ok([(specifier.clone(), file), beside].into_iter().chain(manifest).collect())
}

/// The folders in which flattened forms are found by their components, those that are not there yet, too.
pub fn cache_folders() -> Vec<PathBuf> {
    cache_places(CACHE, &Environment::of_this_process()).into_iter().map(|place| place.folder).collect()
}

/// The one of them that is safe, if any.
fn cache_folder() -> Option<PathBuf> {
    let places = cache_places(CACHE, &Environment::of_this_process());
    places.into_iter().find(|place| place.check() == PlaceState::Safe).map(|place| place.folder)
}

/// Finds the flattened form of a component that a board names, and the machine code that was made of it, where that is kept.
///
/// # Errors
///
/// As [`find_to_interpret`].
pub fn find_flattened(name: &ComponentName, folder: &Path, kept: &CodeFiles) -> Result<FlattenedFile, HostError> {
    let (module, component) = find_module(name, folder, kept.checked())?;
    let machine = MachineCode::kept(kept, &module.digest);
    flattened_file(&name.specifier, module, component, machine)
}

/// Finds the flattened form of a component that a board names, as it is.
///
/// # Errors
///
/// [`busbar_core::error::HostErrorCode::Component`]: what is missing, or wrong with it.
pub fn find_to_interpret(
    name: &ComponentName,
    folder: &Path,
    checked: &CheckedFiles,
) -> Result<FlattenedFile, HostError> {
    let (module, component) = find_module(name, folder, checked)?;
    flattened_file(&name.specifier, module, component, None)
}

fn flattened_file(
    specifier: &str,
    module: ModuleFile,
    component: Option<String>,
    machine: Option<MachineCode>,
) -> Result<FlattenedFile, HostError> {
    // Where there is code, what it was made of was checked before.
    let read = if machine.is_some() { Flattened::read_again } else { Flattened::read };
    let flattened = read_flattened(specifier, &module, component.as_deref(), read)?;
    let code = machine.map_or(Code::Module(module.bytes), Code::Machine);
    Ok(FlattenedFile { label: specifier.to_owned(), flattened, code })
}

/// Finds the flattened form of a component that a board names: beside it ("bme280.core.wasm" beside "bme280.wasm"), or in the
/// cache, by its digest. It has to be made of that very component, of which it gives the SHA-256 where that is there: a small
/// device may have the flattened form only.
///
/// # Errors
///
/// As [`find_to_interpret`].
pub(super) fn find_module(
    name: &ComponentName,
    folder: &Path,
    checked: &CheckedFiles,
) -> Result<(ModuleFile, Option<String>), HostError> {
    let component = find_component(name, folder)?.file;
    let specifier = name.specifier.as_str();
    let beside = beside(&component);
    let digest = match fs::symlink_metadata(&component) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound && beside.exists() => None,
        _ => Some(ComponentFile::open(&component, specifier)?.digest(checked)?),
    };
    let in_cache = digest.as_ref().and_then(|digest| Some(cache_folder()?.join(format!("{digest}.{ENDING}"))));
    let places = std::iter::once(beside.clone()).chain(in_cache);
    for path in places {
        if let Some(module) = read(path, specifier, checked)? {
            return Ok((module, digest));
        }
    }
    Err(HostError::component(format!(
        "{specifier} is not flattened, which this host needs; run \"busbar flatten {} --out {}\".",
        component.display(),
        beside.display()
    )))
}

/// Reads a module by `read`, which has to be made of the component with that digest, where that is there.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn read_flattened(
    specifier: &str,
    module: &ModuleFile,
    component: Option<&str>,
    read: impl FnOnce(&[u8]) -> Result<Flattened, String>,
) -> Result<Flattened, HostError> {
    let flattened = read(&module.bytes).map_err(|what| unfit(specifier, &module.path, &what))?;
    flattened.require_component(component).map_err(|what| unfit(specifier, &module.path, what))?;
    Ok(flattened)
}

/// None where there is no such file.
fn read(path: PathBuf, specifier: &str, checked: &CheckedFiles) -> Result<Option<ModuleFile>, HostError> {
    let (mut file, length) = match open_regular(&path, LONGEST_COMPONENT) {
        Ok(opened) => opened,
        Err(UnfitFile::Missing) => return Ok(None),
        Err(UnfitFile::Unfit(what)) => return Err(unfit(specifier, &path, &format!("cannot be used: {what}"))),
        Err(UnfitFile::Unreadable(name)) => return Err(unfit(specifier, &path, &format!("cannot be read ({name})"))),
    };
    let digest_of = |file: &mut fs::File| {
        checked.digest(file, |file| {
            file.rewind()?;
            sha256_of(&mut file.take(length))
        })
    };
    let mut read = || -> io::Result<Option<ModuleFile>> {
        let digest = digest_of(&mut file)?;
        file.rewind()?;
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        (&mut file).take(length).read_to_end(&mut bytes)?;
        // What it was when its digest was asked for: code that is kept by that is run with what these bytes say.
        let is_same = digest_of(&mut file)? == digest;
        Ok(is_same.then(|| ModuleFile { path: path.clone(), bytes, digest }))
    };
    match read() {
        Ok(Some(module)) => Ok(Some(module)),
        Ok(None) => Err(unfit(specifier, &path, "was written to while it was read")),
        Err(cause) => Err(unfit(specifier, &path, &format!("cannot be read ({})", error_name(&cause)))),
    }
}

fn unfit(specifier: &str, path: &Path, what: &str) -> HostError {
    let path = path.display();
    HostError::component(format!("{specifier} cannot run: its flattened form {path} {what}; flatten it again."))
}
