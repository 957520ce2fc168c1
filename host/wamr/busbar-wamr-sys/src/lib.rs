//! The part of WAMR's C API (core/iwasm/include/wasm_export.h of version 2.4.3) that a host of components needs, as it is there,
//! and the library itself. `busbar-wamr` makes it safe.

#![no_std]
#![allow(non_camel_case_types)]

#[cfg(target_os = "none")]
mod bare_metal;

#[cfg(target_os = "none")]
pub use bare_metal::*;

use core::ffi::{c_char, c_int, c_void};

/// A loaded module.
#[repr(C)]
pub struct WASMModuleCommon {
    _private: [u8; 0],
}

/// An instance of a module.
#[repr(C)]
pub struct WASMModuleInstanceCommon {
    _private: [u8; 0],
}

/// A function of an instance.
#[repr(C)]
pub struct WASMFunctionInstanceCommon {
    _private: [u8; 0],
}

/// A memory of an instance.
#[repr(C)]
pub struct WASMMemoryInstance {
    _private: [u8; 0],
}

/// What a thread calls functions of an instance with: their stack.
#[repr(C)]
pub struct WASMExecEnv {
    _private: [u8; 0],
}

/// How an instance is made; only made and read by WAMR.
#[repr(C)]
pub struct InstantiationArgs2 {
    _private: [u8; 0],
}

pub type wasm_module_t = *mut WASMModuleCommon;
pub type wasm_module_inst_t = *mut WASMModuleInstanceCommon;
pub type wasm_function_inst_t = *mut WASMFunctionInstanceCommon;
pub type wasm_memory_inst_t = *mut WASMMemoryInstance;
pub type wasm_exec_env_t = *mut WASMExecEnv;

/// A function of the host, for one import. Of those that are registered raw, `func_ptr` is a [`RawFunction`].
#[repr(C)]
pub struct NativeSymbol {
    pub symbol: *const c_char,
    pub func_ptr: *mut c_void,
    /// Null where nobody wants it checked.
    pub signature: *const c_char,
    /// Given back by `wasm_runtime_get_function_attachment`.
    pub attachment: *mut c_void,
}

/// Gets its parameters one an element, a 32-bit one in the low half, and puts its result in the first.
pub type RawFunction = unsafe extern "C" fn(exec_env: wasm_exec_env_t, args: *mut u64);

/// enlarge_memory_error_callback_t: told of a memory that does not grow.
pub type EnlargeMemoryErrorCallback = unsafe extern "C" fn(
    inc_page_count: u32,
    current_memory_size: u64,
    memory_index: u32,
    failure_reason: c_int,
    instance: wasm_module_inst_t,
    exec_env: wasm_exec_env_t,
    user_data: *mut c_void,
);

/// How a module is loaded.
#[repr(C)]
pub struct LoadArgs {
    pub name: *mut c_char,
    pub clone_wasm_binary: bool,
    pub wasm_binary_freeable: bool,
    pub no_resolve: bool,
}

/// log_level_t: only what makes the process end is written to stdout.
pub const WASM_LOG_LEVEL_FATAL: c_int = 0;

unsafe extern "C" {
    pub fn wasm_runtime_init() -> bool;
    pub fn wasm_runtime_set_log_level(level: c_int);
    pub fn wasm_runtime_set_enlarge_mem_error_callback(
        callback: Option<EnlargeMemoryErrorCallback>,
        user_data: *mut c_void,
    );

    pub fn wasm_runtime_register_natives_raw(
        module_name: *const c_char,
        native_symbols: *mut NativeSymbol,
        n_native_symbols: u32,
    ) -> bool;
    pub fn wasm_runtime_unregister_natives(module_name: *const c_char, native_symbols: *mut NativeSymbol) -> bool;
    pub fn wasm_runtime_get_function_attachment(exec_env: wasm_exec_env_t) -> *mut c_void;

    pub fn wasm_runtime_load_ex(
        buf: *mut u8,
        size: u32,
        args: *const LoadArgs,
        error_buf: *mut c_char,
        error_buf_size: u32,
    ) -> wasm_module_t;
    pub fn wasm_runtime_is_underlying_binary_freeable(module: wasm_module_t) -> bool;
    pub fn wasm_runtime_unload(module: wasm_module_t);

    pub fn wasm_runtime_instantiation_args_create(args: *mut *mut InstantiationArgs2) -> bool;
    pub fn wasm_runtime_instantiation_args_destroy(args: *mut InstantiationArgs2);
    pub fn wasm_runtime_instantiation_args_set_default_stack_size(args: *mut InstantiationArgs2, bytes: u32);
    pub fn wasm_runtime_instantiation_args_set_host_managed_heap_size(args: *mut InstantiationArgs2, bytes: u32);
    pub fn wasm_runtime_instantiation_args_set_max_memory_pages(args: *mut InstantiationArgs2, pages: u32);
    pub fn wasm_runtime_instantiate_ex2(
        module: wasm_module_t,
        args: *const InstantiationArgs2,
        error_buf: *mut c_char,
        error_buf_size: u32,
    ) -> wasm_module_inst_t;
    pub fn wasm_runtime_deinstantiate(module_inst: wasm_module_inst_t);
    pub fn wasm_runtime_set_custom_data(module_inst: wasm_module_inst_t, custom_data: *mut c_void);
    pub fn wasm_runtime_get_custom_data(module_inst: wasm_module_inst_t) -> *mut c_void;

    pub fn wasm_runtime_create_exec_env(module_inst: wasm_module_inst_t, stack_size: u32) -> wasm_exec_env_t;
    pub fn wasm_runtime_destroy_exec_env(exec_env: wasm_exec_env_t);
    pub fn wasm_runtime_get_module_inst(exec_env: wasm_exec_env_t) -> wasm_module_inst_t;

    pub fn wasm_runtime_lookup_function(module_inst: wasm_module_inst_t, name: *const c_char) -> wasm_function_inst_t;
    pub fn wasm_runtime_call_wasm(
        exec_env: wasm_exec_env_t,
        function: wasm_function_inst_t,
        argc: u32,
        argv: *mut u32,
    ) -> bool;
    pub fn wasm_runtime_get_exception(module_inst: wasm_module_inst_t) -> *const c_char;
    pub fn wasm_runtime_set_exception(module_inst: wasm_module_inst_t, exception: *const c_char);
    pub fn wasm_runtime_terminate(module_inst: wasm_module_inst_t);

    pub fn wasm_runtime_get_memory(module_inst: wasm_module_inst_t, index: u32) -> wasm_memory_inst_t;
    pub fn wasm_memory_get_base_address(memory_inst: wasm_memory_inst_t) -> *mut c_void;
    pub fn wasm_memory_get_cur_page_count(memory_inst: wasm_memory_inst_t) -> u64;
    pub fn wasm_memory_get_bytes_per_page(memory_inst: wasm_memory_inst_t) -> u64;
}
