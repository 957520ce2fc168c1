use std::time::Duration;

/// What a file of a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileType {
    Directory,
    RegularFile,
    SymbolicLink,
    /// A pipe, a device, a socket.
    Unknown,
}

/// What is known of a file or folder. Times are since 1970, and none is older: wasi:clocks has no earlier time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderStat {
    pub file_type: FileType,
    /// In bytes.
    pub size: u64,
    pub links: u64,
    pub accessed: Duration,
    pub modified: Duration,
    /// When it, or what is known of it, changed last.
    pub changed: Duration,
    /// The numbers of its file system and of the file in that: the same for the same object.
    pub identity: (u64, u64),
}

/// A time that a file is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderTime {
    Unchanged,
    Now,
    /// Since 1970.
    At(Duration),
}
