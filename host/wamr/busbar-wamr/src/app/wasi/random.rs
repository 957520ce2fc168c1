//! wasi:random.

use crate::abi::{IntoValue, Value, take};
use crate::app::context::AppState;
use crate::component::{Answered, HostFunction, Parameters};
use crate::trap::Trap;
use busbar_core::app::{random_bytes, random_u64};

/// The functions of these interfaces.
pub fn functions() -> Vec<HostFunction<AppState>> {
    vec![
        HostFunction::new("wasi:random/random", "get-random-bytes", bytes),
        HostFunction::new("wasi:random/random", "get-random-u64", number),
        HostFunction::new("wasi:random/insecure", "get-insecure-random-bytes", bytes),
        HostFunction::new("wasi:random/insecure", "get-insecure-random-u64", number),
        HostFunction::new("wasi:random/insecure-seed", "insecure-seed", seed),
    ]
}

fn bytes(_: &mut AppState, parameters: &mut Parameters) -> Answered {
    Ok(Some(random_bytes(take(parameters)?).map_err(Trap::failed)?.into_value()))
}

fn number(_: &mut AppState, _: &mut Parameters) -> Answered {
    Ok(Some(random()?))
}

fn seed(_: &mut AppState, _: &mut Parameters) -> Answered {
    Ok(Some(Value::Record(vec![random()?, random()?])))
}

fn random() -> Result<Value, Trap> {
    Ok(random_u64().map_err(Trap::failed)?.into_value())
}
