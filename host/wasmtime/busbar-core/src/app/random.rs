//! wasi:random: the system's own source, which is as good for what need not be secure.

use std::io;

/// The most bytes that one call gives; a program asks for a few.
const MOST_BYTES: u64 = 1 << 20;

/// So many random bytes. The error is why an app that asks for them is ended.
pub fn random_bytes(length: u64) -> Result<Vec<u8>, String> {
    let count = usize::try_from(length).ok().filter(|_| length <= MOST_BYTES);
    let count = count.ok_or_else(|| format!("wasi:random: more than {MOST_BYTES} bytes were asked for at once"))?;
    let mut bytes = vec![0; count];
    fill(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// A random number. The error is as of [`random_bytes`].
pub fn random_u64() -> Result<u64, String> {
    let mut bytes = [0; 8];
    fill(&mut bytes).map_err(|error| error.to_string())?;
    Ok(u64::from_ne_bytes(bytes))
}

/// getrandom(2) gives 256 bytes at once at least; of more it may give a part.
fn fill(mut bytes: &mut [u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        // SAFETY: the bytes are there, and as many as is said.
        let count = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
        match usize::try_from(count) {
            Ok(count) => bytes = &mut bytes[count..],
            Err(_) => {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
        }
    }
    Ok(())
}
