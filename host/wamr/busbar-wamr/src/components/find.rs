use crate::flattened::Flattened;
use busbar_core::cache::{CheckedFiles, Environment, PlaceState, cache_places};
use busbar_core::components::{ComponentFile, FoundComponent, LONGEST_COMPONENT, find_component, resolve_component};
use busbar_core::error::HostError;
use busbar_core::regular_file::{UnfitFile, open_regular};
use busbar_core::system_error::error_name;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The name of the folder of the cache, in which the flattened form of a component is found by the digest of that.
const CACHE: &str = "flattened";
const ENDING: &str = "core.wasm";

/// The flattened form of a component, read and checked.
pub struct FlattenedFile {
    /// How the board names the component.
    pub label: String,
    pub flattened: Flattened,
    pub bytes: Vec<u8>,
}

/// The files that decide which component that is that a board names, and what people call them: no app may be given them.
///
/// # Errors
///
/// When there is no such component.
pub fn files_of(specifier: &str, folder: &Path) -> Result<Vec<(String, PathBuf)>, HostError> {
    let FoundComponent { file, manifest, .. } = find_component(specifier, folder)?;
    let beside = (format!("the flattened form of {specifier}"), file.with_extension(ENDING));
    let manifest = manifest.map(|manifest| (format!("package.json of {specifier}"), manifest));
    Ok([(specifier.to_owned(), file), beside].into_iter().chain(manifest).collect())
}

/// The folder in which flattened forms are found by their components, if that is safe.
pub fn cache_folder() -> Option<PathBuf> {
    let places = cache_places(CACHE, &Environment::of_this_process());
    places.into_iter().find(|place| place.check() == PlaceState::Safe).map(|place| place.folder)
}

/// Finds the flattened form of a component that a board names: beside it ("bme280.core.wasm" beside "bme280.wasm"), or in the
/// cache, by its digest. It has to be made of that very component, where that is there: a small device may have the flattened
/// form only.
///
/// # Errors
///
/// [`busbar_core::error::HostErrorCode::Component`]: what is missing, or wrong with it.
pub fn find_flattened(specifier: &str, folder: &Path, checked: &CheckedFiles) -> Result<FlattenedFile, HostError> {
    let component = resolve_component(specifier, folder)?;
    let beside = component.with_extension(ENDING);
    let digest = match fs::symlink_metadata(&component) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound && beside.exists() => None,
        _ => Some(ComponentFile::open(&component, specifier)?.digest(checked)?),
    };
    let in_cache = digest.as_ref().and_then(|digest| Some(cache_folder()?.join(format!("{digest}.{ENDING}"))));
    let places = std::iter::once(beside.clone()).chain(in_cache);
    for path in places {
        let Some(bytes) = read(&path, specifier)? else { continue };
        let flattened = Flattened::read(&bytes).map_err(|what| unfit(specifier, &path, &what))?;
        if digest.as_ref().is_some_and(|digest| *digest != flattened.component_digest) {
            return Err(unfit(specifier, &path, "was made of another component"));
        }
        return Ok(FlattenedFile { label: specifier.to_owned(), flattened, bytes });
    }
    Err(HostError::component(format!(
        "{specifier} is not flattened, which this host needs; run \"busbar flatten {} --out {}\".",
        component.display(),
        beside.display()
    )))
}

/// None where there is no such file.
fn read(path: &Path, specifier: &str) -> Result<Option<Vec<u8>>, HostError> {
    let (file, length) = match open_regular(path, LONGEST_COMPONENT) {
        Ok(opened) => opened,
        Err(UnfitFile::Missing) => return Ok(None),
        Err(UnfitFile::Unfit(what)) => return Err(unfit(specifier, path, &format!("cannot be used: {what}"))),
        Err(UnfitFile::Unreadable(name)) => return Err(unfit(specifier, path, &format!("cannot be read ({name})"))),
    };
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    let read = file.take(length).read_to_end(&mut bytes);
    read.map_err(|cause| unfit(specifier, path, &format!("cannot be read ({})", error_name(&cause))))?;
    Ok(Some(bytes))
}

fn unfit(specifier: &str, path: &Path, what: &str) -> HostError {
    let path = path.display();
    HostError::component(format!("{specifier} cannot run: its flattened form {path} {what}; flatten it again."))
}
