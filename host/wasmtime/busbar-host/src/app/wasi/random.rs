//! wasi:random.

use super::bindings::wasi::random::{insecure, insecure_seed, random};
use crate::app::context::AppState;
use busbar_core::app::{random_bytes, random_u64};
use wasmtime::{Error, Result};

impl random::Host for AppState {
    fn get_random_bytes(&mut self, length: u64) -> Result<Vec<u8>> {
        random_bytes(length).map_err(Error::msg)
    }

    fn get_random_u64(&mut self) -> Result<u64> {
        random_u64().map_err(Error::msg)
    }
}

impl insecure::Host for AppState {
    fn get_insecure_random_bytes(&mut self, length: u64) -> Result<Vec<u8>> {
        random_bytes(length).map_err(Error::msg)
    }

    fn get_insecure_random_u64(&mut self) -> Result<u64> {
        random_u64().map_err(Error::msg)
    }
}

impl insecure_seed::Host for AppState {
    fn insecure_seed(&mut self) -> Result<(u64, u64)> {
        let both = random_u64().and_then(|one| Ok((one, random_u64()?)));
        both.map_err(Error::msg)
    }
}
