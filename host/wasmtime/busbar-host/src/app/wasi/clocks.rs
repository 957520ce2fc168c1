//! wasi:clocks.

use super::bindings::wasi::clocks::{monotonic_clock, wall_clock};
use super::poll::Pollable;
use crate::app::context::AppState;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wasmtime::Result;
use wasmtime::component::Resource;

impl monotonic_clock::Host for AppState {
    fn now(&mut self) -> Result<u64> {
        Ok(self.clock.now_ns())
    }

    fn resolution(&mut self) -> Result<u64> {
        Ok(1_000)
    }

    fn subscribe_instant(&mut self, when: u64) -> Result<Resource<Pollable>> {
        Ok(self.table.push(Pollable::At(when))?)
    }

    fn subscribe_duration(&mut self, when: u64) -> Result<Resource<Pollable>> {
        Ok(self.table.push(Pollable::At(self.clock.now_ns().saturating_add(when)))?)
    }
}

impl wall_clock::Host for AppState {
    fn now(&mut self) -> Result<wall_clock::Datetime> {
        // A machine whose clock is before 1970 has lost it.
        Ok(datetime(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()))
    }

    fn resolution(&mut self) -> Result<wall_clock::Datetime> {
        Ok(wall_clock::Datetime { seconds: 0, nanoseconds: 1_000_000 })
    }
}

/// A time since 1970.
pub fn datetime(since_1970: Duration) -> wall_clock::Datetime {
    wall_clock::Datetime { seconds: since_1970.as_secs(), nanoseconds: since_1970.subsec_nanos() }
}
