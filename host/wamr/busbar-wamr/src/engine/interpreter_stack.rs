use super::memory_image::page_bytes;
use busbar_wamr_sys as sys;
use core::ptr::NonNull;

/// WAMR writes zeros to all of an interpreter's stack as it makes it (core/iwasm/common/wasm_exec_env.c). They are given back: the
/// system gives zeros again, page by page, as deep as the guest's calls go.
///
/// # Safety
///
/// The environment was just made, with a stack of so many bytes.
pub unsafe fn give_back(exec_env: NonNull<sys::WASMExecEnv>, stack: u32) {
    let Some(page) = page_bytes() else { return };
    let start = exec_env.as_ptr().cast::<u8>();
    // What comes before the stack is shorter than a page.
    let (first, end) = (start.addr() + page, start.addr() + stack as usize);
    let (first, end) = (first.next_multiple_of(page), end / page * page);
    if first < end {
        // SAFETY: as the caller says, all of it is zeros of that stack, in memory that is nobody else's; that it comes from no file is
        // what makes it zeros again. Where it fails, they stay.
        unsafe { libc::madvise(start.with_addr(first).cast(), end - first, libc::MADV_DONTNEED) };
    }
}
