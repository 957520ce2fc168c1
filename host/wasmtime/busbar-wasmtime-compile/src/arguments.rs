//! The command line.

use busbar_command::compiling::Limits;
use busbar_host::board::folder_of_board;
use busbar_host::engine::Addresses;
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What is to be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    Help,
    Version,
    Board(BoardTask),
    Component(ComponentTask),
}

/// All components of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardTask {
    pub board: PathBuf,
    /// Where a bundle goes; the cache of this user where there is none.
    pub out: Option<PathBuf>,
    /// Where packages are installed that the board needs and does not name; where the board is where there is none.
    pub packages: Option<PathBuf>,
    /// For which memories; each of them.
    pub addresses: Vec<Addresses>,
    /// For which machine; this one where there is none.
    pub target: Option<String>,
    pub limits: Limits,
}

impl BoardTask {
    /// The folder from which the packages are found that the board needs and does not name.
    pub fn packages(&self) -> &Path {
        self.packages.as_deref().unwrap_or_else(|| folder_of_board(&self.board))
    }
}

/// One component, for another process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentTask {
    /// Its file; "-" is stdin.
    pub component: PathBuf,
    /// Where its code goes; "-" is stdout.
    pub code_to: PathBuf,
    /// What messages call it.
    pub label: Option<String>,
    pub addresses: Vec<Addresses>,
    pub target: Option<String>,
    pub limits: Limits,
}

/// Reads a command line, without the program's own name. The error is the sentence of wrong use.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Task, String> {
    let mut parser = Parser::from_args(arguments);
    let (mut board, mut component, mut code_to, mut out, mut packages) = (None, None, None, None, None);
    let (mut label, mut target, mut addresses, mut limits) = (None, None, None, Limits::default());
    let mut empty = true;
    while let Some(argument) = parser.next().map_err(usage)? {
        empty = false;
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Task::Help),
            Arg::Short('V') | Arg::Long("version") => return Ok(Task::Version),
            Arg::Long("component") => component = Some(PathBuf::from(parser.value().map_err(usage)?)),
            Arg::Long("code-to") => code_to = Some(PathBuf::from(parser.value().map_err(usage)?)),
            Arg::Long("out") => out = Some(PathBuf::from(parser.value().map_err(usage)?)),
            Arg::Long("packages") => packages = Some(PathBuf::from(parser.value().map_err(usage)?)),
            Arg::Long("label") => label = Some(text(&mut parser)?),
            Arg::Long("target") => target = Some(text(&mut parser)?),
            Arg::Long("addresses") => addresses = Some(addresses_of(&text(&mut parser)?)?),
            Arg::Long("deadline") => limits.set_deadline(&text(&mut parser)?).map_err(|failure| failure.to_string())?,
            Arg::Long("memory") => limits.set_memory(&text(&mut parser)?).map_err(|failure| failure.to_string())?,
            Arg::Value(value) if board.is_none() => board = Some(PathBuf::from(value)),
            other => return Err(usage(other.unexpected())),
        }
    }
    let addresses = addresses.unwrap_or_else(|| vec![Addresses::Plenty]);
    match (board, component) {
        _ if empty => Ok(Task::Help),
        (None, Some(_)) if packages.is_some() => Err("--packages is for a board.".to_owned()),
        (None, Some(component)) => match (code_to, out) {
            (Some(code_to), None) => {
                if addresses.len() > 1 {
                    return Err("--component gives one code; say --addresses plenty, or scarce.".to_owned());
                }
                Ok(Task::Component(ComponentTask { component, code_to, label, addresses, target, limits }))
            }
            (None, _) => Err("--component needs --code-to FILE, where its code goes.".to_owned()),
            (_, Some(_)) => Err("--out is for a board; --component has --code-to FILE.".to_owned()),
        },
        (Some(board), None) => {
            if code_to.is_some() || label.is_some() {
                return Err("--code-to and --label are for --component.".to_owned());
            }
            let is_own = |target: &String| target.starts_with(&format!("{}-", std::env::consts::ARCH));
            if out.is_none() && target.as_ref().is_some_and(|target| !is_own(target)) {
                return Err("--target of another kind of machine is for a bundle; add --out FOLDER.".to_owned());
            }
            Ok(Task::Board(BoardTask { board, out, packages, addresses, target, limits }))
        }
        _ => Err("name one board, or one component with --component.".to_owned()),
    }
}

