//! wasi:random: the system's own source, which is as good for what need not be secure.

use super::bindings::wasi::random::{insecure, insecure_seed, random};
use crate::app::context::AppState;
use std::io;
use wasmtime::{Error, Result};

/// The most bytes that one call gives; a program asks for a few.
const MOST_BYTES: u64 = 1 << 20;

impl random::Host for AppState {
    fn get_random_bytes(&mut self, length: u64) -> Result<Vec<u8>> {
        random_bytes(length)
    }

    fn get_random_u64(&mut self) -> Result<u64> {
        random_u64()
    }
}

impl insecure::Host for AppState {
    fn get_insecure_random_bytes(&mut self, length: u64) -> Result<Vec<u8>> {
        random_bytes(length)
    }

    fn get_insecure_random_u64(&mut self) -> Result<u64> {
        random_u64()
    }
}

impl insecure_seed::Host for AppState {
    fn insecure_seed(&mut self) -> Result<(u64, u64)> {
        Ok((random_u64()?, random_u64()?))
    }
}

/// A trap where so many are asked for that nobody can mean it.
fn random_bytes(length: u64) -> Result<Vec<u8>> {
    let count = usize::try_from(length).ok().filter(|_| length <= MOST_BYTES);
    let count =
        count.ok_or_else(|| Error::msg(format!("wasi:random: more than {MOST_BYTES} bytes were asked for at once")))?;
    let mut bytes = vec![0; count];
    fill(&mut bytes)?;
    Ok(bytes)
}

fn random_u64() -> Result<u64> {
    let mut bytes = [0; 8];
    fill(&mut bytes)?;
    Ok(u64::from_ne_bytes(bytes))
}

/// getrandom(2) gives 256 bytes at once at least; of more it may give a part.
fn fill(mut bytes: &mut [u8]) -> Result<()> {
    while !bytes.is_empty() {
        // SAFETY: the bytes are there, and as many as is said.
        let count = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
        match usize::try_from(count) {
            Ok(count) => bytes = &mut bytes[count..],
            Err(_) => {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error.into());
                }
            }
        }
    }
    Ok(())
}
