use super::layout::Flat;
use crate::trap::Trap;

/// Values of core functions, one after the other, as 64 bits each: CanonicalABI.md, `CoreValueIter`.
pub struct FlatValues<'a> {
    values: core::slice::Iter<'a, u64>,
}

impl<'a> FlatValues<'a> {
    /// Those of a call.
    pub fn new(values: &'a [u64]) -> Self {
        Self { values: values.iter() }
    }

    /// The bits of the next one, of which the upper half of a 32-bit one says nothing.
    ///
    /// # Errors
    ///
    /// Where there is none: never of a function whose type was checked.
    pub fn next_u64(&mut self) -> Result<u64, Trap> {
        self.values.next().copied().ok_or_else(|| Trap::failed("a function is called with too few values"))
    }

    /// The next one, of 32 bits.
    ///
    /// # Errors
    ///
    /// As [`Self::next_u64`].
    pub fn next_u32(&mut self) -> Result<u32, Trap> {
        // The upper half says nothing.
        Ok(self.next_u64()? as u32)
    }

    /// Leaves out what a case of a variant does not use.
    ///
    /// # Errors
    ///
    /// As [`Self::next_u64`].
    pub fn skip(&mut self, unused: &[Flat]) -> Result<(), Trap> {
        unused.iter().try_for_each(|_| self.next_u64().map(drop))
    }
}
