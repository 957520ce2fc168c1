use super::BoardOptions;
use crate::compiler::COMPILER;
use crate::output::{Output, OutputOptions};
use crate::session::Session;
use busbar_command::doctor::{self, Diagnosis, OpenedBoard};
use busbar_command::exit::Failure;
use std::sync::Arc;

/// `busbar-wasmtime doctor`: what is missing on this machine, or of what a board needs.
pub fn doctor(board: Option<&BoardOptions>, options: OutputOptions) -> u8 {
    let output = Arc::new(Output::new(options));
    // A board of drivers that are compiled needs no compiler; a new driver does.
    let compiler = Diagnosis::of_compiler(
        &COMPILER,
        |path| format!("New drivers are compiled by {}.", path.display()),
        "This command runs what was compiled before; busbar-wasmtime-compile beside it would compile new drivers.",
    );
    doctor::doctor(compiler, board.map(|board| open(board, &output)), &output)
}

fn open(options: &BoardOptions, output: &Arc<Output>) -> Result<OpenedBoard, Failure> {
    let board = Session::open(options, output)?.board;
    let devices = board.bridges().into_iter().chain(board.devices()).collect();
    Ok(OpenedBoard { path: options.path.clone(), board: board.board(), devices })
}
