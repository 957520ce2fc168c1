//! The system's allocator, which says in one sentence that there is no memory left; by itself a program ends without one.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::{Mutex, PoisonError};

/// What is written where there is no memory left, made before that.
static LAST_WORDS: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Sets the line that is written to stderr where there is no memory left.
pub(super) fn set_last_words(line: &str) {
    let words = format!("{line}\n").into_bytes();
    *LAST_WORDS.lock().unwrap_or_else(PoisonError::into_inner) = words;
}

/// The allocator, for a program to name as its `#[global_allocator]`.
pub struct Talking;

// SAFETY: all that it does with memory is the system's allocator's.
unsafe impl GlobalAlloc for Talking {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller says.
        or_end(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller says.
        or_end(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: as the caller says.
        or_end(unsafe { System.realloc(pointer, layout, new_size) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller says.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn or_end(pointer: *mut u8) -> *mut u8 {
    if !pointer.is_null() {
        return pointer;
    }
    let Ok(words) = LAST_WORDS.try_lock() else { return pointer };
    if words.is_empty() {
        return pointer;
    }
    // SAFETY: the bytes live as long as the lock; and nothing of this process runs after it.
    unsafe {
        libc::write(libc::STDERR_FILENO, words.as_ptr().cast(), words.len());
        libc::_exit(super::limits::EXIT_CODE)
    }
}
