//! Whether a folder may be believed: code in it is run, so nobody but the host's own user may have put it there.

use crate::system_error::error_name;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// The access bits of group and others that let them write.
const OTHERS_WRITE: u32 = 0o022;

/// The environment variables that say where caches are.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `XDG_CACHE_HOME`.
    pub cache_home: Option<OsString>,
    /// `HOME`.
    pub home: Option<OsString>,
    /// `TMPDIR`.
    pub temporary: Option<OsString>,
}

impl Environment {
    /// This process's.
    pub fn of_this_process() -> Self {
        let [cache_home, home, temporary] = ["XDG_CACHE_HOME", "HOME", "TMPDIR"].map(std::env::var_os);
        Self { cache_home, home, temporary }
    }
}

/// A place for a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachePlace {
    /// A folder around it that nobody else may write to either.
    pub outer: PathBuf,
    /// The place itself.
    pub folder: PathBuf,
    /// Whether it goes with the next start of the machine, and may be in its memory.
    pub temporary: bool,
}

/// What was found where a cache is to be; a problem is the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceState {
    Safe,
    Missing,
    Problem(String),
}

/// Where a user's cache of this name is looked for, best first: in `XDG_CACHE_HOME`, else in `HOME`, and where that cannot
/// be used in a folder of the user's own in the temporary folder.
pub fn cache_places(name: &str, environment: &Environment) -> Vec<CachePlace> {
    let set = |value: &Option<OsString>| value.clone().map(PathBuf::from).filter(|path| path.is_absolute());
    let temporary = set(&environment.temporary).unwrap_or_else(|| "/tmp".into());
    let outer = temporary.join(format!("busbar-cache-{}", user()));
    let temporary = CachePlace { folder: outer.join(name), outer, temporary: true };
    // XDG Base Directory Specification: a path that is not absolute is to be ignored.
    let lasting = set(&environment.cache_home).or_else(|| set(&environment.home).map(|home| home.join(".cache")));
    let lasting = lasting.map(|cache| {
        let outer = cache.join("busbar");
        CachePlace { folder: outer.join(name), outer, temporary: false }
    });
    lasting.into_iter().chain([temporary]).collect()
}

