//! `busbar-wamr`: reads the sensors of a board, and runs its apps, on devices for which Node, and Wasmtime, are too much.

mod command;

use busbar_command::exit::Failure;
use busbar_command::output::{Output, OutputOptions};
use busbar_command::scan::scan;
use busbar_core::error::HostError;
use command::arguments::{Parsed, Task, help, parse};
use command::call::call;
use command::compile::compile;
use command::doctor::doctor;
use command::inspect::inspect;
use command::keep::watch;
use command::read::read;
use command::run::run;
use serde_json::json;
use std::process::ExitCode;
use tokio::runtime::Builder;
use tokio::task::LocalSet;

fn main() -> ExitCode {
    let Parsed { task, output } = parse(std::env::args_os().skip(1));
    match task.and_then(|task| perform(task, output)) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            Output::new(output).error(&failure, json!({}));
            ExitCode::from(failure.exit_code())
        }
    }
}

fn perform(task: Task, output: OutputOptions) -> Result<u8, Failure> {
    match task {
        Task::Help => {
            print!("{}", help());
            Ok(0)
        }
        Task::Version => {
            println!("{}", env!("CARGO_PKG_VERSION"));
            Ok(0)
        }
        Task::Scan { bus } => scan(bus.as_deref(), output),
        Task::Doctor { board } => Ok(doctor(board.as_ref(), output)),
        Task::Inspect { component } => inspect(&component, output),
        Task::Compile { board, limits } => compile(&board, limits),
        Task::Call { board, operands } => on_this_thread(async move { call(&board, &operands).await }),
        Task::Read { board, devices } => on_this_thread(async move { read(&board, &devices).await }),
        Task::Watch { board, devices, keep: options } => {
            on_this_thread(async move { watch(&board, &devices, &options).await })
        }
        Task::Run { board, keep: options, once } => on_this_thread(async move { run(&board, &options, &once).await }),
    }
}

/// One thread prints and waits; each driver and each app has one of its own.
fn on_this_thread(work: impl Future<Output = Result<u8, Failure>>) -> Result<u8, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|cause| HostError::backend(format!("this process cannot wait for anything ({cause}).")))?;
    LocalSet::new().block_on(&runtime, work)
}
