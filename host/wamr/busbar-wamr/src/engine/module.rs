#[cfg(feature = "std")]
use super::code::MachineCode;
use super::imports::Imports;
#[cfg(feature = "std")]
use super::memory_image::MemoryImage;
use super::runtime::making;
use crate::flattened::{CoreFunction, Flattened};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
#[cfg(feature = "std")]
use alloc::vec::Vec;
use busbar_wamr_sys as sys;
use core::ffi::{CStr, c_char};
use core::ptr::NonNull;
#[cfg(feature = "std")]
use core::sync::atomic::AtomicUsize;
#[cfg(feature = "std")]
use std::sync::OnceLock;

const ERROR_LENGTH: usize = 256;
/// How deep the calls of a guest may go, in bytes of the interpreter's stack. WAMR writes zeros to all of it.
#[cfg(feature = "std")]
const STACK: u32 = 512 << 10;
/// Machine code has the thread's stack. WAMR makes an interpreter's for it, too: for none it takes one of its own choice.
const UNUSED_STACK: u32 = 256;

/// How a flattened component is run.
#[cfg(feature = "std")]
pub enum Code {
    /// It is interpreted: the module itself.
    Module(Vec<u8>),
    /// The machine code that was made of it.
    Machine(MachineCode),
}

/// A flattened component, loaded: any number of instances are made of it.
pub struct Module {
    pub(super) module: NonNull<sys::WASMModuleCommon>,
    pub(super) flattened: Arc<Flattened>,
    /// What each instance of it gets as the interpreter's stack, in bytes.
    pub(super) stack: u32,
    #[cfg(feature = "std")]
    pub(super) instances: Instances,
    /// What it was loaded from, where WAMR still needs it.
    #[cfg(feature = "std")]
    _code: Option<Code>,
}

/// What the instances of a module have in common.
#[cfg(feature = "std")]
#[derive(Default)]
pub(super) struct Instances {
    /// How many there are.
    pub(super) alive: AtomicUsize,
    /// What their memory starts with, where there was more than one at a time and it can be shared.
    pub(super) image: OnceLock<Option<MemoryImage>>,
}

// SAFETY: after loading it is only read, by threads that make an instance of it one at a time (`making`); it is unloaded by the
// last who has it.
unsafe impl Send for Module {}
// SAFETY: likewise.
unsafe impl Sync for Module {}

impl Module {
    /// Loads the module that `flattened` was read from, or its machine code. All its imports become functions of the host: the
    /// caller has compared their types.
    ///
    /// # Errors
    ///
    /// When WAMR refuses it, which it does of nothing that is valid and has no more than it was built for.
    #[cfg(feature = "std")]
    pub fn load(flattened: Arc<Flattened>, mut code: Code) -> Result<Arc<Self>, String> {
        let (address, length, freeable, stack) = match &mut code {
            // What it was loaded from is twice what is kept of it.
            Code::Module(bytes) => (bytes.as_mut_ptr(), bytes.len(), true, STACK),
            // WAMR 2.4.3 keeps places in there, whatever it is told here, and would free them.
            Code::Machine(code) => (code.as_mut_ptr(), code.len(), false, UNUSED_STACK),
        };
        let size = u32::try_from(length).map_err(|_| "is too long".to_owned())?;
        // SAFETY: the bytes may be changed, and live as long as the module where it needs them.
        let module = unsafe { load(&flattened, address, size, freeable)? };
        // SAFETY: it was just loaded.
        let needs_code = unsafe { !sys::wasm_runtime_is_underlying_binary_freeable(module.as_ptr()) };
        if let Code::Machine(code) = &mut code {
            code.give_back();
        }
        Ok(Arc::new(Self {
            module,
            flattened,
            stack,
            instances: Instances::default(),
            _code: needs_code.then_some(code),
        }))
    }

    /// The same of machine code that runs where it is, made of the module that `flattened` was read from:
    /// `busbar-wamr-compile --microcontroller`.
    ///
    /// # Safety
    ///
    /// The code is not checked: whoever made it is trusted, to have made it of that module, for this processor.
    ///
    /// # Errors
    ///
    /// When WAMR refuses it: it is of another version, or there is no memory left.
    #[cfg(not(feature = "std"))]
    pub unsafe fn in_place(flattened: Arc<Flattened>, code: &'static [u8]) -> Result<Arc<Self>, String> {
        let size = u32::try_from(code.len()).map_err(|_| "is too long".to_owned())?;
        // SAFETY: the code lives for ever, and WAMR writes only to code that is not to run in place.
        let module = unsafe { load(&flattened, code.as_ptr().cast_mut(), size, false)? };
        Ok(Arc::new(Self { module, flattened, stack: UNUSED_STACK }))
    }

    /// What it was loaded from.
    pub fn flattened(&self) -> &Arc<Flattened> {
        &self.flattened
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        let _making = making();
        // SAFETY: it was loaded, and no instance of it is left: each keeps it.
        unsafe { sys::wasm_runtime_unload(self.module.as_ptr()) }
    }
}

/// Loads a module, with the host's functions for its imports. `freeable`: the bytes need not stay.
///
/// # Safety
///
/// The bytes are so many, may be changed where WAMR does so, and live as long as the module where that needs them.
unsafe fn load(
    flattened: &Flattened,
    bytes: *mut u8,
    size: u32,
    freeable: bool,
) -> Result<NonNull<sys::WASMModuleCommon>, String> {
    let names = flattened.imports.iter().map(|CoreFunction { module, name, .. }| (module.as_str(), name.as_str()));
    let mut imports = Imports::new(names).map_err(|_| "imports a name with a byte of zero in it".to_owned())?;
    let _making = making()?;
    let mut error: ErrorBuffer = [0; _];
    let arguments = sys::LoadArgs {
        name: c"".as_ptr().cast_mut(),
        clone_wasm_binary: false,
        wasm_binary_freeable: freeable,
        no_resolve: false,
    };
    let length = error.len() as u32;
    let module = imports.registered(|| {
        // SAFETY: as the caller says; the error has the length that is said.
        unsafe { sys::wasm_runtime_load_ex(bytes, size, &raw const arguments, error.as_mut_ptr(), length) }
    });
    NonNull::new(module).ok_or_else(|| format!("is refused by WAMR ({})", text_of(&error)))
}

/// What WAMR wrote into a buffer for errors.
pub(super) fn text_of(error: &[c_char; ERROR_LENGTH]) -> String {
    // SAFETY: WAMR ends what it writes with a zero within the length that it was told, and there are zeros before it writes.
    let text = unsafe { CStr::from_ptr(error.as_ptr()) };
    text.to_string_lossy().into_owned()
}

/// A buffer for an error.
pub(super) type ErrorBuffer = [c_char; ERROR_LENGTH];
