use super::checked_files::CheckedFiles;
use super::place::{CachePlace, Environment, PlaceState, cache_places, is_own};
use super::whole_file::{is_temporary, write_whole};
use crate::digest::{hexadecimal, sha256_after};
use crate::locked::locked;
use crate::system_error::error_name;
use sha2::{Digest, Sha256};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

/// An entry is code, and after it this and the SHA-256 of its key and code; another layout has another number. At the end, so
/// that the code is mapped into memory as it lies there.
const MAGIC: &[u8; 8] = b"busbar\0\x01";
const TRAILER: usize = MAGIC.len() + 32;
const MOST_BYTES: u64 = 512 << 20;
/// A temporary folder may be in memory, of which there is less.
const MOST_TEMPORARY_BYTES: u64 = 64 << 20;
/// How old the time of last use may get: it is not written at every use, for flash wears out.
const USE_RESOLUTION: Duration = Duration::from_secs(3_600);

/// Which code is kept: that of one engine.
#[derive(Debug, Clone, Copy)]
pub struct CodeKind {
    /// The name of the cache: "native".
    pub cache: &'static str,
    /// What the names of its files end in: "cwasm".
    pub ending: &'static str,
    /// What comes of an entry that was damaged and is deleted, as what comes after "it was deleted": ", and is made anew".
    pub deleted: &'static str,
}

/// What was found under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    Missing,
    /// It is not what its digest says, or not this user's alone.
    Damaged,
    /// The length of the code, in bytes.
    Whole {
        length: usize,
    },
}

/// Told in one sentence what is wrong with the cache, each thing once. It goes on: it then has nothing, or keeps nothing.
pub type OnProblem = Box<dyn Fn(&str) + Send + Sync>;

/// Code that was compiled ahead of time, which any number of processes of one user share. Such code is *trusted*: whoever can
/// write it can do what this process can. So what it gives back is what somebody with that user's rights put in under that
/// key: the folder belongs to the host's user, nobody else can write to it, and an entry that is not what its digest says is
/// thrown away. It never fails: a full disk or a folder that cannot be used is told and otherwise the same as an empty cache.
pub struct CodeFiles {
    kind: CodeKind,
    places: Vec<CachePlace>,
    checked: CheckedFiles,
    on_problem: OnProblem,
    told: Mutex<Vec<String>>,
    most_bytes: u64,
}

impl CodeFiles {
    /// The user's: `XDG_CACHE_HOME/busbar/native`, else `~/.cache/busbar/native`; where that cannot be used, and after saying
    /// so, a folder of the user's own in the temporary folder. Nothing is touched before the first call.
    pub fn of_user(kind: CodeKind, on_problem: OnProblem) -> Self {
        Self::of(kind, &Environment::of_this_process(), on_problem)
    }

    /// [`Self::of_user`] in another environment.
    pub fn of(kind: CodeKind, environment: &Environment, on_problem: OnProblem) -> Self {
        Self {
            kind,
            places: cache_places(kind.cache, environment),
            checked: CheckedFiles::of(environment),
            on_problem,
            told: Mutex::default(),
            most_bytes: MOST_BYTES,
        }
    }

    /// All folders in which it is looked for, those that are not there yet, too: whoever could write to one could put code there.
    pub fn folders(&self) -> Vec<PathBuf> {
        self.places.iter().map(|place| place.folder.clone()).collect()
    }

    /// What is known of this user's files.
    pub fn checked(&self) -> &CheckedFiles {
        &self.checked
    }

    /// The code that is kept by a key, where it is there; its use is noted.
    pub fn read(&self, key: &str) -> Option<Vec<u8>> {
        self.take(key, |file, length| {
            let mut entry = fs::read(file).ok()?;
            entry.truncate(length);
            Some(entry)
        })
    }

    /// Takes what is in an entry that is whole; one that is not, or that `take` refuses, is thrown away. It gets the file, and the
    /// length of the code in that: behind stands what tells that it is whole.
    pub fn take<T>(&self, key: &str, take: impl FnOnce(&Path, usize) -> Option<T>) -> Option<T> {
        let file = self.find()?.folder.join(self.name_of(key));
        match self.look(&file, key) {
            Ok(Entry::Missing) => return None,
            Ok(Entry::Whole { length }) => {
                if let Some(taken) = take(&file, length) {
                    return Some(taken);
                }
            }
            Ok(Entry::Damaged) => {}
            Err(error) => {
                let (file, name) = (file.display(), error_name(&error));
                self.tell(format!("the cache entry {file} cannot be used ({name}); delete it."));
                return None;
            }
        }
        let shown = file.display();
        let what = match fs::remove_file(&file) {
            Ok(()) => format!("it was deleted{}", self.kind.deleted),
            Err(error) => format!("it cannot be deleted ({})", error_name(&error)),
        };
        self.tell(format!("the cache entry {shown} was damaged or not yours alone; {what}."));
        None
    }

