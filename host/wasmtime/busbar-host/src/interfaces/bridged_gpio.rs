//! wasi:gpio/digital for lines that may be behind a bridge, whose driver is waited for.

use super::wasi_gpio::{InOutPin, InPin, OutPin, PinHandle};
use super::{Buses, DrivesBuses, HasBuses};
use crate::bindings::wasi::gpio::{digital, general};
use crate::bus::Later;
use crate::bus::gpio::{GpioError, GpioState};
use wasmtime::component::{Linker, LinkerInstance, Resource};
use wasmtime::{Result, StoreContextMut};

/// Puts the interface into a linker. `is_bridged` says whether a line may be behind a bridge.
pub fn add_digital<State: DrivesBuses + 'static>(linker: &mut Linker<State>, is_bridged: bool) -> Result<()> {
    digital::add_to_linker::<_, HasBuses>(linker, |state| Buses(state))?;
    if !is_bridged {
        return Ok(());
    }
    linker.allow_shadowing(true);
    let mut instance = linker.instance("wasi:gpio/digital@0.2.0")?;
    add_reading::<InPin, State>(&mut instance, "digital-in-pin")?;
    add_reading::<InOutPin, State>(&mut instance, "digital-in-out-pin")?;
    add_setting::<OutPin, State>(&mut instance, "digital-out-pin")?;
    add_setting::<InOutPin, State>(&mut instance, "digital-in-out-pin")?;
    linker.allow_shadowing(false);
    Ok(())
}

/// The functions of pins that can be read.
fn add_reading<P: PinHandle, State: DrivesBuses + 'static>(
    instance: &mut LinkerInstance<'_, State>,
    resource: &str,
) -> Result<()> {
    type Store<'a, State> = StoreContextMut<'a, State>;
    instance.func_wrap_async(
        &format!("[method]{resource}.read"),
        |mut store: Store<'_, State>, (pin,): (Resource<P>,)| {
            let read = Buses(store.data_mut()).read_later(&pin);
            Box::new(async move { Ok((answer(read?.await.map(digital::PinState::from)),)) })
        },
    )?;
    for (name, state) in [("is-active", GpioState::Active), ("is-inactive", GpioState::Inactive)] {
        instance.func_wrap_async(
            &format!("[method]{resource}.{name}"),
            move |mut store: Store<'_, State>, (pin,): (Resource<P>,)| {
                let read = Buses(store.data_mut()).read_later(&pin);
                Box::new(async move { Ok((answer(read?.await.map(|found| found == state)),)) })
            },
        )?;
    }
    Ok(())
}

/// Those of pins that can be set.
fn add_setting<P: PinHandle, State: DrivesBuses + 'static>(
    instance: &mut LinkerInstance<'_, State>,
    resource: &str,
) -> Result<()> {
    type Store<'a, State> = StoreContextMut<'a, State>;
    instance.func_wrap_async(
        &format!("[method]{resource}.set-state"),
        |mut store: Store<'_, State>, (pin, state): (Resource<P>, digital::PinState)| {
            let set = Buses(store.data_mut()).set_later(&pin, state.into());
            Box::new(async move { Ok((answer(set?.await),)) })
        },
    )?;
    for (name, state) in [("set-active", GpioState::Active), ("set-inactive", GpioState::Inactive)] {
        instance.func_wrap_async(
            &format!("[method]{resource}.{name}"),
            move |mut store: Store<'_, State>, (pin,): (Resource<P>,)| {
                let set = Buses(store.data_mut()).set_later(&pin, state);
                Box::new(async move { Ok((answer(set?.await),)) })
            },
        )?;
    }
    instance.func_wrap_async(
        &format!("[method]{resource}.toggle"),
        |mut store: Store<'_, State>, (pin,): (Resource<P>,)| {
            let set = Buses(store.data_mut()).toggle_later(&pin);
            Box::new(async move { Ok((answer(set?.await),)) })
        },
    )
}

fn answer<T>(result: core::result::Result<T, GpioError>) -> core::result::Result<T, general::GpioError> {
    result.map_err(general::GpioError::from)
}

/// What a line answers, when it comes.
type LaterAnswer<T> = Result<Later<core::result::Result<T, GpioError>>>;

impl Buses<'_> {
    fn read_later<P: PinHandle>(&mut self, pin: &Resource<P>) -> LaterAnswer<GpioState> {
        self.line_later(pin, |access, line| access.read_line_later(line))
    }

    fn set_later<P: PinHandle>(&mut self, pin: &Resource<P>, state: GpioState) -> LaterAnswer<()> {
        self.line_later(pin, |access, line| access.set_line_later(line, state))
    }

    fn toggle_later<P: PinHandle>(&mut self, pin: &Resource<P>) -> LaterAnswer<()> {
        self.line_later(pin, |access, line| access.toggle_line_later(line))
    }
}
