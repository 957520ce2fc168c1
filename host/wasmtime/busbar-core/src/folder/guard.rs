use crate::board::Board;
use crate::components::absolute_path;
use crate::error::HostError;
use std::fs;
use std::path::{Path, PathBuf};

/// The lock file of `@busbar/registry`, beside the board file.
const LOCK_FILE: &str = "busbar.lock.json";

/// Something that decides what runs here, or with which rights: no app may be given a folder in which it could change it.
#[derive(Debug, PartialEq, Eq)]
struct Kept {
    /// For people: "the board file".
    what: String,
    path: PathBuf,
    /// Whether everything below it counts as well, so that a folder in it is refused too.
    is_whole: bool,
}

/// The folder of an app.
#[derive(Debug)]
struct AppFolder {
    app: String,
    path: PathBuf,
    write: bool,
}

/// Refuses folders of apps that hold what the host believes: the board file and its lock, the drivers and apps, installed
/// packages, compiled code, the host itself. By real paths: a symbolic link is where it leads, when it is looked at.
#[derive(Debug)]
pub struct FolderGuard {
    kept: Vec<Kept>,
    folders: Vec<AppFolder>,
}

impl FolderGuard {
    /// Keeps what is known before any component is looked at. `folder` is that of the board file; `file` is that itself.
    ///
    /// # Errors
    ///
    /// As [`FolderGuard::keep_file`].
    pub fn new(board: &Board, folder: &Path, file: Option<&Path>) -> Result<Self, HostError> {
        let folder = absolute_path(folder);
        let folders = board.apps.iter().filter_map(|(app, entry)| {
            let grant = entry.folder.as_ref()?;
            Some(AppFolder { app: app.clone(), path: absolute_path(&folder.join(&grant.path)), write: grant.write })
        });
        let mut guard = Self { kept: Vec::new(), folders: folders.collect() };
        if let Some(file) = file {
            let file = absolute_path(file);
            guard.keep_file("the board file", &file)?;
            guard.keep_file("the lock file", &file.with_file_name(LOCK_FILE))?;
        }
        if let Ok(own) = std::env::current_exe() {
            guard.keep_file("the host itself", &own)?;
        }
        // The first of these that has a package is where it is taken from, so none may be made in a nearer one.
        for above in folder.ancestors() {
            guard.keep_folder("a folder of installed packages", &above.join("node_modules"))?;
        }
        Ok(guard)
    }

    /// Keeps a file from all apps. `what` is for people: "the board file".
    ///
    /// # Errors
    ///
    /// [`HostError`] with code "board" when an app has it in its folder.
    pub fn keep_file(&mut self, what: &str, path: &Path) -> Result<(), HostError> {
        self.keep(Kept { what: what.to_owned(), path: path.to_owned(), is_whole: false })
    }

    /// Whether a file could be kept.
    ///
    /// # Errors
    ///
    /// As [`FolderGuard::keep_file`].
    pub fn judge_file(&self, what: &str, path: &Path) -> Result<(), HostError> {
        self.refuse(&Kept { what: what.to_owned(), path: path.to_owned(), is_whole: false })
    }

    /// Keeps a folder, and whatever is in it.
    ///
    /// # Errors
    ///
    /// As for a file.
    pub fn keep_folder(&mut self, what: &str, path: &Path) -> Result<(), HostError> {
        self.keep(Kept { what: what.to_owned(), path: path.to_owned(), is_whole: true })
    }

    /// Looks at all folders once more: links can have changed.
    ///
    /// # Errors
    ///
    /// [`HostError`] with code "board" when one of them holds what it may not.
    pub fn check(&self) -> Result<(), HostError> {
        self.kept.iter().try_for_each(|kept| self.refuse(kept))
    }

    fn keep(&mut self, kept: Kept) -> Result<(), HostError> {
        let verdict = self.refuse(&kept);
        if !self.kept.contains(&kept) {
            self.kept.push(kept);
        }
        verdict
    }

    fn refuse(&self, Kept { what, path, is_whole }: &Kept) -> Result<(), HostError> {
        if self.folders.is_empty() {
            return Ok(());
        }
        let places = places_of(path);
        let exists = path.exists();
        for AppFolder { app, path: folder, write } in &self.folders {
            // What is not there yet can only be made by who may write.
            if !exists && !write {
                continue;
            }
            let real = real_of(folder);
            let is_held = places.iter().any(|place| place.starts_with(&real) || (*is_whole && real.starts_with(place)));
            if is_held {
                let (folder, path) = (folder.display(), path.display());
                return Err(HostError::board(format!(
                    "\"apps.{app}.folder\" is {folder}, where {what} is ({path}), which no app may get at; name a folder of its \
                     own."
                )));
            }
        }
        Ok(())
    }
}

/// Where a file is, and where the link to it is: whoever can change either decides what is read.
fn places_of(path: &Path) -> [PathBuf; 2] {
    let link = match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => real_of(parent).join(name),
        _ => path.to_owned(),
    };
    [real_of(path), link]
}

/// The real path; of what is not there yet, that of the nearest folder that is, and the rest.
fn real_of(path: &Path) -> PathBuf {
    if let Ok(real) = fs::canonicalize(path) {
        return real;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => real_of(parent).join(name),
        _ => path.to_owned(),
    }
}
