use busbar_core::cache::{CodeFiles, CodeKind, Environment, OnProblem};
use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::ptr::NonNull;

const KIND: CodeKind = CodeKind {
    cache: "wamr",
    ending: "aot",
    deleted: "; \"busbar-wamr compile\" makes it anew, and until then it is interpreted",
};

/// The version of WAMR, as wamrx-sys 0.3.0 carries it.
const WAMR: &str = "2.4.3";
/// To be counted up where busbar-wamr-compile makes other code of the same module.
const SETTINGS: u32 = 1;

/// Magic number and version.
const HEADER: usize = 8;
/// AOT_SECTION_TYPE_TEXT, AOT_SECTION_TYPE_RELOCATION.
const NEEDED_ONCE: [u32; 2] = [2, 5];
/// The largest of a kernel on the processors that WAMR makes code for.
const PAGE: usize = 64 << 10;

/// Machine code of a flattened component. It is *trusted*: whoever can write it can do what this process can, and WAMR believes what it
/// says of itself. It is mapped into memory, and what WAMR writes to it stays in this process.
pub struct MachineCode {
    address: NonNull<u8>,
    /// Of the code.
    length: usize,
}

// SAFETY: it is memory that belongs to nobody else.
unsafe impl Send for MachineCode {}
// SAFETY: nothing of it is given out but its address, to who has it by itself.
unsafe impl Sync for MachineCode {}

impl MachineCode {
    /// What `busbar-wamr compile` has kept for a module, by the SHA-256 of that; none where it has not, or somebody else could
    /// have written it.
    pub fn kept(store: &CodeFiles, module_digest: &str) -> Option<Self> {
        store.take(&code_key(module_digest), Self::map)
    }

    fn map(path: &Path, length: usize) -> Option<Self> {
        let file = File::open(path).ok()?;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: it gives memory that nobody has, or fails. Files of the store are replaced as a whole, never cut.
        let address =
            unsafe { libc::mmap(std::ptr::null_mut(), length, access, libc::MAP_PRIVATE, file.as_raw_fd(), 0) };
        if address == libc::MAP_FAILED {
            return None;
        }
        Some(Self { address: NonNull::new(address.cast())?, length })
    }

    pub(super) fn as_mut_ptr(&mut self) -> *mut u8 {
        self.address.as_ptr()
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Gives back the memory of what WAMR needs no more once it has loaded the code, for its own copy is what runs: whoever looks at it
    /// all the same ends this process.
    pub(super) fn give_back(&mut self) {
        let needless: Vec<_> = self.sections().filter(|(kind, ..)| NEEDED_ONCE.contains(kind)).collect();
        for (_, start, length) in needless {
            let (from, to) = (start.next_multiple_of(PAGE), (start + length) / PAGE * PAGE);
            if from < to {
                let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
                // SAFETY: the pages are within the mapping. Where it fails, they stay.
                unsafe {
                    let address = self.address.as_ptr().add(from).cast();
                    libc::mmap(address, to - from, libc::PROT_NONE, flags, -1, 0);
                }
            }
        }
    }

    /// The sections: what kind each is, where it starts, and how long it is. core/iwasm/aot/aot_loader.c, create_sections.
    fn sections(&self) -> impl Iterator<Item = (u32, usize, usize)> {
        // SAFETY: it is mapped, and nobody writes to it while this borrows it.
        let bytes = unsafe { std::slice::from_raw_parts(self.address.as_ptr(), self.length) };
        let mut place = HEADER;
        std::iter::from_fn(move || {
            place = place.next_multiple_of(4);
            let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
            let (kind, length) = (number(place)?, number(place + 4)? as usize);
            let start = place + 8;
            place = start.checked_add(length).filter(|end| *end <= bytes.len())?;
            Some((kind, start, length))
        })
    }
}

impl Drop for MachineCode {
    fn drop(&mut self) {
        // SAFETY: it was mapped with this length, and its module is unloaded.
        unsafe { libc::munmap(self.address.as_ptr().cast(), self.length) };
    }
}

/// Where the machine code of this user is kept: `XDG_CACHE_HOME/busbar/wamr`, or as [`CodeFiles::of_user`] says.
pub fn code_of_user(on_problem: OnProblem) -> CodeFiles {
    CodeFiles::of_user(KIND, on_problem)
}

/// [`code_of_user`] in another environment.
pub fn code_of(environment: &Environment, on_problem: OnProblem) -> CodeFiles {
    CodeFiles::of(KIND, environment, on_problem)
}

/// What code is kept by: the SHA-256 of the module, and all that its code was made with. It runs on every processor of its kind,
/// for it uses nothing that one of them lacks.
pub fn code_key(module_digest: &str) -> String {
    format!("{module_digest}-{}-wamr{WAMR}-{SETTINGS}", std::env::consts::ARCH)
}
