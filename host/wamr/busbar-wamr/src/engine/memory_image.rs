use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::FileExt;

/// What the memory of each instance of a module starts with, kept once: an instance gets pages of its own where it writes. Most of
/// what a driver starts with is its engine's, which is never written to.
pub struct MemoryImage {
    /// In memory, sealed: nobody writes to it, or cuts it, any more.
    file: File,
    /// Where in the guest's memory it is, in bytes: whole pages.
    start: usize,
    length: usize,
}

impl MemoryImage {
    /// Of a memory in which no guest has run. None where that is zeros, or the system has no such files: then each has its own.
    pub fn of(memory: &[u8]) -> Option<Self> {
        let page = page_bytes()?;
        let first = memory.chunks_exact(page).position(is_written)?;
        let last = memory.chunks_exact(page).rposition(is_written)?;
        let (start, length) = (first * page, (last + 1 - first) * page);
        let file = sealed_file(memory.get(start..start + length)?, page)?;
        Some(Self { file, start, length })
    }

    /// Puts it into a memory, in the place of the same bytes. False where the system does not: it may have taken away what was there
    /// (mmap of POSIX), so that no guest may run in that memory.
    ///
    /// # Safety
    ///
    /// The memory is mapped, for this guest alone, and no guest has run in it, of the module that this was made for.
    #[must_use]
    pub unsafe fn share(&self, memory: &mut [u8]) -> bool {
        let (Some(part), Some(page)) = (memory.get_mut(self.start..self.start + self.length), page_bytes()) else {
            return true;
        };
        if !part.as_ptr().addr().is_multiple_of(page) {
            return true;
        }
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_FIXED;
        let file = self.file.as_raw_fd();
        // SAFETY: whole pages of a mapping that is the guest's, as the caller says.
        let address = unsafe { libc::mmap(part.as_mut_ptr().cast(), part.len(), access, flags, file, 0) };
        address != libc::MAP_FAILED
    }
}

fn sealed_file(content: &[u8], page: usize) -> Option<File> {
    // SAFETY: the name ends with a zero; what is given is a new file, or negative.
    let file = unsafe {
        let descriptor = libc::memfd_create(c"guest".as_ptr(), libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING);
        (descriptor >= 0).then(|| File::from(OwnedFd::from_raw_fd(descriptor)))?
    };
    file.set_len(content.len() as u64).ok()?;
    // What is not written takes no memory.
    for (number, page) in content.chunks(page).enumerate() {
        if is_written(page) {
            file.write_all_at(page, (number * page.len()) as u64).ok()?;
        }
    }
    let seals = libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_WRITE | libc::F_SEAL_SEAL;
    // SAFETY: it changes nothing but the file.
    let is_sealed = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) } == 0;
    is_sealed.then_some(file)
}

/// Whether there is more than zeros in a page.
fn is_written(page: &[u8]) -> bool {
    page.iter().any(|byte| *byte != 0)
}

/// How long a page is, in bytes.
pub(super) fn page_bytes() -> Option<usize> {
    // SAFETY: it only asks.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok()
}
