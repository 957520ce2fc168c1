//! `busbar-wasmtime-compile`: makes machine code of drivers, for `busbar-wasmtime`, which has no compiler.

use busbar_host::board::read_board;
use busbar_host::components::{CodeStore, code_key, read_component, resolve_component};
use busbar_host::engine::{Addresses, Machine};
use busbar_host::error::{HostError, HostErrorCode};
use busbar_host::text::printable;
use lexopt::{Arg, Parser, ValueExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "Usage: busbar-wasmtime-compile [--any-processor] BOARD
       busbar-wasmtime-compile [--any-processor] --component FILE

Makes machine code of the drivers of a board, or of one component, and keeps it in the cache of this user, where
busbar-wasmtime finds it.

  --any-processor  for every processor of this kind, where the code is brought to another machine
";

/// The most UTF-16 code units of a message.
const LONGEST_MESSAGE: usize = 2_000;

/// What is to be compiled.
enum Task {
    Help,
    Board(PathBuf),
    Component(PathBuf),
}

/// Where the code is to run.
#[derive(Clone, Copy)]
enum Processor {
    This,
    Any,
}

fn main() -> ExitCode {
    match parse().and_then(|(task, processor)| perform(&task, processor)) {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, message)) => {
            eprintln!("busbar: {}", printable(&message, LONGEST_MESSAGE));
            ExitCode::from(code)
        }
    }
}

fn parse() -> Result<(Task, Processor), (u8, String)> {
    let usage = |error: lexopt::Error| (2, format!("{error}."));
    let mut parser = Parser::from_env();
    let mut processor = Processor::This;
    let mut first = parser.next().map_err(usage)?;
    if let Some(Arg::Long("any-processor")) = first {
        processor = Processor::Any;
        first = parser.next().map_err(usage)?;
    }
    let task = match first {
        None | Some(Arg::Short('h') | Arg::Long("help")) => Task::Help,
        Some(Arg::Long("component")) => Task::Component(parser.value().map_err(usage)?.into()),
        Some(Arg::Value(board)) => Task::Board(board.parse().map_err(usage)?),
        Some(other) => return Err(usage(other.unexpected())),
    };
    match parser.next().map_err(usage)? {
        None => Ok((task, processor)),
        Some(more) => Err(usage(more.unexpected())),
    }
}

fn perform(task: &Task, processor: Processor) -> Result<(), (u8, String)> {
    let done = match task {
        Task::Help => {
            print!("{HELP}");
            Ok(())
        }
        Task::Board(path) => compile_board(path, processor),
        Task::Component(file) => compile_component(file, &file.display().to_string(), processor),
    };
    done.map_err(|error| (exit_code(error.code), error.message))
}

fn compile_board(path: &Path, processor: Processor) -> Result<(), HostError> {
    let board = read_board(path)?;
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut drivers: Vec<&String> = board.devices.iter().filter_map(|(_, entry)| entry.driver.as_ref()).collect();
    drivers.sort();
    drivers.dedup();
    for driver in drivers {
        compile_component(&resolve_component(driver, folder)?, driver, processor)?;
        println!("{driver}");
    }
    Ok(())
}

fn compile_component(file: &Path, label: &str, processor: Processor) -> Result<(), HostError> {
    let machine = match processor {
        Processor::This => Machine::new(Addresses::Plenty)?,
        Processor::Any => Machine::for_any_processor(Addresses::Plenty)?,
    };
    let store = CodeStore::of_user()
        .ok_or_else(|| HostError::backend("there is no place for compiled drivers; set HOME or XDG_CACHE_HOME."))?;
    let bytes = read_component(file, label)?;
    let key = code_key(&machine, &bytes);
    if store.load(&machine.engine, &key)?.is_some() {
        return Ok(());
    }
    let code = machine
        .engine
        .precompile_component(&bytes)
        .map_err(|cause| HostError::component(format!("{label} is no component that this host can run: {cause:#}.")))?;
    store.store(&key, &code)
}

fn exit_code(code: HostErrorCode) -> u8 {
    match code {
        HostErrorCode::Board => 3,
        HostErrorCode::Component => 4,
        HostErrorCode::NotGranted => 5,
        HostErrorCode::Backend => 6,
    }
}