fn addresses_of(text: &str) -> Result<Vec<Addresses>, String> {
    match text {
        "plenty" => Ok(vec![Addresses::Plenty]),
        "scarce" => Ok(vec![Addresses::Scarce]),
        "both" => Ok(vec![Addresses::Plenty, Addresses::Scarce]),
        _ => Err(format!(
            "option '--addresses <much>' argument '{text}' is invalid. Allowed choices are plenty, scarce, both."
        )),
    }
}

fn text(parser: &mut Parser) -> Result<String, String> {
    parser.value().and_then(|value| value.string()).map_err(usage)
}

fn usage(error: lexopt::Error) -> String {
    let message = error.to_string();
    if message.ends_with('.') { message } else { format!("{message}.") }
}

/// What `--help` prints.
pub fn help() -> String {
    let Limits { deadline, memory_mib } = Limits::default();
    format!(
        "Usage: busbar-wasmtime-compile [options] <board>
       busbar-wasmtime-compile [options] --component <file> --code-to <file>

Makes machine code of the drivers and apps of a board, for busbar-wasmtime: in the cache of this user, or, with --out, in a
bundle that runs on a device without compiler and cache, and prints the SHA-256 of its lock. A bundle that is there is
replaced.

Options:
  --out <folder>        where a bundle goes
  --packages <folder>   from where @busbar/models is found, which a board needs that simulates chips (default: from where the
                        board is)
  --target <triple>     the machine that it is for, such as aarch64-unknown-linux-gnu (default: this kind of machine)
  --addresses <much>    plenty: 4 GiB of addresses for each memory, which is quicker; scarce: 16 MiB, for more than 29 drivers
                        on a kernel of 39 bits, and under \"ulimit -v\"; both (default: plenty)
  --deadline <s>        the longest that the code of one component may take to make (default: {deadline})
  --memory <MiB>        the most memory that it may take (default: {memory_mib})
  --component <file>    one component instead of a board; \"-\" is stdin
  --code-to <file>      where its code goes; \"-\" is stdout
  --label <name>        what messages call it
  -V, --version         print the version
  -h, --help            print help
",
        deadline = deadline.as_secs()
    )
}

#[cfg(test)]
mod tests {
    use super::{Task, parse};
    use busbar_host::engine::Addresses;
    use std::ffi::OsString;
    use std::path::Path;

    fn task(line: &str) -> Result<Task, String> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn what_the_compiler_does_not_take_is_a_usage_error() {
        for line in [
            "a.json b.json",
            "--component x.wasm",
            "--component x.wasm --out y",
            "a.json --component x.wasm --code-to y",
            "a.json --code-to y",
            "a.json --addresses few",
            "a.json --target riscv64gc-unknown-linux-gnu",
            "a.json --deadline 0",
            "--component x.wasm --code-to y --addresses both",
            "--component x.wasm --code-to y --packages z",
            "--nothing",
        ] {
            assert!(task(line).is_err(), "{line}");
        }
    }

    #[test]
    fn options_of_the_compiler_are_read() {
        let Ok(Task::Board(task)) = task("a.json --out b --addresses both --deadline 7 --memory 100") else {
            panic!("no board")
        };
        assert_eq!(task.packages(), Path::new("."));
        assert_eq!(task.addresses, [Addresses::Plenty, Addresses::Scarce]);
        assert_eq!((task.limits.deadline.as_secs(), task.limits.memory_mib), (7, 100));
        let Ok(Task::Board(task)) = self::task("made/a.json --out b --packages c") else { panic!("no board") };
        assert_eq!(task.packages(), Path::new("c"));
    }
}
