use super::guest::memory_refused;
use busbar_wamr_sys as sys;
use std::sync::{Mutex, MutexGuard, OnceLock};

/// WAMR has one list of the host's functions for the whole process, and modules and instances are made one at a time.
static MAKING: Mutex<()> = Mutex::new(());
static STARTED: OnceLock<bool> = OnceLock::new();

/// Starts WAMR, the first time, and keeps it to this thread until what it gives is dropped: for loading and instantiating.
///
/// # Errors
///
/// When it does not start: there is no memory left.
pub fn making() -> Result<MutexGuard<'static, ()>, String> {
    let guard = busbar_core::locked::locked(&MAKING);
    let started = STARTED.get_or_init(|| {
        // SAFETY: it is called once, before any other function of WAMR; the callback is as WAMR declares it, and lives as long
        // as the process.
        unsafe {
            let started = sys::wasm_runtime_init();
            sys::wasm_runtime_set_log_level(sys::WASM_LOG_LEVEL_FATAL);
            sys::wasm_runtime_set_enlarge_mem_error_callback(Some(memory_refused), std::ptr::null_mut());
            started
        }
    });
    if *started { Ok(guard) } else { Err("WAMR does not start".to_owned()) }
}
