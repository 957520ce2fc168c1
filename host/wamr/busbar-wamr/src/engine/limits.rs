use alloc::format;
use alloc::string::String;
use busbar_core::guest_end::{MOST_HANDLES, memory_refused, values_too_large};

const MEBIBYTE: usize = 1 << 20;
const PAGE_BYTES: u64 = 64 << 10;
/// A handle takes 20 bytes there, of the memory that the host has.
const MOST_HANDLES_OF_MACHINE: usize = 256;

/// What an instance may have.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    memory: MemoryLimit,
}

#[derive(Debug, Clone, Copy)]
enum MemoryLimit {
    /// What the entry of the board says, in MiB. What is lifted in one call is limited by the same figure.
    Entry { mib: u32 },
    /// What is there at all, where there is no operating system.
    Machine { pages: u32, values: usize },
}

impl Limits {
    /// Of an entry of the board: so much memory, in MiB.
    pub fn of_entry(memory_mib: u32) -> Self {
        Self { memory: MemoryLimit::Entry { mib: memory_mib } }
    }

    /// Of a machine without an operating system: so many pages of 64 KiB for its memory, and so many bytes for the values of one
    /// call.
    pub fn of_machine(pages: u32, values: usize) -> Self {
        Self { memory: MemoryLimit::Machine { pages, values } }
    }

    /// The most pages of its memory. Its tables count, too, in bytes.
    pub(super) fn pages(self, table_bytes: u64) -> u32 {
        match self.memory {
            MemoryLimit::Entry { mib } => {
                let pages = u64::from(mib) * (MEBIBYTE as u64 / PAGE_BYTES);
                let pages = pages.saturating_sub(table_bytes.div_ceil(PAGE_BYTES));
                u32::try_from(pages).unwrap_or(u32::MAX)
            }
            MemoryLimit::Machine { pages, .. } => pages,
        }
    }

    /// How many bytes of the host's memory the values of one call may take.
    pub fn values(self) -> usize {
        match self.memory {
            MemoryLimit::Entry { mib } => (mib as usize).saturating_mul(MEBIBYTE),
            MemoryLimit::Machine { values, .. } => values,
        }
    }

    /// The most handles that it may have at a time.
    pub fn handles(self) -> usize {
        match self.memory {
            MemoryLimit::Entry { .. } => MOST_HANDLES,
            MemoryLimit::Machine { .. } => MOST_HANDLES_OF_MACHINE,
        }
    }

    /// What ends a guest whose values are more than that.
    pub(crate) fn values_too_large(self) -> String {
        match self.memory {
            MemoryLimit::Entry { mib } => values_too_large(mib),
            MemoryLimit::Machine { values, .. } => format!("it passes values of more than {values} bytes in one call"),
        }
    }

    /// What ends a guest that got no more memory.
    pub(super) fn memory_refused(self) -> String {
        match self.memory {
            MemoryLimit::Entry { mib } => memory_refused(mib),
            MemoryLimit::Machine { pages, .. } => {
                format!("it needs more than its {} KiB of memory, and this machine has no more", u64::from(pages) * 64)
            }
        }
    }
}
