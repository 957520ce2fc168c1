use crate::cache::CheckedFiles;
use crate::digest::sha256_of;
use crate::error::HostError;
use crate::regular_file::{UnfitFile, open_regular};
use crate::system_error::error_name;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

/// In bytes. The largest that the tool chains make have a fifth of it.
pub const LONGEST_COMPONENT: u64 = 64 * 1024 * 1024;

/// The file of a component, opened: whose it is can be known without reading it.
pub struct ComponentFile {
    file: File,
    length: u64,
    path: PathBuf,
    label: String,
}

impl ComponentFile {
    /// Opens the file of a driver or an app. `label` is what messages call it.
    ///
    /// # Errors
    ///
    /// When there is none, it cannot be read, or it is too large to be one.
    pub fn open(path: &Path, label: &str) -> Result<Self, HostError> {
        let opened = open_regular(path, LONGEST_COMPONENT);
        let (file, length) = opened.map_err(|unfit| match unfit {
            UnfitFile::Missing => problem(path, label, "there is no such file; build the driver with \"busbar build\""),
            UnfitFile::Unfit(message) => {
                problem(path, label, &format!("{message}; name the component that \"busbar build\" made"))
            }
            UnfitFile::Unreadable(name) => problem(path, label, &format!("it cannot be read ({name})")),
        })?;
        Ok(Self { file, length, path: path.to_owned(), label: label.to_owned() })
    }

    /// Its SHA-256, which is known of a file that was looked at before and not changed since.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn digest(&mut self, checked: &CheckedFiles) -> Result<String, HostError> {
        let length = self.length;
        let known = checked.digest(&mut self.file, |file| sha256_of(&mut file.take(length)));
        known.map_err(|cause| unreadable(&self.path, &self.label, &cause))
    }

    /// What is in it: as much as it had when it was opened.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is no component.
    pub fn read(mut self) -> Result<Vec<u8>, HostError> {
        let Self { file, length, path, label } = &mut self;
        let mut read = || -> io::Result<Vec<u8>> {
            file.rewind()?;
            let mut bytes = Vec::with_capacity(usize::try_from(*length).unwrap_or(0));
            file.take(*length).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read().map_err(|cause| unreadable(path, label, &cause))?;
        require_component(&bytes, label)?;
        Ok(bytes)
    }
}

fn problem(path: &Path, label: &str, hint: &str) -> HostError {
    HostError::component(format!("the driver {label} is {}: {hint}.", path.display()))
}

fn unreadable(path: &Path, label: &str, cause: &io::Error) -> HostError {
    problem(path, label, &format!("it cannot be read ({})", error_name(cause)))
}

/// Refuses what is no component. Binary.md of the component model: four bytes of magic, two of the version, and two of the
/// layer, which is 0 for a core module.
///
/// # Errors
///
/// [`crate::error::HostErrorCode::Component`].
pub fn require_component(bytes: &[u8], label: &str) -> Result<(), HostError> {
    match bytes {
        [0x00, 0x61, 0x73, 0x6d, _, _, 0, _, ..] => Err(HostError::component(format!(
            "{label} is a core WebAssembly module, not a component; build it with busbar build."
        ))),
        [0x00, 0x61, 0x73, 0x6d, _, _, _, _, ..] => Ok(()),
        _ => Err(HostError::component(format!(
            "{label} is not a WebAssembly file; name a component built by busbar build."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::ComponentFile;
    use crate::cache::CheckedFiles;
    use crate::digest::sha256;
    use std::fs;

    #[test]
    fn what_is_read_is_what_its_digest_says_and_what_was_written_meanwhile_is_not() {
        let path = std::env::temp_dir().join(format!("busbar-component-{}.wasm", std::process::id()));
        let [before, after] = [&b"\0asm\x0d\0\x01\0"[..], &b"\0asm\x0e\0\x01\0"[..]];
        fs::write(&path, before).expect("a file");
        let open = || ComponentFile::open(&path, "a").expect("it is there");
        let mut file = open();
        let digest = file.digest(&CheckedFiles::none()).expect("it is readable");
        assert_eq!(digest, sha256(before));
        assert_eq!(file.read().expect("it is readable"), before);
        let mut file = open();
        let digest = file.digest(&CheckedFiles::none()).expect("it is readable");
        fs::write(&path, after).expect("a file");
        assert_ne!(sha256(&file.read().expect("it is readable")), digest);
        fs::remove_file(path).expect("it is ours");
    }
}
