//! The asynchronous ABI of WASI 0.3: what a guest waits for without holding itself, and what it sends without being asked.

pub(crate) mod bindings;
mod exports;
mod outcome;
mod pump;
#[doc(hidden)]
pub mod sensor_types;
mod timer;

pub use exports::STREAM_INTERFACE;
pub(crate) use exports::{check_streams, exports_streams, streams_of};
pub(crate) use outcome::Outcome;
pub(crate) use pump::Pump;
