//! `busbar-wasmtime-compile`: makes machine code of drivers and apps, for `busbar-wasmtime`, which has no compiler.

mod arguments;
mod bundle;
mod bundle_folder;
mod code;

use arguments::{BoardTask, ComponentTask, Task, parse};
use busbar_command::compiling::{Talking, components_of, end_with_parent, error_line, models_of, under_limits};
use busbar_host::board::{ComponentName, folder_of_board, read_board};
use busbar_host::cache::{CodeStore, code_key, write_whole};
use busbar_host::components::{ComponentFile, find_component};
use busbar_host::digest::sha256;
use busbar_host::engine::{Addresses, Machine};
use busbar_host::error::HostError;
use busbar_host::text::printable;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

/// The most UTF-16 code units of the name of a component, as it is printed.
const LONGEST_NAME: usize = 2_000;
/// The exit code of wrong use.
const USAGE: u8 = 2;

#[global_allocator]
static ALLOCATOR: Talking = Talking;

fn main() -> ExitCode {
    let done = parse(std::env::args_os().skip(1))
        .map_err(|message| (USAGE, message))
        .and_then(|task| perform(&task).map_err(|error| (error.code.exit_code(), error.message)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, message)) => {
            eprintln!("{}", error_line(&message));
            ExitCode::from(code)
        }
    }
}

fn perform(task: &Task) -> Result<(), HostError> {
    match task {
        Task::Help => {
            print!("{}", arguments::help());
            Ok(())
        }
        Task::Version => {
            println!("{}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        Task::Component(task) => compile_component(task),
        Task::Board(task) => match &task.out {
            Some(out) => {
                let made = bundle::make(task)?;
                bundle_folder::write(out, &made.files)?;
                println!("{}", made.lock);
                Ok(())
            }
            None => compile_board(task),
        },
    }
}

/// Compiles into the cache of this user.
fn compile_board(task: &BoardTask) -> Result<(), HostError> {
    let board = read_board(&task.board)?;
    let store = CodeStore::of_user(Box::new(|sentence| eprintln!("{}", error_line(sentence))));
    let folder = folder_of_board(&task.board);
    for addresses in task.addresses.iter().copied() {
        let machine = Machine::new(addresses)?;
        let named = components_of(&board).into_iter().map(|name| (name, folder));
        for (name, folder) in named.chain(models_of(&board).map(|package| (package, task.packages()))) {
            let bytes = read_component(&name, folder)?;
            let specifier = name.specifier.as_str();
            let key = code_key(&machine, &sha256(&bytes));
            if store.load(&machine.engine, &key).is_none() {
                let engine = match &task.target {
                    Some(target) => &code::engine_for(target, addresses)?,
                    None => &machine.engine,
                };
                let code = under_limits(specifier, task.limits, || code::compile(engine, specifier, &bytes))?;
                store.store(&key, &code).map_err(HostError::backend)?;
            }
        }
    }
    for name in components_of(&board) {
        println!("{}", printable(&name.specifier, LONGEST_NAME));
    }
    Ok(())
}

/// Compiles for another process, which keeps the code.
fn compile_component(task: &ComponentTask) -> Result<(), HostError> {
    if task.component == Path::new("-") {
        end_with_parent();
    }
    let label = task.label.clone().unwrap_or_else(|| task.component.display().to_string());
    let bytes = if task.component == Path::new("-") {
        read_stdin()?
    } else {
        ComponentFile::open(&task.component, &label)?.read()?
    };
    let addresses = task.addresses.first().copied().unwrap_or(Addresses::Plenty);
    let engine = match &task.target {
        Some(target) => code::engine_for(target, addresses)?,
        None => Machine::new(addresses)?.engine,
    };
    let code = under_limits(&label, task.limits, || code::compile(&engine, &label, &bytes))?;
    if task.code_to == Path::new("-") {
        let mut stdout = std::io::stdout().lock();
        let written = stdout.write_all(&code).and_then(|()| stdout.flush());
        return written.map_err(|cause| HostError::backend(format!("the code cannot be written ({cause}).")));
    }
    write_whole(&task.code_to, &[&code], 0o644)
        .map_err(|cause| HostError::backend(format!("{} cannot be written ({cause}).", task.code_to.display())))
}

fn read_stdin() -> Result<Vec<u8>, HostError> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|cause| HostError::backend(format!("the component cannot be read ({cause}).")))?;
    Ok(bytes)
}

/// The bytes of a component that a board in this folder names.
fn read_component(name: &ComponentName, folder: &Path) -> Result<Vec<u8>, HostError> {
    ComponentFile::open(&find_component(name, folder)?.file, &name.specifier)?.read()
}
