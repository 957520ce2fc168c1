//! How much memory is used, which is what a machine is chosen by.

use core::mem::MaybeUninit;
use core::ptr::{NonNull, addr_of_mut};
use core::slice;

/// What cortex-m-rt fills the stack with before it is used.
const UNUSED: u32 = 0xcccc_cccc;

unsafe extern "C" {
    static mut _stack_end: u32;
    static mut _stack_start: u32;
    static mut __sheap: u32;
    static mut _pool_end: u32;
    static mut __sdata: u32;
    static __erodata: u32;
    static __edata: u32;
}

/// The lowest address of the stack.
pub fn lowest_of_stack() -> NonNull<u8> {
    // SAFETY: memory.x says where it is.
    unsafe { NonNull::new_unchecked(addr_of_mut!(_stack_end).cast()) }
}

/// All RAM that nothing else has.
///
/// # Safety
///
/// It is asked for once.
pub unsafe fn pool() -> &'static mut [MaybeUninit<u8>] {
    let (first, last) = (addr_of_mut!(__sheap), addr_of_mut!(_pool_end));
    // SAFETY: memory.x and link.x say where it lies; nobody else has it, as the caller says.
    unsafe { slice::from_raw_parts_mut(first.cast(), last.addr() - first.addr()) }
}

/// The most of the stack that was used so far, in bytes.
pub fn stack_used() -> usize {
    let (lowest, highest) = (addr_of_mut!(_stack_end), addr_of_mut!(_stack_start));
    let words = (highest.addr() - lowest.addr()) / size_of::<u32>();
    // SAFETY: it is in the stack.
    let is_unused = |index: &usize| unsafe { lowest.add(*index).read_volatile() } == UNUSED;
    (words - (0..words).take_while(is_unused).count()) * size_of::<u32>()
}

/// What has a fixed place in RAM, in bytes.
pub fn fixed() -> usize {
    addr_of_mut!(__sheap).addr() - addr_of_mut!(__sdata).addr()
}

/// All that is in flash, in bytes.
pub fn flash() -> usize {
    let initial = (&raw const __edata).addr() - addr_of_mut!(__sdata).addr();
    // Flash begins at address 0.
    (&raw const __erodata).addr() + initial
}
