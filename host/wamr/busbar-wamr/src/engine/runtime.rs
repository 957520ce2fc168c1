use super::guest::memory_refused;
use alloc::borrow::ToOwned;
use alloc::string::String;
use busbar_core::locked::{Mutex, MutexGuard, locked};
use busbar_wamr_sys as sys;

/// WAMR has one list of the host's functions for the whole process, and modules and instances are made one at a time. Whether it
/// was started; none before anybody wanted it.
static MAKING: Mutex<Option<bool>> = Mutex::new(None);

/// Keeps WAMR to this thread until what it gives is dropped: for loading and instantiating. It is started the first time, where
/// [`super::start_in`] has not done that.
///
/// # Errors
///
/// When it does not start: there is no memory left.
pub fn making() -> Result<MutexGuard<'static, Option<bool>>, String> {
    let mut started = locked(&MAKING);
    // SAFETY: it is called once, before any other function of WAMR.
    let is_started = *started.get_or_insert_with(|| unsafe { sys::wasm_runtime_init() } && set_up());
    if is_started { Ok(started) } else { Err("WAMR does not start".to_owned()) }
}

/// Starts WAMR in a way of its own, as `start` does it; false where that fails, or it was started before.
#[cfg(not(feature = "std"))]
pub(super) fn start_by(start: impl FnOnce() -> bool) -> bool {
    let mut started = locked(&MAKING);
    if started.is_some() {
        return false;
    }
    *started.insert(start() && set_up())
}

fn set_up() -> bool {
    // SAFETY: WAMR has started; the callback is as WAMR declares it, and lives as long as the process.
    unsafe {
        sys::wasm_runtime_set_log_level(sys::WASM_LOG_LEVEL_FATAL);
        sys::wasm_runtime_set_enlarge_mem_error_callback(Some(memory_refused), core::ptr::null_mut());
    }
    true
}
