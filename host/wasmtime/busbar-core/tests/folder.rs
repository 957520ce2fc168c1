//! A folder for an app: nothing outside of it is reached.

use busbar_core::board::FolderGrant;
use busbar_core::folder::{Creation, FileType, FileUse, Folder, FolderError, FolderTime};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

const READ: FileUse = FileUse { read: true, write: false, create: Creation::Never, truncate: false };

fn grant(write: bool) -> FolderGrant {
    FolderGrant { path: String::new(), write, overwrite: write, maximum_mib: None }
}

/// A folder `name`/inside beside a file `name`/secret, with links to that in it.
fn folder(name: &str) -> (Folder, PathBuf) {
    let outside = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("folder-{name}-{}", std::process::id()));
    // What an earlier run left.
    let _ = fs::remove_dir_all(&outside);
    let inside = outside.join("inside");
    fs::create_dir_all(inside.join("deep")).expect("a folder");
    fs::write(outside.join("secret"), "secret").expect("a file");
    fs::write(inside.join("deep/file"), "abc").expect("a file");
    symlink("../secret", inside.join("link")).expect("a link");
    symlink("..", inside.join("up")).expect("a link");
    (Folder::open(&inside, &grant(true)).expect("it is there"), inside)
}

fn names(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

#[test]
fn no_link_is_followed_and_no_name_leads_out() {
    let (folder, inside) = folder("links");
    let open = |path: &str, file_use| folder.open_file(&names(path), file_use).err();
    assert_eq!(open("link", READ), Some(FolderError::Loop));
    let truncate = FileUse { read: false, write: true, create: Creation::IfMissing, truncate: true };
    assert_eq!(open("link", truncate), Some(FolderError::Loop));
    assert_eq!(open("up/secret", READ), Some(FolderError::NotDirectory));
    assert_eq!(folder.list(&names("up")).err(), Some(FolderError::NotDirectory));
    assert_eq!(folder.open_file(&["../secret".to_owned()], READ).err(), Some(FolderError::Invalid));
    assert_eq!(folder.set_times(&names("link"), FolderTime::Now, FolderTime::Now), Err(FolderError::Loop));
    assert_eq!(folder.rename(&names("deep/file"), &names("up/file")), Err(FolderError::NotDirectory));
    assert_eq!(folder.create_directory(&names("up/new")), Err(FolderError::NotDirectory));
    assert_eq!(folder.stat(&names("link")).map(|stat| stat.file_type), Ok(FileType::SymbolicLink));
    // The link itself can go; what it leads to stays.
    assert_eq!(folder.remove_file(&names("link")), Ok(()));
    assert_eq!(fs::read_to_string(inside.join("../secret")).ok().as_deref(), Some("secret"));
}

#[test]
fn files_are_read_written_listed_dated_and_taken_away() {
    let (folder, _) = folder("files");
    let new = FileUse { read: true, write: true, create: Creation::New, truncate: false };
    let file = folder.open_file(&names("deep/new"), new).expect("it is made");
    assert_eq!(folder.open_file(&names("deep/new"), new).err(), Some(FolderError::Exist));
    assert_eq!((file.write(b"hello", 1), file.read(10, 0)), (Ok(5), Ok(b"\0hello".to_vec())));
    assert_eq!((file.set_size(2), file.read(10, 1), file.read(10, 2)), (Ok(()), Ok(b"h".to_vec()), Ok(Vec::new())));
    let time = FolderTime::At(Duration::new(1_000_000_000, 5));
    assert_eq!(folder.set_times(&names("deep/new"), FolderTime::Unchanged, time), Ok(()));
    assert_eq!(file.stat().map(|stat| stat.modified), Ok(Duration::new(1_000_000_000, 5)));
    let mut entries = folder.list(&names("deep")).expect("it is there");
    let mut found = Vec::new();
    while let Some(entry) = entries.next_entry().expect("it can be read") {
        found.push((entry.name, entry.file_type));
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(found, [("file".to_owned(), FileType::RegularFile), ("new".to_owned(), FileType::RegularFile)]);
    assert_eq!(folder.remove_directory(&names("deep")), Err(FolderError::NotEmpty));
    assert_eq!(folder.remove_file(&names("deep")), Err(FolderError::IsDirectory));
    assert_eq!(folder.open_file(&names("deep"), READ).err(), Some(FolderError::IsDirectory));
    assert_eq!(folder.rename(&names("deep/new"), &names("moved")), Ok(()));
    assert_eq!(folder.remove_file(&names("moved")), Ok(()));
    assert_eq!(folder.stat(&names("moved")).err(), Some(FolderError::NoEntry));
    // The whole of it has no last name that could be changed.
    assert_eq!(folder.remove_directory(&[]), Err(FolderError::Invalid));
}

#[test]
fn a_pipe_is_no_file_and_holds_nobody_up() {
    let (folder, inside) = folder("pipe");
    let made = std::process::Command::new("mkfifo").arg(inside.join("pipe")).status();
    assert!(made.is_ok_and(|status| status.success()));
    assert_eq!(folder.open_file(&names("pipe"), READ).err(), Some(FolderError::Invalid));
}

#[test]
fn a_folder_that_is_missing_is_made_only_for_writing() {
    let (_, inside) = folder("missing");
    let missing = inside.join("missing");
    let refused = Folder::open(&missing, &grant(false)).expect_err("it is not there").message;
    let path = missing.display();
    assert_eq!(refused, format!("the folder {path} cannot be opened (ENOENT); make it, or name another."));
    assert!(Folder::open(&missing, &grant(true)).is_ok() && missing.is_dir());
}
