use super::compile::COMPILER;
use super::session::{BoardOptions, Session};
use busbar_command::doctor::{self, Diagnosis, OpenedBoard};
use busbar_command::exit::Failure;
use busbar_command::output::{Output, OutputOptions};
use std::sync::Arc;

/// `busbar-wamr doctor`: what is missing on this machine, or of what a board needs.
pub fn doctor(board: Option<&BoardOptions>, options: OutputOptions) -> u8 {
    let output = Arc::new(Output::new(options));
    let compiler = Diagnosis::of_compiler(
        &COMPILER,
        |path| format!("\"busbar-wamr compile\" makes machine code by {}.", path.display()),
        "What has no machine code is interpreted; busbar-wamr-compile beside this command would make it.",
    );
    doctor::doctor(compiler, board.map(|board| open(board, &output)), &output)
}

fn open(options: &BoardOptions, output: &Arc<Output>) -> Result<OpenedBoard, Failure> {
    let board = Session::open(options, output)?.board;
    Ok(OpenedBoard { path: options.path.clone(), board: board.board(), devices: board.devices() })
}
