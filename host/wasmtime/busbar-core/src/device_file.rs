use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::Path;

/// Whether this process may open a device file for reading and writing.
pub(crate) fn may_open(path: &str) -> bool {
    // A file that fails for another reason than the permissions is not mended by these.
    Path::new(path).exists()
        && !OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
}
