//! The folder of a run of an app: the platform's, its grant, and what was done with it.

use crate::board::FolderGrant;
use crate::folder::{Folder, FolderError};
use crate::grants::{FolderCall, judge_folder};
use crate::locked::locked;
use crate::text::{cut_exactly, quoted};
use crate::trace::Trace;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// An app that never closes what it opened must not take all descriptors of the host.
const MOST_OPEN: usize = 64;
/// How much of a path gets into the audit trail, in UTF-16 code units.
const LONGEST_PATH: usize = 256;

const MEBIBYTE: u64 = 1024 * 1024;

/// What an app may still write, in all its runs on one open board: an app that fails is run again, and must not get it again
/// by failing.
#[derive(Debug)]
pub struct FolderQuota {
    /// None where there is no limit.
    bytes_left: Mutex<Option<u64>>,
}

impl FolderQuota {
    /// The whole of a grant.
    pub fn new(grant: Option<&FolderGrant>) -> Self {
        let bytes = grant.and_then(|grant| grant.maximum_mib).map(|mebibytes| u64::from(mebibytes) * MEBIBYTE);
        Self { bytes_left: Mutex::new(bytes) }
    }

    /// Takes so many bytes; false where there are fewer, and then it takes none.
    pub fn take(&self, bytes: u64) -> bool {
        let mut left = locked(&self.bytes_left);
        match left.as_mut() {
            None => true,
            Some(left) if bytes <= *left => {
                *left -= bytes;
                true
            }
            Some(_) => false,
        }
    }
}

/// See above.
pub struct GrantedFolder {
    app: Arc<str>,
    folder: Folder,
    grant: FolderGrant,
    quota: Arc<FolderQuota>,
    trace: Trace,
    open: AtomicUsize,
}

/// Something that is open until it is dropped.
pub struct Opened<T> {
    thing: T,
    folder: Arc<GrantedFolder>,
}

impl<T> Drop for Opened<T> {
    fn drop(&mut self) {
        self.folder.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<T> std::ops::Deref for Opened<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.thing
    }
}

impl<T> std::ops::DerefMut for Opened<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.thing
    }
}

impl GrantedFolder {
    /// A folder that was opened for an app.
    pub fn new(app: Arc<str>, folder: Folder, grant: FolderGrant, quota: Arc<FolderQuota>, trace: Trace) -> Self {
        Self { app, folder, grant, quota, trace, open: AtomicUsize::new(0) }
    }

    /// The platform's.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Whether the app may make files and folders in it.
    pub fn may_write(&self) -> bool {
        self.grant.write
    }

    /// Whether it may change what is there.
    pub fn may_overwrite(&self) -> bool {
        self.grant.overwrite
    }

    /// The names of a path that the grant covers.
    ///
    /// # Errors
    ///
    /// `not-permitted`, and the operator is told.
    pub fn names(&self, kind: &str, call: FolderCall, path: &str) -> Result<Vec<String>, FolderError> {
        match judge_folder(&self.grant, call, path) {
            Ok(names) => Ok(names.into_iter().map(str::to_owned).collect()),
            Err(denied) => {
                let shown = quoted(cut_exactly(path, LONGEST_PATH));
                self.deny(format!("{kind}({shown})"), denied.what.name(), &denied.reason);
                Err(FolderError::NotPermitted)
            }
        }
    }

    /// Takes so many bytes off what may be written.
    ///
    /// # Errors
    ///
    /// `quota`, and the operator is told.
    pub fn spend(&self, bytes: u64) -> Result<(), FolderError> {
        if self.quota.take(bytes) {
            return Ok(());
        }
        let most = self.grant.maximum_mib.unwrap_or(0);
        self.deny(format!("write({bytes} bytes)"), "length", &format!("more than {most} MiB are not granted"));
        Err(FolderError::Quota)
    }

    /// Opens something, and counts it until it is dropped.
    ///
    /// # Errors
    ///
    /// `quota` for too many; what `open` answers.
    pub fn opened<T>(
        self: &Arc<Self>,
        open: impl FnOnce(&Folder) -> Result<T, FolderError>,
    ) -> Result<Opened<T>, FolderError> {
        if self.open.load(Ordering::Relaxed) >= MOST_OPEN {
            return Err(FolderError::Quota);
        }
        let thing = open(&self.folder)?;
        self.open.fetch_add(1, Ordering::Relaxed);
        Ok(Opened { thing, folder: self.clone() })
    }

    fn deny(&self, call: String, denied: &'static str, reason: &str) {
        self.trace.audit(&self.app, format!("folder.{call}"), denied, reason, true);
    }
}
