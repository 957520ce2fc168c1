//! wasi:cli: an app's arguments, its input and output, and its end.

use super::bindings::wasi::cli::{
    environment, exit, stderr, stdin, stdout, terminal_input, terminal_output, terminal_stderr, terminal_stdin,
    terminal_stdout,
};
use super::streams::{InputStream, OutputStream};
use crate::app::context::AppState;
use std::fmt;
use terminal_input::TerminalInput;
use terminal_output::TerminalOutput;
use wasmtime::Result;
use wasmtime::component::Resource;

/// The app ended itself. No guest can catch it: what a function of the host fails with ends the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppExit {
    /// 0 for a good end.
    pub code: u8,
}

impl fmt::Display for AppExit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "it ended with the exit code {}", self.code)
    }
}

impl std::error::Error for AppExit {}

impl exit::Host for AppState {
    fn exit(&mut self, status: std::result::Result<(), ()>) -> Result<()> {
        Err(AppExit { code: u8::from(status.is_err()) }.into())
    }

    fn exit_with_code(&mut self, code: u8) -> Result<()> {
        Err(AppExit { code }.into())
    }
}

impl stdin::Host for AppState {
    fn get_stdin(&mut self) -> Result<Resource<InputStream>> {
        Ok(self.table.push(InputStream(self.stdin.clone()))?)
    }
}

impl stdout::Host for AppState {
    fn get_stdout(&mut self) -> Result<Resource<OutputStream>> {
        Ok(self.table.push(OutputStream(self.stdout.clone()))?)
    }
}

impl stderr::Host for AppState {
    fn get_stderr(&mut self) -> Result<Resource<OutputStream>> {
        Ok(self.table.push(OutputStream(self.stderr.clone()))?)
    }
}

/// The arguments, and nothing of the machine's own environment.
impl environment::Host for AppState {
    fn get_environment(&mut self) -> Result<Vec<(String, String)>> {
        Ok(Vec::new())
    }

    fn get_arguments(&mut self) -> Result<Vec<String>> {
        Ok(std::iter::once(self.app.to_string()).chain(self.arguments.iter().cloned()).collect())
    }

    fn initial_cwd(&mut self) -> Result<Option<String>> {
        Ok(None)
    }
}

/// No app ever has a terminal, and so its output has no escape sequences.
impl terminal_stdin::Host for AppState {
    fn get_terminal_stdin(&mut self) -> Result<Option<Resource<TerminalInput>>> {
        Ok(None)
    }
}

impl terminal_stdout::Host for AppState {
    fn get_terminal_stdout(&mut self) -> Result<Option<Resource<TerminalOutput>>> {
        Ok(None)
    }
}

impl terminal_stderr::Host for AppState {
    fn get_terminal_stderr(&mut self) -> Result<Option<Resource<TerminalOutput>>> {
        Ok(None)
    }
}

impl terminal_input::Host for AppState {}

impl terminal_input::HostTerminalInput for AppState {
    fn drop(&mut self, terminal: Resource<TerminalInput>) -> Result<()> {
        self.table.delete(terminal)?;
        Ok(())
    }
}

impl terminal_output::Host for AppState {}

impl terminal_output::HostTerminalOutput for AppState {
    fn drop(&mut self, terminal: Resource<TerminalOutput>) -> Result<()> {
        self.table.delete(terminal)?;
        Ok(())
    }
}
