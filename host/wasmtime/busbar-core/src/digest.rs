//! SHA-256, in hexadecimal.

use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::io::{self, Read};

/// The SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The SHA-256 of all that is left to read.
///
/// # Errors
///
/// When it cannot be read.
pub fn sha256_of(reader: &mut impl Read) -> io::Result<String> {
    sha256_after("", reader)
}

/// The SHA-256 of `prefix` and of all that is left to read.
///
/// # Errors
///
/// When it cannot be read.
pub fn sha256_after(prefix: &str, reader: &mut impl Read) -> io::Result<String> {
    let mut hash = Sha256::new_with_prefix(prefix);
    let mut buffer = vec![0; 256 << 10];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(hexadecimal(&hash.finalize())),
            Ok(length) => hash.update(&buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Bytes as two lower-case digits each.
pub fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Whether a text is a SHA-256 as it is written here.
pub fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
