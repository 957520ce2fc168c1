use super::guest::call_host;
use alloc::ffi::{CString, NulError};
use alloc::vec;
use alloc::vec::Vec;
use busbar_wamr_sys as sys;
use core::ffi::c_void;

/// The functions of the host for the imports of one module, as WAMR wants them while it loads that. What it keeps of them is the
/// address of one function, and the number of the import, which that is given.
pub struct Imports {
    groups: Vec<Group>,
}

/// Those from one module name.
struct Group {
    module: CString,
    /// Kept for the symbols.
    _names: Vec<CString>,
    symbols: Vec<sys::NativeSymbol>,
}

impl Imports {
    /// Of these imports, in the order of the module.
    ///
    /// # Errors
    ///
    /// When a name has a byte of zero in it, which ends a name in C.
    pub fn new<'a>(imports: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, NulError> {
        let mut groups: Vec<Group> = Vec::new();
        for (index, (module, name)) in imports.enumerate() {
            let (module, name) = (CString::new(module)?, CString::new(name)?);
            let symbol = sys::NativeSymbol {
                symbol: name.as_ptr(),
                func_ptr: call_host as sys::RawFunction as *mut c_void,
                // The types were compared before.
                signature: core::ptr::null(),
                attachment: core::ptr::without_provenance_mut(index),
            };
            let known = groups.iter_mut().find(|group| group.module == module);
            match known {
                Some(group) => {
                    group._names.push(name);
                    group.symbols.push(symbol);
                }
                None => groups.push(Group { module, _names: vec![name], symbols: vec![symbol] }),
            }
        }
        Ok(Self { groups })
    }

    /// Runs something while WAMR finds these functions, and no others. The caller has [`super::runtime::making`]'s guard.
    pub fn registered<T>(&mut self, run: impl FnOnce() -> T) -> T {
        for Group { module, symbols, .. } in &mut self.groups {
            // There are no more than a module has imports.
            let count = symbols.len() as u32;
            // SAFETY: the name and the symbols live until they are taken back below, and are not touched until then.
            unsafe { sys::wasm_runtime_register_natives_raw(module.as_ptr(), symbols.as_mut_ptr(), count) };
        }
        let done = run();
        for Group { module, symbols, .. } in &mut self.groups {
            // SAFETY: as above; it is the pair that was registered.
            unsafe { sys::wasm_runtime_unregister_natives(module.as_ptr(), symbols.as_mut_ptr()) };
        }
        done
    }
}
