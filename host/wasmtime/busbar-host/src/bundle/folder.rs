use super::lock::{BOARD_NAME, BundleLock, CODE_FOLDER, LOCK_NAME, LockProblem, NativeCode, platform_of};
use crate::board::{Board, ComponentName, parse_board};
use crate::cache::{CheckedFiles, others_could_write};
use crate::components::{ComponentSource, LoadedComponent};
use crate::digest::sha256;
use crate::engine::{Addresses, Machine};
use crate::error::HostError;
use crate::system_error::error_name;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use wasmtime::component::Component;

/// Far more than any lock has.
const LONGEST_LOCK: u64 = 16 << 20;
/// Far more than any board has.
const LONGEST_BOARD: u64 = 64 << 20;

const AGAIN: &str = "copy the bundle again, or make it anew";

/// A board with its machine code. The code is believed, because it is what the lock says, and only this user or root could
/// have written either. Give the lock's digest to be sure whose lock it is.
pub struct Bundle {
    folder: PathBuf,
    lock: BundleLock,
    board: Board,
    checked: CheckedFiles,
}

/// Whether a folder is a bundle: it has a lock.
pub fn is_bundle(folder: &Path) -> bool {
    folder.join(LOCK_NAME).is_file()
}

impl Bundle {
    /// Reads a bundle: its board, and that nothing of its code could have been written by others. The code itself is held
    /// against the lock when it is loaded.
    ///
    /// `lock` is the SHA-256 that its lock must have.
    ///
    /// # Errors
    ///
    /// One sentence that names what does not match.
    pub fn read(folder: &Path, lock: Option<&str>, checked: CheckedFiles) -> Result<Self, HostError> {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let shown = folder.display();
        if !is_bundle(&folder) {
            let how = "make one with \"busbar-wasmtime-compile BOARD --out FOLDER\"";
            return Err(HostError::component(format!("{shown} is no bundle; {how}.")));
        }
        require_folder(&folder)?;
        let (parsed, digest) = read_lock(&folder)?;
        if lock.is_some_and(|asked| !asked.eq_ignore_ascii_case(&digest)) {
            return Err(HostError::component(format!(
                "the lock of the bundle {shown} is {digest}, not the one that was asked for; copy that bundle again."
            )));
        }
        let here = platform_of(std::env::consts::ARCH);
        if parsed.platform != here {
            return Err(HostError::component(format!(
                "the bundle {shown} is for {}, and this machine is {here}; make one with \"busbar-wasmtime-compile --target \
                 {}-unknown-linux-gnu\".",
                parsed.platform,
                std::env::consts::ARCH
            )));
        }
        let board = read_listed(&folder, BOARD_NAME, &parsed)?;
        let source = folder.join(BOARD_NAME).display().to_string();
        let board = parse_board(&String::from_utf8_lossy(&board), &source)?;
        require_listed(&folder, &parsed)?;
        Ok(Self { folder, lock: parsed, board, checked })
    }

    /// The checked board.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The board file.
    pub fn path(&self) -> PathBuf {
        self.folder.join(BOARD_NAME)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the memories may reserve: as asked for, where the bundle has code for that, otherwise as its code was compiled.
    ///
    /// # Errors
    ///
    /// When it has no code of this host, or code for memories that this process has no addresses for.
    pub fn addresses(&self, wanted: Addresses) -> Result<Addresses, HostError> {
        let has = |addresses| {
            let name = Machine::settings_of(addresses, std::env::consts::ARCH);
            self.lock.native.iter().any(|(settings, _)| *settings == name)
        };
        let shown = self.folder.display();
        match wanted {
            _ if has(wanted) => Ok(wanted),
            // Code that checks its bounds runs everywhere.
            Addresses::Plenty if has(Addresses::Scarce) => Ok(Addresses::Scarce),
            Addresses::Scarce if has(Addresses::Plenty) => Err(HostError::backend(format!(
                "the bundle {shown} was compiled for memories of 4 GiB of addresses each, which this process may not have; make \
                 it with \"busbar-wasmtime-compile --addresses both\", or raise the limit (\"ulimit -v\", LimitAS= of a systemd \
                 unit)."
            ))),
            _ if self.lock.native.is_empty() => Err(HostError::component(format!(
                "the bundle {shown} has no machine code; make it with \"busbar-wasmtime-compile BOARD --out FOLDER\", or \
                 \"busbar bundle --native\"."
            ))),
            _ => Err(self.of_another_host()),
        }
    }

    fn of_another_host(&self) -> HostError {
        HostError::component(format!(
            "the bundle {} was compiled by another version of the host (busbar {}), or for another processor; make it anew with this \
             one.",
            self.folder.display(),
            self.lock.busbar
        ))
    }

    fn code_of(&self, machine: &Machine, specifier: &str) -> Result<&NativeCode, HostError> {
        let settings = machine.settings_name();
        let codes = self.lock.native.iter().find(|(name, _)| *name == settings).map(|(_, codes)| codes);
        let path = specifier.strip_prefix("./").unwrap_or(specifier);
        let found = codes.ok_or_else(|| self.of_another_host())?.iter().find(|code| code.component == path);
        found.ok_or_else(|| {
            HostError::component(format!(
                "the bundle {} has no component {specifier}; make it anew with \"busbar-wasmtime-compile\".",
                self.folder.display()
            ))
        })
    }
}

impl ComponentSource for Bundle {
    /// The whole folder decides.
    fn files(&self, _name: &ComponentName) -> Result<Vec<(String, PathBuf)>, HostError> {
        Ok(Vec::new())
    }

