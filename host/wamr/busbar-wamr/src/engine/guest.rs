use super::function::Function;
use super::instance::Context;
use crate::abi::Memory;
use crate::trap::Trap;
use alloc::ffi::CString;
use busbar_wamr_sys as sys;
use core::ffi::{c_int, c_void};
use core::ptr::NonNull;
#[cfg(not(feature = "std"))]
use sys::busbar_call_wasm as call_wasm;
#[cfg(feature = "std")]
use sys::wasm_runtime_call_wasm as call_wasm;

/// A guest that does not run at this moment, because it calls the host, or the host is about to call it: its memory can be
/// looked at, and its `cabi_realloc` called.
pub struct Guest<'a> {
    pub(super) context: &'a Context,
    pub(super) instance: NonNull<sys::WASMModuleInstanceCommon>,
    pub(super) exec_env: NonNull<sys::WASMExecEnv>,
}

impl Guest<'_> {
    /// A function that it exports; none where it exports none of this name.
    pub fn function(&self, name: &str) -> Option<Function> {
        let declared = self.context.module.flattened().export(name)?;
        let name = CString::new(name).ok()?;
        // SAFETY: the instance is alive, and so is the name.
        let function = unsafe { sys::wasm_runtime_lookup_function(self.instance.as_ptr(), name.as_ptr()) };
        Some(Function::new(NonNull::new(function)?, self.context.number, declared))
    }

    /// Calls a function of it, while it calls the host or before: its own calls of the host are answered.
    ///
    /// # Errors
    ///
    /// When it traps.
    pub fn call(&mut self, function: &Function, values: &[u64]) -> Result<Option<u64>, Trap> {
        if function.of != self.context.number || values.len() != function.parameters.len() {
            return Err(Trap::failed("a function is called with too few values"));
        }
        let mut cells = function.cells(values);
        // No function has so many.
        let count = cells.len() as u32;
        cells.resize(cells.capacity().max(2), 0);
        // SAFETY: function and environment belong to the instance, which is alive; the cells are as many as it takes and gives,
        // for their number comes from its type.
        let ended_well =
            unsafe { call_wasm(self.exec_env.as_ptr(), function.function.as_ptr(), count, cells.as_mut_ptr()) };
        if ended_well { Ok(function.result(&cells)) } else { Err(self.context.trap(self.instance)) }
    }

    /// Calls a function of it that must not call the host: CanonicalABI.md, `may_leave`.
    ///
    /// # Errors
    ///
    /// When it traps, and when it calls the host.
    pub fn call_inside(&mut self, function: &Function, values: &[u64]) -> Result<Option<u64>, Trap> {
        let before = self.context.may_leave.replace(false);
        let called = self.call(function, values);
        self.context.may_leave.set(before);
        called
    }

    fn memory(&self) -> Option<(NonNull<u8>, usize)> {
        // SAFETY: the instance is alive. A memory has the length that is said at the place that is said until it grows, which it
        // does when the guest runs.
        unsafe {
            let memory = sys::wasm_runtime_get_memory(self.instance.as_ptr(), 0);
            if memory.is_null() {
                return None;
            }
            let pages = sys::wasm_memory_get_cur_page_count(memory);
            let length = pages.checked_mul(sys::wasm_memory_get_bytes_per_page(memory))?;
            let base = NonNull::new(sys::wasm_memory_get_base_address(memory).cast::<u8>())?;
            Some((base, usize::try_from(length).ok()?))
        }
    }
}

impl Memory for Guest<'_> {
    fn bytes(&self) -> &[u8] {
        match self.memory() {
            // SAFETY: it is there, nobody writes to it while it is borrowed: the guest runs only when `self` is borrowed mutably.
            Some((base, length)) => unsafe { core::slice::from_raw_parts(base.as_ptr(), length) },
            None => &[],
        }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        match self.memory() {
            // SAFETY: likewise, and nobody reads it.
            Some((base, length)) => unsafe { core::slice::from_raw_parts_mut(base.as_ptr(), length) },
            None => &mut [],
        }
    }

    fn allocate(&mut self, alignment: u32, size: u32) -> Result<u32, Trap> {
        let Some(realloc) = self.context.realloc.borrow().clone() else {
            return Err(Trap::failed("a canonical function needs a realloc and has none"));
        };
        let place = self.call_inside(&realloc, &[0, 0, alignment.into(), size.into()])?;
        // It has one result, of 32 bits: its type was compared.
        Ok(place.unwrap_or(0) as u32)
    }
}

/// What WAMR calls for every import.
pub(super) unsafe extern "C" fn call_host(exec_env: sys::wasm_exec_env_t, args: *mut u64) {
    let Some(exec_env) = NonNull::new(exec_env) else { return };
    // SAFETY: WAMR calls with the environment of an instance of ours, whose custom data is its context (`Instance::new`), and which
    // lives as long as the instance. The attachment is the number of the import (`Imports::new`).
    let (instance, context, import) = unsafe {
        let instance = sys::wasm_runtime_get_module_inst(exec_env.as_ptr());
        let context = sys::wasm_runtime_get_custom_data(instance).cast::<Context>();
        let import = sys::wasm_runtime_get_function_attachment(exec_env.as_ptr()).addr();
        (NonNull::new(instance), context.as_ref(), import)
    };
    let (Some(instance), Some(context)) = (instance, context) else { return };
    let mut guest = Guest { context, instance, exec_env };
    // SAFETY: WAMR gives as many elements as the import has parameters, and sixteen at least.
    let values = unsafe { core::slice::from_raw_parts_mut(args, context.most_values(import)) };
    if let Err(trap) = context.answer(import, &mut guest, values) {
        context.fail(instance, trap);
    }
}

/// What WAMR calls where a memory does not grow.
pub(super) unsafe extern "C" fn memory_refused(
    _pages: u32,
    _current_bytes: u64,
    _memory: u32,
    _reason: c_int,
    instance: sys::wasm_module_inst_t,
    _exec_env: sys::wasm_exec_env_t,
    _user_data: *mut c_void,
) {
    // SAFETY: as in `call_host`; while an instance is made, it has no context yet.
    let context = unsafe { sys::wasm_runtime_get_custom_data(instance).cast::<Context>().as_ref() };
    if let Some(context) = context {
        context.memory_refused.set(true);
    }
}
