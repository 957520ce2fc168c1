//! The folder of a bundle, whole or not at all.

use busbar_host::bundle::is_bundle;
use busbar_host::cache::{sync_folder, temporary_name};
use busbar_host::error::HostError;
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

const FOLDER_MODE: u32 = 0o755;
const FILE_MODE: u32 = 0o644;

/// Writes a bundle's folder: beside its place, and then renamed. A bundle that is there is replaced.
///
/// # Errors
///
/// When something else is there, and what the system says.
pub fn write(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), HostError> {
    let problem = |cause: io::Error| HostError::backend(format!("{} cannot be written ({cause}).", folder.display()));
    let folder = std::path::absolute(folder).map_err(problem)?;
    require_replaceable(&folder)?;
    let parent = folder.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(parent).map_err(problem)?;
    let (written, replaced) = (parent.join(temporary_name()), parent.join(temporary_name()));
    let done = write_files(&written, files).and_then(|()| {
        if folder.exists() {
            fs::rename(&folder, &replaced)?;
        }
        fs::rename(&written, &folder).inspect_err(|_| {
            // What was there is better than nothing.
            let _ = fs::rename(&replaced, &folder);
        })
    });
    for left in [&written, &replaced] {
        if left.exists() {
            let _ = fs::remove_dir_all(left);
        }
    }
    sync_folder(parent);
    done.map_err(problem)
}

/// Nothing of somebody else's is deleted.
fn require_replaceable(folder: &Path) -> Result<(), HostError> {
    if !folder.exists() || is_bundle(folder) {
        return Ok(());
    }
    let shown = folder.display();
    match fs::read_dir(folder).map(|mut names| names.next().is_none()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(HostError::board(format!(
            "{shown} is there, and no bundle; empty it, or name another folder with --out."
        ))),
        Err(_) => Err(HostError::board(format!("{shown} is there, and no folder; name another with --out."))),
    }
}

fn write_files(folder: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
    for (path, bytes) in files {
        let file = folder.join(path);
        if let Some(parent) = file.parent() {
            DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(parent)?;
            // Whatever the mask of this process: it may run under another user.
            for each in parent.ancestors().take_while(|each| each.starts_with(folder)) {
                fs::set_permissions(each, Permissions::from_mode(FOLDER_MODE))?;
            }
        }
        let mut opened = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(&file)?;
        opened.write_all(bytes)?;
        opened.set_permissions(Permissions::from_mode(FILE_MODE))?;
        opened.sync_all()?;
    }
    Ok(())
}
