use super::place::{CachePlace, Environment, PlaceState, cache_places, is_own};
use super::whole_file::write_whole;
use crate::digest::sha256_of;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The name of the cache.
const NAME: &str = "checked";
/// How long a file must have been as it is before its times tell that it was not changed since: longer than the tick of any
/// file system's clock.
const SETTLED: Duration = Duration::from_secs(2);
/// So many are kept; a device has some ten.
const MOST: usize = 256;

/// Which files had the contents of a digest since this machine was started. To hash machine code takes longer than all else
/// on the way to a first reading (3 ms here, many times that on a processor without instructions for it), and a file that was not
/// changed has the same digest: whoever changes one changes its `ctime`, which no system call sets back. So it is hashed at
/// the first use after each start of the machine, and then only where anything about it is another: its place on the disk,
/// length, times, owner or rights. Where nothing can be noted, it is hashed each time.
#[derive(Debug)]
pub struct CheckedFiles {
    places: Vec<CachePlace>,
}

impl CheckedFiles {
    /// Those that this user's processes noted.
    pub fn of_user() -> Self {
        Self::of(&Environment::of_this_process())
    }

    /// Those that are noted where this environment says.
    pub fn of(environment: &Environment) -> Self {
        Self { places: cache_places(NAME, environment) }
    }

    /// Nothing is known, and nothing is noted.
    pub fn none() -> Self {
        Self { places: Vec::new() }
    }

    /// Whether an opened file has the contents of a digest: a SHA-256 in hexadecimal.
    ///
    /// `hash` gives the digest of the file; it is asked where nothing is known.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn has_digest(
        &self,
        file: &mut File,
        digest: &str,
        hash: impl FnOnce(&mut File) -> io::Result<String>,
    ) -> io::Result<bool> {
        let metadata = file.metadata()?;
        let note = note_of(&metadata, digest);
        if note.as_ref().is_some_and(|note| self.is_noted(&metadata, note)) {
            return Ok(true);
        }
        let is_settled = is_settled(&metadata, SystemTime::now());
        if hash(file)? != digest {
            return Ok(false);
        }
        if let (true, Some(note)) = (is_settled, note) {
            self.note(&metadata, &note);
        }
        Ok(true)
    }

    /// [`Self::has_digest`] of the whole contents.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn is_whole(&self, file: &mut File, digest: &str) -> io::Result<bool> {
        self.has_digest(file, digest, sha256_of)
    }

    fn is_noted(&self, metadata: &Metadata, note: &str) -> bool {
        self.places.iter().any(|place| {
            let file = place.folder.join(name_of(metadata));
            place.check() == PlaceState::Safe
                && fs::symlink_metadata(&file).is_ok_and(|metadata| metadata.is_file() && is_own(&metadata))
                && fs::read(&file).is_ok_and(|noted| noted == note.as_bytes())
        })
    }

    /// What cannot be noted is hashed again.
    fn note(&self, metadata: &Metadata, note: &str) {
        let Some(place) = self.places.iter().find(|place| place.make() == PlaceState::Safe) else { return };
        if fs::read_dir(&place.folder).is_ok_and(|names| names.count() >= MOST) {
            let _ = fs::remove_dir_all(&place.folder);
            place.make();
        }
        let _ = write_whole(&place.folder.join(name_of(metadata)), &[note.as_bytes()], 0o600);
    }
}

fn name_of(metadata: &Metadata) -> String {
    format!("{:x}-{:x}", metadata.dev(), metadata.ino())
}

/// Everything about a file that another content would change; none where the kernel does not say which start of it this is.
fn note_of(metadata: &Metadata, digest: &str) -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let (size, owner, group, mode) = (metadata.len(), metadata.uid(), metadata.gid(), metadata.mode());
    let (modified, changed) = ((metadata.mtime(), metadata.mtime_nsec()), (metadata.ctime(), metadata.ctime_nsec()));
    Some(format!("1 {} {size} {owner} {group} {mode:o} {modified:?} {changed:?} {digest}\n", boot.trim()))
}

/// Whether a change from now on would show in the file's times. Not where the clock was set back since it was written.
fn is_settled(metadata: &Metadata, now: SystemTime) -> bool {
    let seconds = u64::try_from(metadata.ctime()).ok();
    let changed = seconds.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds + 1));
    changed.and_then(|changed| now.duration_since(changed).ok()).is_some_and(|age| age >= SETTLED)
}

#[cfg(test)]
mod tests {
    use super::{CheckedFiles, is_settled};
    use crate::cache::Environment;
    use std::cell::Cell;
    use std::fs::{self, File};
    use std::path::PathBuf;
    use std::time::{Duration, SystemTime};

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("busbar-checked-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        folder
    }

    #[test]
    fn a_file_is_hashed_once_it_is_settled_and_again_when_it_was_changed() {
        let folder = folder("once");
        let environment = Environment {
            cache_home: Some(folder.join("cache").into()),
            temporary: Some(folder.clone().into()),
            home: None,
        };
        let checked = CheckedFiles::of(&environment);
        let (path, hashed) = (folder.join("code"), Cell::new(0));
        fs::write(&path, "abc").expect("a file");
        let check = |digest: &str, found: &str| {
            let mut file = File::open(&path).expect("it is there");
            let hash = |_: &mut File| {
                hashed.set(hashed.get() + 1);
                Ok(found.to_owned())
            };
            checked.has_digest(&mut file, digest, hash).expect("it is readable")
        };
        assert!(check("d", "d"));
        // It is too new for anything to be noted of it.
        assert!(check("d", "d"));
        assert_eq!(hashed.get(), 2);
        std::thread::sleep(Duration::from_millis(3_100));
        assert!(check("d", "d") && check("d", "d") && check("d", "d"));
        assert_eq!(hashed.get(), 3);
        assert!(!check("e", "d"), "another digest");
        assert_eq!(hashed.get(), 4);
        let before = fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("it has a time");
        fs::write(&path, "abd").expect("a file");
        File::options()
            .write(true)
            .open(&path)
            .and_then(|file| file.set_modified(before))
            .expect("its time is set back");
        assert!(!check("d", "e"), "another content of the same length and time");
        fs::remove_dir_all(folder).expect("it is ours");
    }

    #[test]
    fn a_file_of_the_future_is_never_settled() {
        let folder = folder("future");
        let path = folder.join("code");
        fs::write(&path, "abc").expect("a file");
        let metadata = fs::metadata(&path).expect("it is there");
        assert!(!is_settled(&metadata, SystemTime::now() - Duration::from_secs(60)));
        assert!(!is_settled(&metadata, SystemTime::now()));
        assert!(is_settled(&metadata, SystemTime::now() + Duration::from_secs(60)));
        fs::remove_dir_all(folder).expect("it is ours");
    }
}
