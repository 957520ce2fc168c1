use crate::abi::Flat;
use crate::flattened::CoreFunction;
use alloc::vec::Vec;
use busbar_wamr_sys as sys;
use core::ptr::NonNull;

/// A function that an instance exports; of no use with another instance, which refuses it.
#[derive(Clone)]
pub struct Function {
    pub(super) function: NonNull<sys::WASMFunctionInstanceCommon>,
    /// The number of its instance.
    pub(super) of: usize,
    pub(super) parameters: Vec<Flat>,
    pub(super) results: Vec<Flat>,
}

// SAFETY: it is an address that is only used by a call of the instance that it belongs to, which is compared then.
unsafe impl Send for Function {}

impl Function {
    pub(super) fn new(
        function: NonNull<sys::WASMFunctionInstanceCommon>,
        of: usize,
        CoreFunction { parameters, results, .. }: &CoreFunction,
    ) -> Self {
        Self { function, of, parameters: parameters.clone(), results: results.clone() }
    }

    /// Values as WAMR takes them: in 32 bits each, those of 64 bits in two of them, the lower half first. There is room for the
    /// results, too.
    pub(super) fn cells(&self, values: &[u64]) -> Vec<u32> {
        let mut cells = Vec::with_capacity(2 * self.parameters.len().max(self.results.len()));
        for (value, flat) in values.iter().zip(&self.parameters) {
            // The two halves.
            cells.push(*value as u32);
            if is_wide(*flat) {
                cells.push((*value >> 32) as u32);
            }
        }
        cells
    }

    /// The only result, from where WAMR puts it.
    pub(super) fn result(&self, cells: &[u32]) -> Option<u64> {
        let flat = self.results.first()?;
        let low = u64::from(*cells.first()?);
        Some(if is_wide(*flat) { low | u64::from(*cells.get(1)?) << 32 } else { low })
    }
}

fn is_wide(flat: Flat) -> bool {
    matches!(flat, Flat::I64 | Flat::F64)
}
