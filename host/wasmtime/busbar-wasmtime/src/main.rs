//! `busbar-wasmtime`: runs the drivers and apps of a board without Node.

mod arguments;
mod closest;
mod commands;
mod compiler;
mod confine;
mod health;
mod history;
mod keep_all;
mod output;
mod outside;
mod plot_names;
mod reload;
mod service;
mod session;
mod use_record;
mod watched_file;

use arguments::{Parsed, Task};
use busbar_command::exit::Failure;
use busbar_command::scan::scan;
use commands::{call::call, doctor::doctor, inspect::inspect, read::read, run::run, status::status, watch::watch};
use output::{Output, OutputOptions};
use serde_json::json;
use std::process::ExitCode;
use tokio::runtime::Builder;
use tokio::task::LocalSet;

fn main() -> ExitCode {
    let Parsed { task, output } = arguments::parse(std::env::args_os().skip(1));
    let ended = task.and_then(|task| perform(task, output));
    match ended {
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
            print!("{}", arguments::help());
            Ok(0)
        }
        Task::Version => {
            println!("{}", env!("CARGO_PKG_VERSION"));
            Ok(0)
        }
        Task::Scan { bus } => scan(bus.as_deref(), output),
        Task::Inspect { component } => inspect(&component, output),
        Task::Status { place } => status(place.as_deref(), output),
        Task::Outside(options) => outside::serve(&options),
        Task::Doctor { board } => Ok(doctor(board.as_ref(), output)),
        Task::Call { board, operands } => on_this_thread(async move { call(&board, &operands).await }),
        Task::Read { board, devices } => on_this_thread(async move { read(&board, &devices).await }),
        Task::Watch { board, devices, watch: options } => {
            on_this_thread(async move { watch(&board, &devices, &options).await })
        }
        Task::Run { board, run: options } => on_this_thread(async move { run(&board, &options).await }),
    }
}

/// One thread serves all devices: what they wait for is timers and file descriptors, and no two of them share a store. So
/// nothing needs a lock, and an idle board is one sleeping thread.
fn on_this_thread(work: impl Future<Output = Result<u8, Failure>>) -> Result<u8, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|cause| {
        busbar_host::error::HostError::backend(format!("this process cannot wait for anything ({cause})."))
    })?;
    LocalSet::new().block_on(&runtime, work)
}
