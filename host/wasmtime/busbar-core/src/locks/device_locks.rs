use super::lock_file::LockFile;
use super::record::{DetachedDriver, LockRecord, LockUse};
use crate::locked::locked;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

/// Everybody may make files there, and nobody may remove another's: the mode of /tmp.
const SHARED: u32 = 0o1777;

/// What a lock's file is called.
const PREFIX: &str = "busbar-";
const SUFFIX: &str = ".lock";

/// Locks that keep two processes from one I2C target or USB interface: a file each, "busbar-i2c-1-0x76.lock", under flock(2). Within a
/// process, one name can be had any number of times for one device.
#[derive(Clone)]
pub struct DeviceLocks {
    /// Folders to keep them in; the first in which a file can be made is used. Without any, everything can be taken.
    folders: Arc<[PathBuf]>,
    taken: Arc<Mutex<HashMap<String, Shared>>>,
}

/// One lock, for all of this process who have it.
struct Shared {
    file: Option<LockFile>,
    usage: LockUse,
    record: LockRecord,
    users: usize,
}

/// Who else has a lock, as the rest of the sentence "it is used by ...".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder(String);

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Holder {}

/// A lock that this process has. Dropping it gives it up.
pub struct DeviceLock {
    locks: DeviceLocks,
    name: String,
}

impl DeviceLocks {
    /// Locks in these folders.
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self { folders: folders.into(), taken: Arc::default() }
    }

    /// The locks of this process.
    ///
    /// The folder must be the same for every user, or root's service and a person's command would not see each other:
    /// /run/lock where everybody may write it (Debian and its like; it is empty after a start of the machine), /tmp
    /// otherwise. A service with a /tmp of its own (systemd's PrivateTmp) needs ReadWritePaths=/run/lock.
    /// XDG_RUNTIME_DIR is one user's, so it comes last.
    pub fn of_this_process() -> &'static Self {
        static OWN: OnceLock<DeviceLocks> = OnceLock::new();
        OWN.get_or_init(|| Self::new(folders_of_this_machine()))
    }

    /// Where they are kept.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// Takes a lock, "i2c-1-0x76". The error is who has it: another process, or another device of this one.
    pub fn take(&self, name: &str, usage: &LockUse) -> Result<DeviceLock, Holder> {
        let mut taken = self.taken();
        if let Some(known) = taken.get_mut(name) {
            if known.usage.device != usage.device {
                let device = known.usage.device.as_deref().unwrap_or_default();
                let of = known.record.board.as_ref().map(|board| format!(" ({board})")).unwrap_or_default();
                return Err(Holder(format!("\"{device}\" of this process{of}")));
            }
            known.users += 1;
        } else {
            taken.insert(name.to_owned(), self.lock(name, usage)?);
        }
        Ok(DeviceLock { locks: self.clone(), name: name.to_owned() })
    }

    /// Who else has a lock; `None` where it is free, or this process's.
    pub fn holder(&self, name: &str) -> Option<Holder> {
        if self.taken().contains_key(name) {
            return None;
        }
        self.folders.iter().find_map(|folder| match LockFile::existing(&folder.join(file_of(name))) {
            Ok(file) => {
                if let Some(file) = file {
                    file.release(true);
                }
                None
            }
            Err(holder) => Some(Holder(holder)),
        })
    }

    /// Goes through what processes that are gone left to be mended, each locked meanwhile. `mend` is given the lock's name,
    /// and says whether nothing is left to be mended. Files of theirs that say nothing of the kind are removed.
    pub fn each_abandoned(&self, mut mend: impl FnMut(&str, &DetachedDriver) -> bool) {
        for name in self.names() {
            if self.taken().contains_key(&name) {
                continue;
            }
            for folder in self.folders.iter() {
                // Somebody has one that is an error: it is not abandoned.
                if let Ok(Some(file)) = LockFile::existing(&folder.join(file_of(&name))) {
                    let detached = file.record().and_then(|record| record.detached);
                    let is_mended = detached.is_none_or(|detached| mend(&name, &detached));
                    file.release(!is_mended);
                }
            }
        }
    }

    /// Of the files that are there.
    fn names(&self) -> BTreeSet<String> {
        let entries = self.folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
        let files = entries.filter_map(|entry| entry.file_name().into_string().ok());
        files.filter_map(|file| Some(file.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.to_owned())).collect()
    }

    fn lock(&self, name: &str, usage: &LockUse) -> Result<Shared, Holder> {
        let mut file = None;
        for folder in self.folders.iter() {
            file = LockFile::take(&folder.join(file_of(name))).map_err(Holder)?;
            if file.is_some() {
                break;
            }
        }
        let mut record = LockRecord::own(usage);
        if let Some(file) = &file {
            // What a killed process took away from the kernel is still to come back.
            record.detached = file.record().and_then(|before| before.detached);
            file.write(&record);
        }
        Ok(Shared { file, usage: usage.clone(), record, users: 1 })
    }

    fn release(&self, name: &str) {
        let mut taken = self.taken();
        let Some(shared) = taken.get_mut(name) else { return };
        shared.users -= 1;
        if shared.users > 0 {
            return;
        }
        if let Some(Shared { file: Some(file), record, .. }) = taken.remove(name) {
            file.release(record.detached.is_some());
        }
    }

    fn note(&self, name: &str, detached: Option<DetachedDriver>) {
        if let Some(shared) = self.taken().get_mut(name) {
            shared.record.detached = detached;
            if let Some(file) = &shared.file {
                file.write(&shared.record);
            }
        }
    }

    /// Nothing in here panics, so that a poisoned table is a whole one.
    fn taken(&self) -> MutexGuard<'_, HashMap<String, Shared>> {
        locked(&self.taken)
    }
}

impl DeviceLock {
    /// Writes down what is taken from the kernel while it is; none once that has been given back.
    pub fn note(&self, detached: Option<DetachedDriver>) {
        self.locks.note(&self.name, detached);
    }
}

impl Drop for DeviceLock {
    fn drop(&mut self) {
        self.locks.release(&self.name);
    }
}

fn file_of(name: &str) -> String {
    format!("{PREFIX}{name}{SUFFIX}")
}

fn folders_of_this_machine() -> Vec<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let shared = ["/run/lock", "/tmp"]
        .map(PathBuf::from)
        .into_iter()
        .filter(|folder| fs::metadata(folder).is_ok_and(|metadata| metadata.mode() & SHARED == SHARED));
    // The last as in Node's os.tmpdir().
    let temporary = ["TMPDIR", "TMP", "TEMP"].into_iter().find_map(set).unwrap_or_else(|| "/tmp".into());
    let mut folders: Vec<PathBuf> = Vec::new();
    for folder in shared.chain(set("XDG_RUNTIME_DIR")).chain([temporary]) {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}
