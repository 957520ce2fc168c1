use crate::arguments::Machine;
use busbar_core::error::HostError;
use busbar_core::text::printable;
use std::ffi::{CStr, CString, c_char};
use std::fs::{DirBuilder, remove_dir_all};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::ptr::NonNull;
use std::slice;
use wasmparser::{Validator, WasmFeatures};

/// What WAMR is built for here: a module that has more is refused before it sees it.
const FEATURES: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::BULK_MEMORY);
const ERROR_LENGTH: usize = 256;
/// What is told of why there is no code, in UTF-16 code units.
const LONGEST_REASON: usize = 200;

unsafe extern "C" {
    fn busbar_compile(
        module: *mut u8,
        size: u32,
        stack_usage_file: *const c_char,
        microcontroller: *const c_char,
        can_be_ended: bool,
        code_size: *mut u32,
        error: *mut c_char,
        error_size: u32,
    ) -> *mut u8;
    fn busbar_free_code(code: *mut u8);
}

/// Makes machine code of a module. `label` is what messages call it.
///
/// # Errors
///
/// When it is no module that this host runs, or there is no code for it.
pub fn compile(label: &str, mut module: Vec<u8>, machine: &Machine) -> Result<Vec<u8>, HostError> {
    let unfit = |what: &str| {
        let what = printable(what.trim_end_matches('.'), LONGEST_REASON);
        HostError::component(format!("{label} is not compiled: {what}; flatten it again."))
    };
    Validator::new_with_features(FEATURES)
        .validate_all(&module)
        .map_err(|error| unfit(&format!("it is no module that this host runs ({})", error.message())))?;
    let size = u32::try_from(module.len()).map_err(|_| unfit("it is too long"))?;
    let folder = Folder::new()?;
    let stack_usage = CString::new(folder.0.join("stack-usage").as_os_str().as_bytes())
        .map_err(|_| HostError::backend("the name of the folder for temporary files has a zero in it.".to_owned()))?;
    let (microcontroller, can_be_ended) = match machine {
        Machine::This { can_be_ended } => (None, *can_be_ended),
        Machine::Microcontroller(processor) if is_cortex_m(processor) => (CString::new(processor.as_str()).ok(), false),
        Machine::Microcontroller(processor) => {
            let processor = printable(processor, LONGEST_REASON);
            return Err(HostError::component(format!(
                "there is no code for {processor}; name a Cortex-M of the architecture Armv7E-M, such as cortex-m4."
            )));
        }
    };
    let (mut length, mut error): (u32, [c_char; ERROR_LENGTH]) = (0, [0; ERROR_LENGTH]);
    // SAFETY: the module is valid and lives as long as the call, which may change it; the names end with a zero; the error has the length
    // that is said.
    let code = unsafe {
        busbar_compile(
            module.as_mut_ptr(),
            size,
            stack_usage.as_ptr(),
            microcontroller.as_ref().map_or(std::ptr::null(), |name| name.as_ptr()),
            can_be_ended,
            &raw mut length,
            error.as_mut_ptr(),
            ERROR_LENGTH as u32,
        )
    };
    let Some(code) = NonNull::new(code) else {
        // SAFETY: what is written ends with a zero within the length, and there are zeros before.
        let said = unsafe { CStr::from_ptr(error.as_ptr()) }.to_string_lossy();
        return Err(unfit(&format!("WAMR makes no code of it ({said})")));
    };
    // SAFETY: it has so many bytes, and is given back once it was copied.
    let bytes = unsafe { slice::from_raw_parts(code.as_ptr(), length as usize) }.to_vec();
    // SAFETY: it came from there.
    unsafe { busbar_free_code(code.as_ptr()) };
    Ok(bytes)
}

/// Those that have the instructions which busbar-wamr-sys is built for: a name that LLVM does not know it takes for its least.
fn is_cortex_m(processor: &str) -> bool {
    ["cortex-m4", "cortex-m7"].contains(&processor)
}

/// A folder for the file through which LLVM tells WAMR how much stack functions take; it is gone when this is dropped, or left to
/// who cleans up temporary files where the process is ended.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, HostError> {
        let path = std::env::temp_dir().join(format!("busbar-wamr-compile-{}", std::process::id()));
        DirBuilder::new().mode(0o700).create(&path).map_err(|cause| {
            HostError::backend(format!(
                "the folder {} cannot be made ({cause}); set TMPDIR to another.",
                path.display()
            ))
        })?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = remove_dir_all(&self.0);
    }
}
