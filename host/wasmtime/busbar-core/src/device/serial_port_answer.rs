//! What a driver tells of a serial line, and how much it reads of it, so far as that makes sense.

use super::DeviceError;
use super::answer::require_answer;

/// USBCDC PSTN 1.2 table 17, bDataBits.
const DATA_BITS: [u8; 5] = [5, 6, 7, 8, 16];

/// Checks the settings of a line.
pub fn require_line(name: &str, baud_rate: u32, data_bits: u8) -> Result<(), DeviceError> {
    require_answer(name, baud_rate >= 1 && DATA_BITS.contains(&data_bits), || {
        format!("says that the line has {baud_rate} baud and {data_bits} data bits")
    })
}

/// Checks that no more bytes were given than were asked for.
pub fn require_at_most(name: &str, length: usize, maximum: u32) -> Result<(), DeviceError> {
    require_answer(name, length <= maximum as usize, || {
        format!("gives {length} bytes where {maximum} were asked for at most")
    })
}
