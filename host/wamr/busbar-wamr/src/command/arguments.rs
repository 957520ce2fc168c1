//! The command line.

use super::keep::KeepOptions;
use super::session::BoardOptions;
use busbar_command::apps::Once;
use busbar_command::arguments::{
    DEFAULT_BOARD, DEFAULT_EVERY_MS, LONGEST_EVERY_MS, MOST_TIMES, board_here, log_format, named_board, next_argument,
    one_operand, required_operand, text, usage, whole_number,
};
use busbar_command::compiling::Limits;
use busbar_command::exit::{EXIT_CODES, Failure};
use busbar_command::output::OutputOptions;
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::fmt::Write;
use std::path::Path;

/// What the command is to do.
#[derive(Debug, Clone)]
pub enum Task {
    Help,
    Version,
    Read {
        board: BoardOptions,
        devices: Vec<String>,
    },
    Watch {
        board: BoardOptions,
        devices: Vec<String>,
        keep: KeepOptions,
    },
    Run {
        board: BoardOptions,
        keep: KeepOptions,
        once: Once,
    },
    /// A function of a component of others.
    Call {
        board: BoardOptions,
        /// The component, the function and its arguments.
        operands: Vec<String>,
    },
    /// Of all buses, where none is named.
    Scan {
        bus: Option<String>,
    },
    /// Of this machine, where there is no board.
    Doctor {
        board: Option<BoardOptions>,
    },
    /// A component, as a person names it.
    Inspect {
        component: String,
    },
    Compile {
        board: BoardOptions,
        limits: Limits,
    },
}

/// What a command line says, and how an error of it is written.
pub struct Parsed {
    pub task: Result<Task, Failure>,
    pub output: OutputOptions,
}

/// Options of all commands, as they come.
#[derive(Default)]
struct Options {
    output: OutputOptions,
    complain: bool,
    every: Option<u64>,
    times: Option<u64>,
    limits: Limits,
    is_once: bool,
    /// What comes after `--` is the app's.
    once: Once,
    operands: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Command {
    Read,
    Watch,
    Run,
    Call,
    Scan,
    Inspect,
    Doctor,
    Compile,
}

impl Command {
    /// Whether it runs drivers.
    fn runs(self) -> bool {
        matches!(self, Self::Read | Self::Watch | Self::Run | Self::Call)
    }
}

/// Reads a command line, without the program's own name.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Parsed {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut options = Options::default();
    // An error can come before the option is known.
    options.output.json = arguments.iter().take_while(|each| *each != "--").any(|argument| argument == "--json");
    let task = parse_task(&mut options, arguments);
    Parsed { task, output: options.output }
}

fn parse_task(options: &mut Options, mut arguments: Vec<OsString>) -> Result<Task, Failure> {
    if arguments.first().is_some_and(|command| command == "run")
        && let Some(dashes) = arguments.iter().position(|argument| argument == "--")
    {
        let of_app = arguments.split_off(dashes).into_iter().skip(1);
        options.once.arguments = of_app.map(|argument| argument.string()).collect::<Result<_, _>>().map_err(usage)?;
    }
    let mut parser = Parser::from_args(arguments);
    let command = match parser.next().map_err(usage)? {
        None | Some(Arg::Short('h') | Arg::Long("help")) => return Ok(Task::Help),
        Some(Arg::Short('V') | Arg::Long("version")) => return Ok(Task::Version),
        Some(Arg::Value(name)) => match name.to_str() {
            Some("help") => return Ok(Task::Help),
            Some("read") => Command::Read,
            Some("watch") => Command::Watch,
            Some("run") => Command::Run,
            Some("call") => Command::Call,
            Some("scan") => Command::Scan,
            Some("doctor") => Command::Doctor,
            Some("inspect") => Command::Inspect,
            Some("compile") => Command::Compile,
            _ => return Err(Failure::Usage(format!("unknown command '{}'.", name.to_string_lossy()))),
        },
        Some(other) => return Err(usage(other.unexpected())),
    };
    while let Some(argument) = next_argument(&mut parser)? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Task::Help),
            Arg::Long("json") => options.output.json = true,
            Arg::Long("complain") if command.runs() => options.complain = true,
            Arg::Long("log-format") if command.runs() || command == Command::Compile => {
                options.output.log_format = Some(log_format(&text(&mut parser)?)?);
            }
            Arg::Long("every") if matches!(command, Command::Watch | Command::Run) => {
                options.every = Some(whole_number("--every <ms>", &text(&mut parser)?, LONGEST_EVERY_MS)?);
            }
            Arg::Long("times") if command == Command::Watch => {
                options.times = Some(whole_number("--times <n>", &text(&mut parser)?, MOST_TIMES)?);
            }
            Arg::Long("deadline") if command == Command::Compile => options.limits.set_deadline(&text(&mut parser)?)?,
            Arg::Long("memory") if command == Command::Compile => options.limits.set_memory(&text(&mut parser)?)?,
            Arg::Long("once") if command == Command::Run => options.is_once = true,
            Arg::Long("stdin") if command == Command::Run => options.once.stdin = true,
            Arg::Value(value) => options.operands.push(value.string().map_err(usage)?),
            other => return Err(usage(other.unexpected())),
        }
    }
    task_of(command, options)
}

