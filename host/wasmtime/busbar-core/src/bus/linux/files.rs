use crate::device_file::may_open;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Instant;

/// Who may do what with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bus) struct FileStatus {
    /// The permission bits, as in `chmod`.
    pub(in crate::bus) mode: u32,
    /// The number of the file's group.
    pub(in crate::bus) group: u32,
    /// Another one where the file was removed and made again: a device that was pulled out and put back.
    pub(in crate::bus) inode: u64,
}

/// What the Linux backends take from the file system; a test gives its own. A missing or unreadable file is `None`, never an error.
pub(in crate::bus) trait SystemFiles: Send + Sync {
    /// The names in a folder, in no order.
    fn list(&self, path: &str) -> Option<Vec<String>>;
    /// A text file, whole. For /sys, /proc and /etc: all of them short.
    fn read(&self, path: &str) -> Option<String>;
    /// Where a symbolic link points, as it is written there.
    fn link(&self, path: &str) -> Option<String>;
    /// Permissions of what is at the end of the path, links followed.
    fn status(&self, path: &str) -> Option<FileStatus>;
    /// Whether this process may open the device file for reading and writing.
    fn usable(&self, path: &str) -> bool;
}

/// The machine that runs us.
pub(in crate::bus) struct ThisMachine {
    started: Instant,
}

impl ThisMachine {
    pub(in crate::bus) fn new() -> Self {
        Self { started: Instant::now() }
    }

    /// Milliseconds on a clock that never goes back.
    pub(in crate::bus) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl SystemFiles for ThisMachine {
    fn list(&self, path: &str) -> Option<Vec<String>> {
        let entries = fs::read_dir(path).ok()?;
        Some(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
    }

    fn read(&self, path: &str) -> Option<String> {
        Some(String::from_utf8_lossy(&fs::read(path).ok()?).into_owned())
    }

    fn link(&self, path: &str) -> Option<String> {
        fs::read_link(path).ok()?.into_os_string().into_string().ok()
    }

    fn status(&self, path: &str) -> Option<FileStatus> {
        let metadata = fs::metadata(path).ok()?;
        Some(FileStatus { mode: metadata.mode() & 0o7777, group: metadata.gid(), inode: metadata.ino() })
    }

    fn usable(&self, path: &str) -> bool {
        may_open(path)
    }
}

/// Whether this is a Raspberry Pi, whose buses are switched on by raspi-config.
pub(in crate::bus) fn is_raspberry_pi(files: &dyn SystemFiles) -> bool {
    files.read("/proc/device-tree/model").is_some_and(|model| model.starts_with("Raspberry Pi"))
}

/// Whether this process runs in a Docker or Podman container, which sees only the devices that it was given.
pub(in crate::bus) fn is_container(files: &dyn SystemFiles) -> bool {
    files.status("/.dockerenv").is_some() || files.status("/run/.containerenv").is_some()
}

/// The kernel driver that a link of sysfs leads to: "bmp280". `None` where there is none.
pub(in crate::bus) fn driver_behind(link: &str, files: &dyn SystemFiles) -> Option<String> {
    files.link(link)?.rsplit('/').next().map(str::to_owned)
}
