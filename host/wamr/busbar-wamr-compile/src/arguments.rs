//! The command line.

use busbar_command::arguments::{text, usage};
use busbar_command::compiling::Limits;
use busbar_command::exit::Failure;
use lexopt::{Arg, Parser};
use std::ffi::OsString;

/// What the code is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Machine {
    /// This kind of processor.
    This {
        /// Whether the code looks whether it was told to end.
        can_be_ended: bool,
    },
    /// A Cortex-M without an operating system, as LLVM calls it: code that runs where it is, and that an interrupt ends.
    Microcontroller(String),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    Help,
    Version,
    Compile {
        /// What messages call the component.
        label: String,
        limits: Limits,
        machine: Machine,
    },
}

/// Reads a command line, without the program's own name.
///
/// # Errors
///
/// Wrong use.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Task, Failure> {
    let mut parser = Parser::from_args(arguments);
    let (mut label, mut limits) = (None, Limits::default());
    let mut machine = Machine::This { can_be_ended: true };
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Task::Help),
            Arg::Short('V') | Arg::Long("version") => return Ok(Task::Version),
            Arg::Long("label") => label = Some(text(&mut parser)?),
            Arg::Long("deadline") => limits.set_deadline(&text(&mut parser)?)?,
            Arg::Long("memory") => limits.set_memory(&text(&mut parser)?)?,
            Arg::Long("without-end-checks") => machine = Machine::This { can_be_ended: false },
            Arg::Long("microcontroller") => machine = Machine::Microcontroller(text(&mut parser)?),
            other => return Err(usage(other.unexpected())),
        }
    }
    let label = label.unwrap_or_else(|| "the component".to_owned());
    Ok(Task::Compile { label, limits, machine })
}

/// What `--help` prints.
pub fn help() -> String {
    let Limits { deadline, memory_mib } = Limits::default();
    format!(
        "Usage: busbar-wamr-compile [options] < module > code

Makes machine code of a flattened component, for this kind of processor. \"busbar-wamr compile\" starts it for the drivers of a
board, and keeps what it makes.

Options:
  --label <name>        what messages call it
  --deadline <s>        the longest that it may take (default: {deadline})
  --memory <MiB>        the most memory that it may take (default: {memory_mib})
  --microcontroller <processor>
                        for a Cortex-M without an operating system, such as cortex-m4: code that runs from flash, for a firmware
  --without-end-checks  code that nothing ends before it returns: to measure what the checks cost, and for nothing else
  -V, --version         print the version
  -h, --help            print help
",
        deadline = deadline.as_secs()
    )
}