fn task_of(command: Command, options: &mut Options) -> Result<Task, Failure> {
    options.output.goes_on = matches!(command, Command::Watch | Command::Run);
    let keep = KeepOptions { every_ms: options.every.unwrap_or(DEFAULT_EVERY_MS) as f64, times: options.times };
    match command {
        Command::Read => {
            let (board, devices) = named_devices(options);
            if devices.len() > 1 {
                return Err(Failure::Usage("read takes one device; without one it reads all.".to_owned()));
            }
            Ok(Task::Read { board, devices })
        }
        Command::Watch => {
            let (board, devices) = named_devices(options);
            Ok(Task::Watch { board, devices, keep })
        }
        Command::Run => {
            let mut operands = std::mem::take(&mut options.operands).into_iter();
            let path = operands.next().unwrap_or_else(|| DEFAULT_BOARD.to_owned());
            let arguments: Vec<String> = operands.chain(std::mem::take(&mut options.once.arguments)).collect();
            let once = Once { arguments, ..options.once };
            options.output.goes_on = !options.is_once && !once.stdin && once.arguments.is_empty();
            Ok(Task::Run { board: board(options, path), keep, once })
        }
        Command::Call => {
            let (board, operands) = named_devices(options);
            Ok(Task::Call { board, operands })
        }
        Command::Scan => Ok(Task::Scan { bus: one_operand(&mut options.operands)? }),
        Command::Doctor => {
            let path = one_operand(&mut options.operands)?.or_else(board_here);
            Ok(Task::Doctor { board: path.map(|path| board(options, path)) })
        }
        Command::Inspect => Ok(Task::Inspect { component: required_operand("component", &mut options.operands)? }),
        Command::Compile => {
            let path = one_operand(&mut options.operands)?.unwrap_or_else(|| DEFAULT_BOARD.to_owned());
            Ok(Task::Compile { board: board(options, path), limits: options.limits })
        }
    }
}

fn named_devices(options: &Options) -> (BoardOptions, Vec<String>) {
    let (path, devices) = named_board(&options.operands, |path| Path::new(path).exists());
    (board(options, path), devices)
}

fn board(options: &Options, path: String) -> BoardOptions {
    BoardOptions { path, output: options.output, complain: options.complain }
}

/// What `--help` prints.
pub fn help() -> String {
    let Limits { deadline, memory_mib } = Limits::default();
    let mut codes = String::new();
    for (code, _, meaning) in EXIT_CODES {
        // Writing to a text cannot fail.
        let _ = writeln!(codes, "  {code}  {meaning}");
    }
    format!(
        "Usage: busbar-wamr [options] [command]

Sensors as sandboxed WebAssembly components, for small devices. Each driver is flattened first: busbar flatten.

Options:
  -V, --version                       print the version
  -h, --help                          print help

Commands:
  read [options] [board] [device]     one reading of every sensor, or of one
  watch [options] [board] [devices]   a line a reading, and at the end the extremes
  run [options] [board] [arguments...]
                                      run the apps of the board, for years if need be; on a board without apps, print every
                                      reading
  call [options] [board] [component] [function] [arguments...]
                                      call a function of a component that takes its handles as parameters; without one,
                                      list them. Arguments are JSON, or i2c, delay and address for what the board wires
  scan [options] [bus]                list the I2C buses, or scan one for devices
  inspect [options] <component>       what a component imports, exports, and needs to be granted
  doctor [options] [board]            what is missing on this machine, or of what a board needs
  compile [options] [board]           make machine code of the drivers and apps, by busbar-wamr-compile, for all other commands:
                                      without it, they are interpreted

Options of commands:
  --json                              JSON: a value a line, on stderr too
  --complain                          enforce no entry of the board: what would be refused is allowed where it stays within
                                      the device, and said
  --log-format <text|json>            lines on stderr as text with the time, or as JSON whatever the output is
  --every <ms>                        of watch and run: milliseconds from one reading to the next (1000)
  --times <n>                         of watch: so many readings of each sensor
  --once                              of run: run each app once and to its end, or print one reading of each sensor
  --stdin                             of run: once, as well, and let the board's one app read this command's standard input
  --deadline <s>                      of compile: the longest that the code of one driver may take to make ({deadline})
  --memory <MiB>                      of compile: the most memory that it may take ({memory_mib})

Exit codes:
{codes}",
        deadline = deadline.as_secs()
    )
}
