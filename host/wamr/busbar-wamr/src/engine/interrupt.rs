//! Ending a guest where there are no threads: an interrupt takes the processor out of it.

use busbar_wamr_sys as sys;

/// Ends the call of a guest that an interrupt came into, with [`crate::Trap::Ended`]: at once where the guest's own code was
/// interrupted, else at a later interrupt, or when it calls the host. It does nothing where no guest is called.
///
/// # Safety
///
/// It is called by an interrupt handler, and the frame is what the processor has put on the stack for that: Armv7-M Architecture
/// Reference Manual, B1.5.6.
pub unsafe fn end_interrupted(frame: &mut [u32; 8]) {
    // SAFETY: as the caller says.
    unsafe { sys::busbar_end_guest(frame) }
}

/// Whether the call under way was told to end.
pub(super) fn is_ending() -> bool {
    // SAFETY: it reads one flag.
    unsafe { sys::busbar_is_ending() }
}
