use super::code::MachineCode;
use super::imports::Imports;
use super::runtime::making;
use crate::flattened::{CoreFunction, Flattened};
use busbar_wamr_sys as sys;
use std::ffi::{CStr, c_char};
use std::ptr::NonNull;
use std::sync::Arc;

const ERROR_LENGTH: usize = 256;

/// How a flattened component is run.
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
    /// What it was loaded from, where WAMR still needs it.
    _binary: Option<Vec<u8>>,
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
    pub fn load(flattened: Arc<Flattened>, code: Code) -> Result<Arc<Self>, String> {
        let (mut bytes, is_module) = match code {
            Code::Module(bytes) => (bytes, true),
            Code::Machine(code) => (code.into_bytes(), false),
        };
        let names = flattened.imports.iter().map(|CoreFunction { module, name, .. }| (module.as_str(), name.as_str()));
        let mut imports = Imports::new(names).map_err(|_| "imports a name with a byte of zero in it".to_owned())?;
        let size = u32::try_from(bytes.len()).map_err(|_| "is too long".to_owned())?;
        let making = making()?;
        let mut error: [c_char; ERROR_LENGTH] = [0; ERROR_LENGTH];
        let arguments = sys::LoadArgs {
            name: c"".as_ptr().cast_mut(),
            clone_wasm_binary: false,
            // What a module was loaded from is twice what is kept of it. Of machine code WAMR 2.4.3 keeps places in there, whatever it
            // is told here, and would free them.
            wasm_binary_freeable: is_module,
            no_resolve: false,
        };
        let module = imports.registered(|| {
            // SAFETY: the bytes may be changed, and live as long as the module where it needs them; the error has the length that
            // is said.
            unsafe {
                sys::wasm_runtime_load_ex(
                    bytes.as_mut_ptr(),
                    size,
                    &raw const arguments,
                    error.as_mut_ptr(),
                    ERROR_LENGTH as u32,
                )
            }
        });
        let module = NonNull::new(module).ok_or_else(|| format!("is refused by WAMR ({})", text_of(&error)))?;
        // SAFETY: it was just loaded.
        let needs_binary = unsafe { !sys::wasm_runtime_is_underlying_binary_freeable(module.as_ptr()) };
        drop(making);
        Ok(Arc::new(Self { module, flattened, _binary: needs_binary.then_some(bytes) }))
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

/// What WAMR wrote into a buffer for errors.
pub(super) fn text_of(error: &[c_char; ERROR_LENGTH]) -> String {
    // SAFETY: WAMR ends what it writes with a zero within the length that it was told, and there are zeros before it writes.
    let text = unsafe { CStr::from_ptr(error.as_ptr()) };
    text.to_string_lossy().into_owned()
}

/// A buffer for an error.
pub(super) type ErrorBuffer = [c_char; ERROR_LENGTH];
