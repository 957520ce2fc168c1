//! wasi:io/poll, the same for apps and for drivers, whose pins are waited for with it.

use super::HoldsHandles;
use crate::abi::{IntoValue, Representation, elements, list, take};
use crate::component::{Answered, HostFunction, Parameters};
use crate::trap::Trap;
use busbar_core::app::{NOTHING_TO_WAIT_FOR, Pollable, poll as first_of};
use busbar_core::clock::Clock;

const POLL: &str = "wasi:io/poll";

/// The functions of the interface. `clock` gives the board's time.
pub fn poll_functions<S: HoldsHandles>(clock: fn(&S) -> Clock) -> Vec<HostFunction<S>> {
    vec![
        HostFunction::new(POLL, "poll", move |state: &mut S, parameters: &mut Parameters| {
            poll(state, clock(state), parameters)
        }),
        HostFunction::new(POLL, "[method]pollable.ready", move |state: &mut S, parameters: &mut Parameters| {
            let clock = clock(state);
            Ok(Some(pollable(state, parameters)?.is_ready(clock).into_value()))
        }),
        HostFunction::new(POLL, "[method]pollable.block", move |state: &mut S, parameters: &mut Parameters| {
            let pollable = pollable(state, parameters)?;
            state.pace().wait(pollable.block(clock(state)))?;
            Ok(None)
        }),
        HostFunction::new(POLL, "[resource-drop]pollable", |state: &mut S, parameters: &mut Parameters| {
            state.table().remove::<Pollable>(take(parameters)?)?;
            Ok(None)
        }),
    ]
}

fn poll<S: HoldsHandles>(state: &mut S, clock: Clock, parameters: &mut Parameters) -> Answered {
    let listed: Vec<Representation> = elements(take(parameters)?).ok_or_else(Trap::another_type)?;
    if listed.is_empty() {
        return Err(Trap::failed(NOTHING_TO_WAIT_FOR));
    }
    let table = state.table();
    let pollables: Vec<Pollable> = listed.into_iter().map(|each| table.get(each).cloned()).collect::<Result<_, _>>()?;
    let ready = state.pace().wait(first_of(&pollables, clock))?;
    Ok(Some(list(ready)))
}

fn pollable<S: HoldsHandles>(state: &mut S, parameters: &mut Parameters) -> Result<Pollable, Trap> {
    state.table().get(take(parameters)?).cloned()
}
