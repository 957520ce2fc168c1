//! wasi:cli: an app's arguments, its input and output, and its end.

use crate::abi::{IntoValue, Value, list, take};
use crate::app::context::AppState;
use crate::component::{Answered, HostFunction, Parameters};
use crate::trap::Trap;
use busbar_core::app::{InputStream, OutputStream};

const ENVIRONMENT: &str = "wasi:cli/environment";
const EXIT: &str = "wasi:cli/exit";

/// The functions of these interfaces.
pub fn functions() -> Vec<HostFunction<AppState>> {
    let stdin = |state: &mut AppState, _: &mut Parameters| {
        let stdin = InputStream(state.stdin.clone());
        Ok(Some(state.table.push(stdin)))
    };
    let stdout = |state: &mut AppState, _: &mut Parameters| {
        let stdout = OutputStream(state.stdout.clone());
        Ok(Some(state.table.push(stdout)))
    };
    let stderr = |state: &mut AppState, _: &mut Parameters| {
        let stderr = OutputStream(state.stderr.clone());
        Ok(Some(state.table.push(stderr)))
    };
    vec![
        HostFunction::new("wasi:cli/stdin", "get-stdin", stdin),
        HostFunction::new("wasi:cli/stdout", "get-stdout", stdout),
        HostFunction::new("wasi:cli/stderr", "get-stderr", stderr),
        // The arguments, and nothing of the machine's own environment.
        HostFunction::new(ENVIRONMENT, "get-environment", |_: &mut AppState, _| Ok(Some(list::<Value>([])))),
        HostFunction::new(ENVIRONMENT, "get-arguments", arguments),
        HostFunction::new(ENVIRONMENT, "initial-cwd", nothing),
        HostFunction::new(EXIT, "exit", exit),
        HostFunction::new(EXIT, "exit-with-code", exit_with_code),
        // No app ever has a terminal, and so its output has no escape sequences.
        HostFunction::new("wasi:cli/terminal-stdin", "get-terminal-stdin", nothing),
        HostFunction::new("wasi:cli/terminal-stdout", "get-terminal-stdout", nothing),
        HostFunction::new("wasi:cli/terminal-stderr", "get-terminal-stderr", nothing),
    ]
}

fn arguments(state: &mut AppState, _: &mut Parameters) -> Answered {
    let name = state.app.to_string();
    Ok(Some(list(std::iter::once(name).chain(state.arguments.iter().cloned()))))
}

fn nothing(_: &mut AppState, _: &mut Parameters) -> Answered {
    Ok(Some(None::<Value>.into_value()))
}

/// No guest can catch it: what a function of the host fails with ends the instance.
fn exit(_: &mut AppState, parameters: &mut Parameters) -> Answered {
    let status: Value = take(parameters)?;
    Err(Trap::Exited(u8::from(status != Value::ok(None))))
}

fn exit_with_code(_: &mut AppState, parameters: &mut Parameters) -> Answered {
    Err(Trap::Exited(take(parameters)?))
}
