use super::exception::trap_of;
use super::function::Function;
use super::guest::Guest;
use super::limits::Limits;
#[cfg(feature = "std")]
use super::memory_image::MemoryImage;
use super::module::{ErrorBuffer, Module, text_of};
use super::runtime::making;
#[cfg(feature = "std")]
use crate::abi::Memory as _;
use crate::trap::Trap;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use busbar_core::locked::{Mutex, locked};
use busbar_wamr_sys as sys;
use core::cell::{Cell, RefCell};
use core::ffi::CStr;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering};

/// The number of the next instance.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// The functions of the host for one instance.
pub trait Host: Send {
    /// Answers the call of an import, by its number in the module. The values are its parameters; a result is put in the first.
    ///
    /// # Errors
    ///
    /// What ends the guest.
    fn call(&self, import: usize, guest: &mut Guest<'_>, values: &mut [u64]) -> Result<(), Trap>;
}

/// A guest: an instance of a module, with a stack of its own. One thread calls it, whichever that is.
pub struct Instance {
    instance: NonNull<sys::WASMModuleInstanceCommon>,
    exec_env: NonNull<sys::WASMExecEnv>,
    /// From a box; WAMR has it, too, for the calls of the host.
    context: NonNull<Context>,
    /// Shared with who may end it.
    running: Running,
}

type Running = Arc<Mutex<Option<Ending>>>;

/// Who may still be told to end.
struct Ending(NonNull<sys::WASMModuleInstanceCommon>);

// SAFETY: WAMR says that an instance may be told to end by any thread (wasm_export.h, wasm_runtime_terminate).
unsafe impl Send for Ending {}

// SAFETY: WAMR binds nothing of an instance to a thread when bounds are checked without signals; who has it calls it, one call at a
// time. What it shares with other threads is behind a lock.
unsafe impl Send for Instance {}

/// What a call of the host works with. Only the thread in which the guest runs looks at it.
pub(super) struct Context {
    /// No other instance of this process has it, neither before nor after.
    pub(super) number: usize,
    pub(super) module: Arc<Module>,
    host: Box<dyn Host>,
    pub(super) realloc: RefCell<Option<Function>>,
    /// Whether the guest may call the host.
    pub(super) may_leave: Cell<bool>,
    /// Whether it wanted more memory than it may have, in this call.
    pub(super) memory_refused: Cell<bool>,
    limits: Limits,
    /// What the host ended it for.
    trap: RefCell<Option<Trap>>,
}

/// Ends a guest from another thread.
#[derive(Clone)]
pub struct Ender(Running);

impl Ender {
    /// Ends the call under way, and with it the guest, in [`Trap::Ended`]. It takes effect where the guest's code jumps or calls;
    /// a call of the host is not ended.
    pub fn end(&self) {
        if let Some(Ending(instance)) = &*locked(&self.0) {
            // SAFETY: it is alive: it takes itself out of here before it is gone.
            unsafe { sys::wasm_runtime_terminate(instance.as_ptr()) }
        }
    }
}

impl Instance {
    /// Makes an instance; nothing of it runs.
    ///
    /// # Errors
    ///
    /// Why it cannot be made, as what comes after "does not start:".
    pub fn new(module: &Arc<Module>, limits: Limits, host: Box<dyn Host>) -> Result<Self, String> {
        let making = making()?;
        let instance = instantiate(module, limits)?;
        // SAFETY: the instance was just made.
        let exec_env = unsafe { sys::wasm_runtime_create_exec_env(instance.as_ptr(), module.stack) };
        let Some(exec_env) = NonNull::new(exec_env) else {
            // SAFETY: nobody has it but this.
            unsafe { sys::wasm_runtime_deinstantiate(instance.as_ptr()) };
            return Err("there is no memory left for its stack".to_owned());
        };
        #[cfg(feature = "std")]
        // SAFETY: it was just made, with this stack.
        unsafe {
            super::interpreter_stack::give_back(exec_env, module.stack);
        }
        let context = NonNull::from(Box::leak(Box::new(Context {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            module: module.clone(),
            host,
            realloc: RefCell::default(),
            may_leave: Cell::new(true),
            memory_refused: Cell::new(false),
            limits,
            trap: RefCell::default(),
        })));
        // SAFETY: the instance is alive, and the context lives longer.
        unsafe { sys::wasm_runtime_set_custom_data(instance.as_ptr(), context.as_ptr().cast()) };
        drop(making);
        let running = Arc::new(Mutex::new(Some(Ending(instance))));
        let mut made = Self { instance, exec_env, context, running };
        let realloc = made.guest().function("cabi_realloc");
        *made.context().realloc.borrow_mut() = realloc;
        #[cfg(feature = "std")]
        if !made.share_memory() {
            return Err("there is no memory left".to_owned());
        }
        Ok(made)
    }