    /// Keeps the code of a component, whole or not at all; and throws away what was not used for longest where it gets too
    /// much.
    ///
    /// # Errors
    ///
    /// Where it is not kept: the sentence that was told.
    pub fn store(&self, key: &str, code: &[u8]) -> Result<(), String> {
        let place = self.make().map_err(|problem| self.tell(problem))?;
        let folder = place.folder.display();
        let most = if place.temporary { self.most_bytes.min(MOST_TEMPORARY_BYTES) } else { self.most_bytes };
        let length = code.len().saturating_add(TRAILER) as u64;
        if length > most {
            return Err(self.tell(format!(
                "the cache folder {folder} keeps nothing of more than {most} bytes, and this has {}.",
                code.len()
            )));
        }
        let digest = digest_of(key, code);
        write_whole(&place.folder.join(self.name_of(key)), &[code, MAGIC, &digest], 0o600).map_err(|error| {
            self.tell(format!(
                "the cache folder {folder} cannot be written ({}); make room, or set XDG_CACHE_HOME to a folder that can be \
                 written.",
                error_name(&error)
            ))
        })?;
        if let Err(error) = clean(&place.folder, self.kind.ending, &self.name_of(key), most) {
            let name = error_name(&error);
            self.tell(format!("the cache folder {folder} cannot be cleaned up ({name}); delete it."));
        }
        Ok(())
    }

    /// Whether an entry is what its digest says.
    fn look(&self, path: &Path, key: &str) -> io::Result<Entry> {
        // No link is followed, and what is no file (a pipe) is not waited for.
        let opened = OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path);
        let mut file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Entry::Missing),
            Err(error) if error.raw_os_error() == Some(libc::ELOOP) => return Ok(Entry::Damaged),
            Err(error) => return Err(error),
        };
        let metadata = file.metadata()?;
        let code_length = metadata.len().checked_sub(TRAILER as u64);
        let Some(code_length) = code_length.filter(|_| metadata.is_file() && is_own(&metadata)) else {
            return Ok(Entry::Damaged);
        };
        if metadata.len() > self.most_bytes {
            return Ok(Entry::Damaged);
        }
        note_use(&file, &metadata);
        let mut trailer = [0; TRAILER];
        file.seek(SeekFrom::Start(code_length))?;
        file.read_exact(&mut trailer)?;
        let (magic, digest) = trailer.split_at(MAGIC.len());
        if magic != MAGIC {
            return Ok(Entry::Damaged);
        }
        let digest = hexadecimal(digest);
        file.seek(SeekFrom::Start(0))?;
        let hash = |file: &mut File| sha256_after(key, &mut file.take(code_length));
        let is_whole = self.checked.digest(&mut file, hash)? == digest;
        // No address space has room for more than its type.
        let length = usize::try_from(code_length).unwrap_or(0);
        Ok(if is_whole { Entry::Whole { length } } else { Entry::Damaged })
    }

    /// The first place that is there and safe. Others are told of when something is put: what is not there is put next.
    fn find(&self) -> Option<&CachePlace> {
        let found = self.places.iter().find(|place| place.check() == PlaceState::Safe)?;
        if !found.temporary {
            return Some(found);
        }
        // An earlier run had to take it; whether that is still so is found out, and said. Nothing is made by looking.
        let is_needed = self.places.iter().all(|place| place.temporary || place.why_not().is_some());
        if is_needed { self.make().ok() } else { None }
    }

    /// The first place that is safe, or can be made so; else what is wrong.
    fn make(&self) -> Result<&CachePlace, String> {
        const ADVICE: &str = "set XDG_CACHE_HOME to a folder that only you can write";
        let mut problem = None;
        for place in &self.places {
            match place.make() {
                PlaceState::Safe => {
                    if place.temporary {
                        let why = problem.as_deref().unwrap_or("there is no home folder");
                        let folder = place.folder.display();
                        self.tell(format!(
                            "{why}: the cache is in {folder} until this machine is restarted; {ADVICE}."
                        ));
                    }
                    return Ok(place);
                }
                PlaceState::Missing => {}
                PlaceState::Problem(found) => problem = problem.or(Some(found)),
            }
        }
        let problem = problem.as_deref().unwrap_or("the cache folder was deleted meanwhile");
        Err(format!("{problem}: nothing is kept in a cache; {ADVICE}."))
    }

    fn name_of(&self, key: &str) -> String {
        format!("{key}.{}", self.kind.ending)
    }

    fn tell(&self, sentence: String) -> String {
        let mut told = locked(&self.told);
        if !told.contains(&sentence) {
            (self.on_problem)(&sentence);
            told.push(sentence.clone());
        }
        sentence
    }
}

fn digest_of(key: &str, code: &[u8]) -> [u8; 32] {
    Sha256::new_with_prefix(key).chain_update(code).finalize().into()
}

/// A cache on a read-only disk is as good as before.
fn note_use(file: &File, metadata: &Metadata) {
    let now = SystemTime::now();
    let is_due = metadata.modified().ok().and_then(|used| now.duration_since(used).ok());
    if is_due.is_some_and(|age| age > USE_RESOLUTION) {
        let _ = file.set_modified(now);
    }
}

/// Takes away what was not used for longest until the rest has at most so many bytes, and what a process that was killed
/// left half written.
fn clean(folder: &Path, ending: &str, keep: &str, most_bytes: u64) -> io::Result<()> {
    let mut entries: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    let mut total = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        // Another process may have been faster.
        let Ok(metadata) = entry.metadata() else { continue };
        let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        if is_temporary(&name) {
            // No writing takes an hour.
            if SystemTime::now().duration_since(used).is_ok_and(|age| age > USE_RESOLUTION) {
                remove(&entry.path())?;
            }
        } else if Path::new(&name).extension().is_some_and(|each| each == ending) {
            total += metadata.len();
            // Never the newest, whatever the clock of a machine without a battery says.
            if name != keep {
                entries.push((used, metadata.len(), entry.path()));
            }
        }
    }
    entries.sort();
    for (_, bytes, path) in entries {
        if total <= most_bytes {
            break;
        }
        remove(&path)?;
        total -= bytes;
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