    fn load(&self, machine: &Machine, name: &ComponentName) -> Result<LoadedComponent, HostError> {
        // Its board names files: which component of a package is meant was seen when it was made.
        let specifier = name.specifier.as_str();
        let code = self.code_of(machine, specifier)?;
        let path = self.folder.join(&code.file);
        let mut file = open(&self.folder, &code.file)?;
        let is_whole = self.lock.digest_of(&code.file).map(|digest| self.checked.is_whole(&mut file, digest));
        match is_whole {
            Some(Ok(true)) => {}
            Some(Err(error)) => return Err(unreadable(&path, &error)),
            _ => return Err(differs(&path)),
        }
        // SAFETY: it is what the lock says, and only this user or root could have written lock, code or folder; whoever made
        // the lock made the code with `Engine::precompile_component`.
        let component = unsafe { Component::deserialize_file(&machine.engine, &path) };
        let component = component.map_err(|_| self.of_another_host())?;
        Ok(LoadedComponent { label: specifier.to_owned(), key: code.file.clone(), component })
    }
}

fn read_lock(folder: &Path) -> Result<(BundleLock, String), HostError> {
    let path = folder.join(LOCK_NAME);
    let bytes = read(folder, LOCK_NAME, LONGEST_LOCK)?;
    let lock = BundleLock::parse(&bytes).map_err(|problem| {
        HostError::component(match problem {
            LockProblem::Damaged => format!("{} is damaged; {AGAIN}.", path.display()),
            LockProblem::OtherFormat => format!(
                "{} is no lock of this version of busbar; make the bundle anew with \"busbar-wasmtime-compile\".",
                path.display()
            ),
        })
    })?;
    Ok((lock, sha256(&bytes)))
}

fn read_listed(folder: &Path, name: &str, lock: &BundleLock) -> Result<Vec<u8>, HostError> {
    let bytes = read(folder, name, LONGEST_BOARD)?;
    if lock.digest_of(name) == Some(sha256(&bytes).as_str()) { Ok(bytes) } else { Err(differs(&folder.join(name))) }
}

/// What lies beside the code and is not in the lock is not the bundle's.
fn require_listed(folder: &Path, lock: &BundleLock) -> Result<(), HostError> {
    let code = folder.join(CODE_FOLDER);
    if !code.exists() {
        return Ok(());
    }
    require_folder(&code)?;
    for entry in fs::read_dir(&code).map_err(|error| unreadable(&code, &error))? {
        let name = entry.map_err(|error| unreadable(&code, &error))?.file_name();
        let listed = name.to_str().is_some_and(|name| lock.digest_of(&format!("{CODE_FOLDER}/{name}")).is_some());
        if !listed {
            let path = code.join(&name);
            return Err(HostError::component(format!(
                "{} is not in the bundle's lock; take it away, or make the bundle anew.",
                path.display()
            )));
        }
    }
    Ok(())
}

fn require_folder(folder: &Path) -> Result<(), HostError> {
    // The folder itself may be reached over a link of the operator's: its contents are looked at where they are.
    let metadata = fs::metadata(folder).map_err(|error| unreadable(folder, &error))?;
    others_could_write(&metadata).map_or(Ok(()), |problem| Err(unsafe_path(folder, &problem)))
}

/// Opens a regular file that only this user or root could have written; a link or a pipe is none.
fn open(folder: &Path, name: &str) -> Result<File, HostError> {
    let path = folder.join(name);
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(&path)
        .map_err(|error| unreadable(&path, &error))?;
    let metadata = file.metadata().map_err(|error| unreadable(&path, &error))?;
    if !metadata.is_file() {
        return Err(HostError::component(format!("{} is no file of a bundle; {AGAIN}.", path.display())));
    }
    match others_could_write(&metadata) {
        Some(problem) => Err(unsafe_path(&path, &problem)),
        None => Ok(file),
    }
}

fn read(folder: &Path, name: &str, most: u64) -> Result<Vec<u8>, HostError> {
    let path = folder.join(name);
    let mut bytes = Vec::new();
    let mut limited = open(folder, name)?.take(most + 1);
    limited.read_to_end(&mut bytes).map_err(|error| unreadable(&path, &error))?;
    if bytes.len() as u64 > most {
        return Err(HostError::component(format!("{} is no file of a bundle; {AGAIN}.", path.display())));
    }
    Ok(bytes)
}

fn differs(path: &Path) -> HostError {
    HostError::component(format!("{} is not what the bundle's lock says; {AGAIN}.", path.display()))
}

fn unsafe_path(path: &Path, problem: &str) -> HostError {
    HostError::component(format!(
        "{} {problem}: code in a bundle is run, so it has to be yours or root's, and nobody else may write it.",
        path.display()
    ))
}

fn unreadable(path: &Path, error: &io::Error) -> HostError {
    let what = match error.raw_os_error() {
        Some(libc::ENOENT) => "is missing".to_owned(),
        Some(libc::ELOOP) => "is a link".to_owned(),
        _ => format!("cannot be read ({})", error_name(error)),
    };
    HostError::component(format!("{} {what}; {AGAIN}.", path.display()))
}
