//! A file tree without a disk.

use super::FileStatus;
use std::collections::{BTreeMap, BTreeSet};

/// A file, a link or a folder of the tree.
#[derive(Debug, Clone, Default)]
pub struct FakeFile {
    pub text: String,
    pub link: Option<String>,
    pub mode: u32,
    pub group: u32,
    pub inode: u64,
    pub unusable: bool,
}

/// The files, by their paths.
pub type FakeTree = BTreeMap<String, FakeFile>;

/// The names in a folder; `None` where there is no file in it.
pub fn list(tree: &FakeTree, path: &str) -> Option<Vec<String>> {
    let folder = format!("{path}/");
    let names: BTreeSet<String> =
        tree.keys().filter_map(|file| file.strip_prefix(&folder)?.split('/').next().map(str::to_owned)).collect();
    if names.is_empty() { None } else { Some(names.into_iter().collect()) }
}

/// Permissions of a file.
pub fn status(tree: &FakeTree, path: &str) -> Option<FileStatus> {
    tree.get(path).map(|file| FileStatus { mode: file.mode, group: file.group, inode: file.inode })
}

/// [`super::SystemFiles`] for a machine whose `tree` gives its files.
macro_rules! fake_files {
    ($machine:ty) => {
        impl $crate::bus::linux::SystemFiles for $machine {
            fn list(&self, path: &str) -> Option<Vec<String>> {
                $crate::bus::linux::tests::list(&self.tree(), path)
            }

            fn read(&self, path: &str) -> Option<String> {
                self.tree().get(path).map(|file| file.text.clone())
            }

            fn link(&self, path: &str) -> Option<String> {
                self.tree().get(path)?.link.clone()
            }

            fn status(&self, path: &str) -> Option<$crate::bus::linux::FileStatus> {
                $crate::bus::linux::tests::status(&self.tree(), path)
            }

            fn usable(&self, path: &str) -> bool {
                self.tree().get(path).is_some_and(|file| !file.unusable)
            }
        }
    };
}

pub(crate) use fake_files;
