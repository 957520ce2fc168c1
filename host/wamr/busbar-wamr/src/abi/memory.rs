use crate::trap::Trap;
use core::ops::Range;

/// The memory of a guest, as the host reads and writes it while the guest itself does not run.
pub trait Memory {
    /// All of it.
    fn bytes(&self) -> &[u8];

    /// All of it.
    fn bytes_mut(&mut self) -> &mut [u8];

    /// Asks the guest for a new place in its memory, by its `cabi_realloc`.
    ///
    /// # Errors
    ///
    /// When the guest traps in it, or has no such function.
    fn allocate(&mut self, alignment: u32, size: u32) -> Result<u32, Trap>;
}

/// A place in a memory that is so long.
///
/// # Errors
///
/// When it leads out of the memory, or is not aligned.
pub fn checked(memory: &[u8], place: u32, size: u64, alignment: u32) -> Result<Range<usize>, Trap> {
    if !place.is_multiple_of(alignment) {
        return Err(Trap::failed("a pointer is not aligned"));
    }
    let end = u64::from(place) + size;
    if end > memory.len() as u64 {
        return Err(Trap::failed("a pointer leads out of the memory"));
    }
    // No memory of this machine is longer than its addresses.
    Ok(place as usize..end as usize)
}
