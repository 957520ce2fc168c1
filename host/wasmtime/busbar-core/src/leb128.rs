//! Numbers as WebAssembly's binaries have them: WebAssembly Core Specification, 5.2.2.

/// Why there is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoNumber {
    /// The bytes end within it.
    EndsTooEarly,
    /// It takes more than 5 bytes, or more than 32 bits.
    TooLarge,
}

/// Reads an unsigned number of 32 bits. Gives it, and the bytes after it.
///
/// # Errors
///
/// [`NoNumber`].
pub fn read_u32(mut bytes: &[u8]) -> Result<(u32, &[u8]), NoNumber> {
    let mut number = 0;
    for place in 0..5 {
        let (byte, rest) = bytes.split_first().ok_or(NoNumber::EndsTooEarly)?;
        bytes = rest;
        if place == 4 && *byte > 0x0f {
            break;
        }
        number |= u32::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok((number, bytes));
        }
    }
    Err(NoNumber::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::{NoNumber, read_u32};

    #[test]
    fn a_number_has_32_bits_in_at_most_5_bytes() {
        assert_eq!(read_u32(&[0x7f, 9]), Ok((127, &[9][..])));
        // It need not be the shortest.
        assert_eq!(read_u32(&[0x80, 0x80, 0x00]), Ok((0, &[][..])));
        assert_eq!(read_u32(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Ok((u32::MAX, &[][..])));
        assert_eq!(read_u32(&[0xff, 0xff, 0xff, 0xff, 0x1f]), Err(NoNumber::TooLarge));
        assert_eq!(read_u32(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00]), Err(NoNumber::TooLarge));
        assert_eq!(read_u32(&[0x80]), Err(NoNumber::EndsTooEarly));
        assert_eq!(read_u32(&[]), Err(NoNumber::EndsTooEarly));
    }
}
