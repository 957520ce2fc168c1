//! Memory where there is no operating system: one pool that the caller gives, for WAMR, its guests and the host alike.

use super::runtime::start_by;
use busbar_wamr_sys as sys;
use core::alloc::{GlobalAlloc, Layout};
use core::mem::MaybeUninit;
use core::ptr::NonNull;

/// What WAMR aligns all memory to.
const ALIGNMENT: usize = 8;

/// Starts WAMR in a pool of memory, once; nothing can be allocated before. False where that fails: the pool is too small, or there is
/// one already. The stack of the machine begins at `lowest_of_stack`: no guest comes near it.
///
/// # Safety
///
/// That is where it begins.
pub unsafe fn start_in(pool: &'static mut [MaybeUninit<u8>], lowest_of_stack: NonNull<u8>) -> bool {
    let Ok(size) = u32::try_from(pool.len()) else { return false };
    // SAFETY: it is called once, before any other function of WAMR, and nobody else uses the pool from here on.
    start_by(|| unsafe { sys::busbar_init_in_pool(pool.as_mut_ptr().cast(), size, lowest_of_stack.as_ptr().cast()) })
}

/// How much of the pool is and was used.
#[derive(Debug, Clone, Copy)]
pub struct PoolUse {
    /// Of the pool, in bytes.
    pub size: u32,
    /// At this moment, in bytes.
    pub used: u32,
    /// The most at any time, in bytes.
    pub most: u32,
}

/// How much of the pool is used; nothing before it was given.
pub fn pool_use() -> PoolUse {
    let mut info = sys::mem_alloc_info_t { total_size: 0, total_free_size: 0, highmark_size: 0 };
    // SAFETY: it is written to, if at all, and belongs to this.
    unsafe { sys::wasm_runtime_get_mem_alloc_info(&raw mut info) };
    let used = info.total_size.saturating_sub(info.total_free_size);
    PoolUse { size: info.total_size, used, most: info.highmark_size }
}

/// Allocates in the pool that WAMR was started in.
pub struct PoolAllocator;

// SAFETY: WAMR's allocator gives places that nobody else has, aligned to eight bytes, or none; more is refused. It gives none before it
// has a pool.
unsafe impl GlobalAlloc for PoolAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match u32::try_from(layout.size()) {
            // SAFETY: any size may be asked for.
            Ok(size) if layout.align() <= ALIGNMENT => unsafe { sys::wasm_runtime_malloc(size).cast() },
            _ => core::ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, place: *mut u8, _layout: Layout) {
        // SAFETY: the caller has it from `alloc`.
        unsafe { sys::wasm_runtime_free(place.cast()) }
    }
}
