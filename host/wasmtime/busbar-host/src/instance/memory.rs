use busbar_core::guest_end::memory_refused;
use wasmtime::{ResourceLimiter, Result};

/// The most core instances, memories and tables of one component: a driver has about thirty, two and ten.
const MOST_INSTANCES: usize = 256;
const MOST_MEMORIES: usize = 8;
const MOST_TABLES: usize = 64;

/// What an element of a table counts as.
const ELEMENT_BYTES: usize = 8;

const MEBIBYTE: usize = 1024 * 1024;

/// Bounds what a guest can make its host hold: all memories and tables of all its instances together.
#[derive(Debug)]
pub struct MemoryLimit {
    maximum: usize,
    bytes: usize,
    refused: bool,
    /// What there would be with what was refused, in bytes.
    needed: usize,
}

impl MemoryLimit {
    pub fn new(memory_mib: u32) -> Self {
        Self { maximum: memory_mib as usize * MEBIBYTE, bytes: 0, refused: false, needed: 0 }
    }

    /// In MiB.
    pub fn maximum_mib(&self) -> u32 {
        // It was made of so many.
        (self.maximum / MEBIBYTE) as u32
    }

    /// A call of the guest begins.
    pub fn begin_call(&mut self) {
        self.refused = false;
    }

    /// What an operator is told where the guest ended after it had got no more memory: it sees that, can do little about
    /// it, and usually traps.
    pub fn reason(&self) -> Option<String> {
        self.refused.then(|| memory_refused(self.maximum_mib()))
    }

    /// What it would need, where it did not get it, in MiB.
    pub fn needed_mib(&self) -> Option<usize> {
        self.refused.then(|| self.needed.div_ceil(MEBIBYTE))
    }

    fn take(&mut self, bytes: usize) -> bool {
        let sum = self.bytes.saturating_add(bytes);
        if sum > self.maximum {
            self.refused = true;
            self.needed = sum;
            return false;
        }
        self.bytes = sum;
        true
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        Ok(self.take(desired.saturating_sub(current)))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        Ok(self.take(desired.saturating_sub(current).saturating_mul(ELEMENT_BYTES)))
    }

    fn instances(&self) -> usize {
        MOST_INSTANCES
    }

    fn memories(&self) -> usize {
        MOST_MEMORIES
    }

    fn tables(&self) -> usize {
        MOST_TABLES
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryLimit;
    use wasmtime::ResourceLimiter;

    #[test]
    fn all_memories_and_tables_count_together() {
        let mut limit = MemoryLimit::new(1);
        assert!(limit.memory_growing(0, 512 << 10, None).is_ok_and(|grows| grows));
        assert!(limit.table_growing(0, 32 << 10, None).is_ok_and(|grows| grows));
        assert!(limit.memory_growing(0, 256 << 10, None).is_ok_and(|grows| grows));
        assert_eq!(limit.reason(), None);
        assert!(limit.memory_growing(256 << 10, (256 << 10) + 1, None).is_ok_and(|grows| !grows));
        let reason = "it needs more than its 1 MiB of memory; set \"limits\": { \"memoryMiB\": 2 } or more";
        assert_eq!(limit.reason().as_deref(), Some(reason));
    }
}
