//! `busbar-wamr-compile`: makes machine code of one flattened component, for `busbar-wamr compile`, which finds the components of a
//! board and keeps their code.

mod arguments;
mod compile;

use arguments::{Task, parse};
use busbar_command::compiling::{Talking, end_with_parent, error_line, under_limits};
use busbar_core::error::HostError;
use std::io::{Read, Write};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: Talking = Talking;

fn main() -> ExitCode {
    match parse(std::env::args_os().skip(1)).and_then(|task| Ok(perform(&task)?)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", error_line(&failure.to_string()));
            ExitCode::from(failure.exit_code())
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
        Task::Compile { label, limits, machine } => {
            end_with_parent();
            let mut module = Vec::new();
            let read = std::io::stdin().lock().read_to_end(&mut module);
            read.map_err(|cause| HostError::backend(format!("the module cannot be read ({cause}).")))?;
            let code = under_limits(label, *limits, || compile::compile(label, module, machine))?;
            let mut stdout = std::io::stdout().lock();
            let written = stdout.write_all(&code).and_then(|()| stdout.flush());
            written.map_err(|cause| HostError::backend(format!("the code cannot be written ({cause}).")))
        }
    }
}
