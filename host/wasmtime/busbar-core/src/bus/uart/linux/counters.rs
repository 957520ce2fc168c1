use super::constants::ICOUNTER_INTS;

/// What went wrong on a line since its driver was loaded, as it counts that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct LineCounters {
    pub(super) frame: i32,
    pub(super) parity: i32,
    /// Of the chip, and of the kernel's buffer behind it.
    pub(super) overrun: i32,
}

impl LineCounters {
    /// Of `struct serial_icounter_struct` of linux/serial.h.
    pub(super) fn decode(ints: &[i32; ICOUNTER_INTS]) -> Self {
        Self { frame: ints[6], parity: ints[8], overrun: ints[7].wrapping_add(ints[10]) }
    }
}
