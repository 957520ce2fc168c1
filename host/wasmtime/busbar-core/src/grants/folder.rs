use super::verdict::Denied;
use crate::board::FolderGrant;
use alloc::vec::Vec;

/// Something that an app asks of its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderCall {
    /// To look whether something is there, and what.
    Stat,
    /// To read a file, or to list a folder.
    Read,
    /// To make a folder.
    CreateDirectory,
    /// Of what is there: to take it away, to rename it, to set its times.
    Change,
    /// To make a link, or to read where one leads.
    Link,
    /// To open a file for writing; `create` as in open-flags. Without it, what is there would change. Of a file that is
    /// created, whether it is there already is found out by the platform, in one step with creating it.
    Write { create: bool },
}

/// What of a call is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderDenial {
    Path,
    Link,
    Write,
    Overwrite,
}

impl FolderDenial {
    /// As the audit has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Link => "link",
            Self::Write => "write",
            Self::Overwrite => "overwrite",
        }
    }
}

/// In UTF-16 code units, as the other hosts count.
const LONGEST_PATH: usize = 4096;
const MOST_NAMES: usize = 64;

/// Decides whether a grant covers a call: nothing reaches the machine unless it is allowed.
///
/// Gives the path's names, from the folder on (none for the folder itself); or the first thing that is not granted, in
/// the order path, link, write, overwrite.
pub fn judge_folder<'a>(
    grant: &FolderGrant,
    call: FolderCall,
    path: &'a str,
) -> Result<Vec<&'a str>, Denied<FolderDenial>> {
    let Some(names) = names_of(path) else {
        return Err(Denied::new(FolderDenial::Path, "the path leads out of the folder, or is none"));
    };
    let changes = match call {
        FolderCall::Stat | FolderCall::Read => return Ok(names),
        FolderCall::Link => return Err(Denied::new(FolderDenial::Link, "links are neither made nor followed")),
        FolderCall::CreateDirectory => false,
        FolderCall::Change => true,
        FolderCall::Write { create } => !create,
    };
    if names.is_empty() {
        return Err(Denied::new(FolderDenial::Path, "the folder itself cannot be written"));
    }
    if !grant.write {
        return Err(Denied::new(FolderDenial::Write, "writing is not granted; add \"write\": true"));
    }
    if changes && !grant.overwrite {
        let reason = "changing a file that is there is not granted; add \"overwrite\": true";
        return Err(Denied::new(FolderDenial::Overwrite, reason));
    }
    Ok(names)
}

/// The names of a relative path. A backslash and a colon are names' parts on some systems, and separators or worse on
/// others: they are refused on all.
fn names_of(path: &str) -> Option<Vec<&str>> {
    if path.is_empty() || is_too_long(path) || path.starts_with('/') || path.contains(['\0', '\\', ':']) {
        return None;
    }
    let names: Vec<&str> = path.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
    let is_inside = !names.contains(&"..") && names.len() <= MOST_NAMES;
    is_inside.then_some(names)
}

fn is_too_long(path: &str) -> bool {
    path.encode_utf16().nth(LONGEST_PATH).is_some()
}