impl CachePlace {
    /// Looks whether it is there and only the host's user can write to it. Makes nothing.
    pub fn check(&self) -> PlaceState {
        for path in [&self.outer, &self.folder] {
            match fs::symlink_metadata(path) {
                Ok(metadata) => {
                    if let Some(problem) = problem_of(&metadata) {
                        return PlaceState::Problem(format!("{} {problem}", path.display()));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => return PlaceState::Missing,
                Err(error) => {
                    return PlaceState::Problem(format!("{} cannot be used ({})", path.display(), error_name(&error)));
                }
            }
        }
        PlaceState::Safe
    }

    /// [`Self::check`], and makes it where it is missing.
    pub fn make(&self) -> PlaceState {
        match self.check() {
            PlaceState::Missing => {}
            known => return known,
        }
        match DirBuilder::new().recursive(true).mode(0o700).create(&self.folder) {
            // Somebody else may have been faster.
            Ok(()) => self.check(),
            Err(error) => {
                PlaceState::Problem(format!("{} cannot be made ({})", self.folder.display(), error_name(&error)))
            }
        }
    }

    /// Why it cannot be used, as the end of a sentence; none where it can, or could be made. Makes nothing.
    pub fn why_not(&self) -> Option<String> {
        match self.check() {
            PlaceState::Safe => return None,
            PlaceState::Problem(problem) => return Some(problem),
            PlaceState::Missing => {}
        }
        let above = self.folder.ancestors().skip(1).find(|folder| folder.exists())?;
        let problem = writable(above).err()?;
        Some(format!("{} cannot be made ({})", self.folder.display(), error_name(&problem)))
    }
}

/// Whether others than the host's user and root could have written what has this metadata: the end of a sentence that says
/// how. A link is somebody else's word for where it is.
pub fn others_could_write(metadata: &Metadata) -> Option<String> {
    if metadata.is_symlink() {
        return Some("is a symbolic link".to_owned());
    }
    if metadata.uid() != user() && metadata.uid() != 0 {
        return Some(format!("belongs to user {}", metadata.uid()));
    }
    (metadata.mode() & OTHERS_WRITE != 0).then(|| "can be written by others, which \"chmod go-w\" ends".to_owned())
}

/// Whether a file is the host's user's own, and nobody else can write to it.
pub fn is_own(metadata: &Metadata) -> bool {
    metadata.uid() == user() && metadata.mode() & OTHERS_WRITE == 0
}

fn problem_of(metadata: &Metadata) -> Option<String> {
    if metadata.is_symlink() {
        return Some("is a symbolic link".to_owned());
    }
    if !metadata.is_dir() {
        return Some("is no folder".to_owned());
    }
    if metadata.uid() != user() {
        return Some(format!("belongs to user {}", metadata.uid()));
    }
    others_could_write(metadata)
}

fn user() -> u32 {
    // SAFETY: geteuid takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

fn writable(folder: &Path) -> io::Result<()> {
    let path = std::ffi::CString::new(folder.as_os_str().as_encoded_bytes())?;
    // SAFETY: the path ends with a zero, and lives as long as the call.
    match unsafe { libc::faccessat(libc::AT_FDCWD, path.as_ptr(), libc::W_OK | libc::X_OK, libc::AT_EACCESS) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Environment, PlaceState, cache_places};
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::{Path, PathBuf};

    fn empty(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("busbar-place-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        folder
    }

    fn environment(cache_home: &str, home: &str, temporary: &str) -> Environment {
        let set = |value: &str| (!value.is_empty()).then(|| value.into());
        Environment { cache_home: set(cache_home), home: set(home), temporary: set(temporary) }
    }

    #[test]
    fn cache_places_are_those_of_the_host_for_node() {
        let folders = |environment: &Environment| -> Vec<PathBuf> {
            cache_places("native", environment).into_iter().map(|place| place.folder).collect()
        };
        // SAFETY: geteuid takes nothing and cannot fail.
        let temporary = PathBuf::from(format!("/tmp/busbar-cache-{}/native", unsafe { libc::geteuid() }));
        assert_eq!(folders(&environment("/c", "/h", "")), [Path::new("/c/busbar/native"), &temporary]);
        assert_eq!(folders(&environment("relative", "/h", "")), [Path::new("/h/.cache/busbar/native"), &temporary]);
        assert_eq!(folders(&environment("", "", "")), [temporary]);
    }

    #[test]
    fn a_cache_place_that_others_can_write_is_refused() {
        let folder = empty("written");
        let place = cache_places("native", &environment(&folder.to_string_lossy(), "", "")).remove(0);
        assert_eq!(place.check(), PlaceState::Missing);
        assert_eq!(place.why_not(), None);
        assert_eq!(place.make(), PlaceState::Safe);
        for path in [&place.outer, &place.folder] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o770)).expect("it is ours");
            let problem = format!("{} can be written by others, which \"chmod go-w\" ends", path.display());
            assert_eq!(place.make(), PlaceState::Problem(problem));
            fs::set_permissions(path, fs::Permissions::from_mode(0o700)).expect("it is ours");
        }
        fs::remove_dir_all(folder).expect("it is ours");
    }

    #[test]
    fn a_cache_place_behind_a_link_or_a_file_is_refused() {
        let folder = empty("link");
        let place = cache_places("native", &environment(&folder.to_string_lossy(), "", "")).remove(0);
        symlink("/tmp", &place.outer).expect("a link");
        assert_eq!(place.check(), PlaceState::Problem(format!("{} is a symbolic link", place.outer.display())));
        fs::remove_file(&place.outer).expect("it is ours");
        fs::write(&place.outer, "").expect("a file");
        assert_eq!(place.make(), PlaceState::Problem(format!("{} is no folder", place.outer.display())));
        fs::remove_dir_all(folder).expect("it is ours");
    }
}
