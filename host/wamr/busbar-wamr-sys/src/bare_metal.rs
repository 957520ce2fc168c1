//! What platform/busbar_platform.h has beside WAMR, for machines without an operating system.

use crate::{wasm_exec_env_t, wasm_function_inst_t};
use core::ffi::c_void;

/// How much of the pool is used, in bytes.
#[repr(C)]
pub struct mem_alloc_info_t {
    pub total_size: u32,
    pub total_free_size: u32,
    pub highmark_size: u32,
}

unsafe extern "C" {
    pub fn busbar_init_in_pool(pool: *mut c_void, size: u32, lowest_of_stack: *mut c_void) -> bool;
    pub fn busbar_call_wasm(
        exec_env: wasm_exec_env_t,
        function: wasm_function_inst_t,
        count: u32,
        cells: *mut u32,
    ) -> bool;
    pub fn busbar_end_guest(frame: *mut [u32; 8]);
    pub fn busbar_is_ending() -> bool;

    pub fn wasm_runtime_malloc(size: u32) -> *mut c_void;
    pub fn wasm_runtime_free(place: *mut c_void);
    pub fn wasm_runtime_get_mem_alloc_info(info: *mut mem_alloc_info_t) -> bool;
}