    /// What its memory starts with is kept once for all instances of its module, where there is another one already. False where that
    /// failed, and it must not run.
    #[cfg(feature = "std")]
    fn share_memory(&mut self) -> bool {
        let module = self.context().module.clone();
        if module.instances.alive.fetch_add(1, Ordering::Relaxed) == 0 {
            return true;
        }
        let mut guest = self.guest();
        let image = module.instances.image.get_or_init(|| MemoryImage::of(guest.bytes()));
        // SAFETY: WAMR maps a memory for each instance, and nothing of it has run.
        image.as_ref().is_none_or(|image| unsafe { image.share(guest.bytes_mut()) })
    }

    /// The guest, for one call from outside.
    pub fn guest(&mut self) -> Guest<'_> {
        self.context().memory_refused.set(false);
        Guest { context: self.context(), instance: self.instance, exec_env: self.exec_env }
    }

    /// Who can end it.
    pub fn ender(&self) -> Ender {
        Ender(self.running.clone())
    }

    fn context(&self) -> &Context {
        // SAFETY: it lives as long as this, and is only ever borrowed shared.
        unsafe { self.context.as_ref() }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        #[cfg(feature = "std")]
        self.context().module.instances.alive.fetch_sub(1, Ordering::Relaxed);
        // Nobody ends it any more.
        *locked(&self.running) = None;
        let making = making();
        // SAFETY: no call is under way, for that borrows this; the environment goes before its instance, the context after it, and
        // all three are used by nobody then.
        unsafe {
            sys::wasm_runtime_destroy_exec_env(self.exec_env.as_ptr());
            sys::wasm_runtime_deinstantiate(self.instance.as_ptr());
        }
        drop(making);
        // SAFETY: it came from a box, and WAMR has forgotten it. Its module may be unloaded with it.
        drop(unsafe { Box::from_raw(self.context.as_ptr()) });
    }
}

fn instantiate(module: &Module, limits: Limits) -> Result<NonNull<sys::WASMModuleInstanceCommon>, String> {
    let mut error: ErrorBuffer = [0; _];
    let mut arguments = core::ptr::null_mut();
    // SAFETY: the arguments are made, used and destroyed here; the module is alive, and the error has the length that is said.
    let instance = unsafe {
        if !sys::wasm_runtime_instantiation_args_create(&raw mut arguments) {
            return Err("there is no memory left".to_owned());
        }
        sys::wasm_runtime_instantiation_args_set_default_stack_size(arguments, module.stack);
        sys::wasm_runtime_instantiation_args_set_host_managed_heap_size(arguments, 0);
        let most_pages = limits.pages(module.flattened().table_bytes);
        sys::wasm_runtime_instantiation_args_set_max_memory_pages(arguments, most_pages);
        let length = error.len() as u32;
        let instance = sys::wasm_runtime_instantiate_ex2(module.module.as_ptr(), arguments, error.as_mut_ptr(), length);
        sys::wasm_runtime_instantiation_args_destroy(arguments);
        instance
    };
    NonNull::new(instance).ok_or_else(|| text_of(&error))
}

impl Context {
    /// How many values a call of an import takes or gives.
    pub(super) fn most_values(&self, import: usize) -> usize {
        let declared = self.module.flattened().imports.get(import);
        declared.map_or(0, |import| import.parameters.len().max(import.results.len()))
    }

    pub(super) fn answer(&self, import: usize, guest: &mut Guest<'_>, values: &mut [u64]) -> Result<(), Trap> {
        if !self.may_leave.get() {
            return Err(Trap::failed("cannot leave component instance"));
        }
        #[cfg(not(feature = "std"))]
        if super::interrupt::is_ending() {
            return Err(Trap::Ended);
        }
        self.host.call(import, guest, values)
    }

    /// The host ends the guest.
    pub(super) fn fail(&self, instance: NonNull<sys::WASMModuleInstanceCommon>, trap: Trap) {
        self.trap.borrow_mut().get_or_insert(trap);
        // SAFETY: the instance is alive: it calls the host. WAMR copies the text.
        unsafe { sys::wasm_runtime_set_exception(instance.as_ptr(), c"ended by the host".as_ptr()) }
    }

    /// What ended the guest.
    pub(super) fn trap(&self, instance: NonNull<sys::WASMModuleInstanceCommon>) -> Trap {
        if let Some(trap) = self.trap.borrow().clone() {
            return trap;
        }
        // SAFETY: the instance is alive; the text is WAMR's, and is copied before anything else is asked of it.
        let said = unsafe {
            let said = sys::wasm_runtime_get_exception(instance.as_ptr());
            if said.is_null() { String::new() } else { CStr::from_ptr(said).to_string_lossy().into_owned() }
        };
        match trap_of(&said) {
            // A guest that gets no more memory sees that, can do little about it, and usually traps.
            Trap::Failed(_) if self.memory_refused.get() => Trap::failed(self.limits.memory_refused()),
            trap => trap,
        }
    }
}
