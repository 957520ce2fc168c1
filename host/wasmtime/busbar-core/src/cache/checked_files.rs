use super::place::{CachePlace, Environment, PlaceState, cache_places, is_own};
use super::whole_file::write_whole;
use crate::digest::{is_digest, sha256_of};
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

/// The digests of files since this machine was started. To hash a component and its machine code takes longer than all else on
/// the way to a first reading (5 ms here, many times that on a processor without instructions for it), and a file that was not
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

    /// The digest of an opened file: a SHA-256 in hexadecimal.
    ///
    /// `hash` gives it; it is asked where nothing is known. Of one file it always hashes the same.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn digest(&self, file: &mut File, hash: impl FnOnce(&mut File) -> io::Result<String>) -> io::Result<String> {
        let metadata = file.metadata()?;
        let state = state_of(&metadata);
        if let Some(noted) = state.as_ref().and_then(|state| self.noted(&metadata, state)) {
            return Ok(noted);
        }
        let is_settled = is_settled(&metadata, SystemTime::now());
        let digest = hash(file)?;
        if let (true, Some(state)) = (is_settled, state) {
            self.note(&metadata, &format!("{state} {digest}\n"));
        }
        Ok(digest)
    }

    /// Whether an opened file has the contents of a digest.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn is_whole(&self, file: &mut File, digest: &str) -> io::Result<bool> {
        Ok(self.digest(file, sha256_of)? == digest)
    }

    fn noted(&self, metadata: &Metadata, state: &str) -> Option<String> {
        self.places.iter().find_map(|place| {
            let file = place.folder.join(name_of(metadata));
            let is_ours = place.check() == PlaceState::Safe
                && fs::symlink_metadata(&file).is_ok_and(|metadata| metadata.is_file() && is_own(&metadata));
            let note = if is_ours { fs::read_to_string(&file).ok()? } else { return None };
            let digest = note.strip_prefix(state)?.strip_prefix(' ')?.strip_suffix('\n')?;
            is_digest(digest).then(|| digest.to_owned())
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
fn state_of(metadata: &Metadata) -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let (size, owner, group, mode) = (metadata.len(), metadata.uid(), metadata.gid(), metadata.mode());
    let (modified, changed) = ((metadata.mtime(), metadata.mtime_nsec()), (metadata.ctime(), metadata.ctime_nsec()));
    Some(format!("1 {} {size} {owner} {group} {mode:o} {modified:?} {changed:?}", boot.trim()))
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
        let [first, second] = ["1", "2"].map(|digit| digit.repeat(64));
        let digest = |found: &str| {
            let mut file = File::open(&path).expect("it is there");
            let hash = |_: &mut File| {
                hashed.set(hashed.get() + 1);
                Ok(found.to_owned())
            };
            checked.digest(&mut file, hash).expect("it is readable")
        };
        // It is too new for anything to be noted of it.
        assert_eq!([digest(&first), digest(&second)], [first.clone(), second.clone()]);
        std::thread::sleep(Duration::from_millis(3_100));
        assert_eq!([digest(&first), digest(&second), digest(&second)], [first.clone(), first.clone(), first]);
        assert_eq!(hashed.get(), 3);
        let before = fs::metadata(&path).and_then(|metadata| metadata.modified()).expect("it has a time");
        fs::write(&path, "abd").expect("a file");
        File::options()
            .write(true)
            .open(&path)
            .and_then(|file| file.set_modified(before))
            .expect("its time is set back");
        assert_eq!(digest(&second), second, "another content of the same length and time");
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
