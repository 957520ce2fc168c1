//! The types of busbar:device/sensor, which sensor-stream has too: here as an interface without functions, which is what
//! Wasmtime's macro makes of an interface that only its types are used of.

pub use crate::bindings::exports::busbar::device::sensor::{Channel, Info};
use wasmtime::Result;
use wasmtime::component::{HasData, Linker};

pub trait Host {}

impl<State: ?Sized> Host for State {}

pub trait HostWithStore<State: ?Sized> {}

impl<State: ?Sized, Data: ?Sized> HostWithStore<State> for Data {}

pub fn add_to_linker<State, Data: HasData>(
    _linker: &mut Linker<State>,
    _data: fn(&mut State) -> Data::Data<'_>,
) -> Result<()> {
    Ok(())
}
