//! The command line.

use crate::commands::BoardOptions;
use crate::commands::run::RunOptions;
use crate::commands::watch::WatchOptions;
use crate::health::HealthPlace;
use crate::output::OutputOptions;
use crate::outside::OutsideOptions;
use busbar_command::apps::Once;
use busbar_command::arguments::{
    DEFAULT_BOARD, DEFAULT_EVERY_MS, LONGEST_EVERY_MS, MOST_TIMES, board_here, log_format, named_board, next_argument,
    one_operand, required_operand, text, usage, whole_number,
};
use busbar_command::exit::{EXIT_CODES, Failure};
use busbar_host::engine::Addresses;
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::fmt::Write;
use std::path::Path;

const DEFAULT_MINUTES: u64 = 5;
const MOST_MINUTES: u64 = 1_440;

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
        watch: WatchOptions,
    },
    Run {
        board: BoardOptions,
        run: RunOptions,
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
    /// A component, as a person names it.
    Inspect {
        component: String,
    },
    /// How a run is that serves health.
    Status {
        place: Option<String>,
    },
    /// For another process of this command.
    Outside(OutsideOptions),
    /// Of this machine, where there is no board.
    Doctor {
        board: Option<BoardOptions>,
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
    lock: Option<String>,
    every: Option<u64>,
    times: Option<u64>,
    minutes: Option<u64>,
    /// None of them after `--no-plot`.
    plots: Option<Vec<String>>,
    once: bool,
    stdin: bool,
    health: Option<String>,
    record: Option<String>,
    addresses: Option<Addresses>,
    operands: Vec<String>,
    /// What comes after `--`, of a command that has arguments for an app.
    arguments: Vec<String>,
}

impl Options {
    fn board(&mut self, path: String) -> BoardOptions {
        BoardOptions { path, output: self.output, complain: self.complain, lock: self.lock.take() }
    }
}

/// Which of the options a command takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Command {
    Read,
    Watch,
    Run,
    Call,
    Scan,
    Doctor,
    Inspect,
    Status,
    Outside,
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
        options.arguments = of_app.map(|argument| argument.string()).collect::<Result<_, _>>().map_err(usage)?;
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
            Some("status") => Command::Status,
            Some("outside") => Command::Outside,
            _ => return Err(Failure::Usage(format!("unknown command '{}'.", name.to_string_lossy()))),
        },
        Some(other) => return Err(usage(other.unexpected())),
    };
    while let Some(argument) = next_argument(&mut parser)? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Task::Help),
            Arg::Long("json") => options.output.json = true,
            Arg::Long("complain") if command.runs() => options.complain = true,
            Arg::Long("lock") if command.runs() || command == Command::Doctor => {
                options.lock = Some(text(&mut parser)?)
            }
            Arg::Long("log-format") if command.runs() || command == Command::Outside => {
                options.output.log_format = Some(log_format(&text(&mut parser)?)?)
            }
            Arg::Long("every") if matches!(command, Command::Watch | Command::Run) => {
                options.every = Some(whole_number("--every <ms>", &text(&mut parser)?, LONGEST_EVERY_MS)?);
            }
            Arg::Long("times") if command == Command::Watch => {
                options.times = Some(whole_number("--times <n>", &text(&mut parser)?, MOST_TIMES)?);
            }
            Arg::Long("minutes") if command == Command::Watch => {
                options.minutes = Some(whole_number("--minutes <n>", &text(&mut parser)?, MOST_MINUTES)?);
            }
            Arg::Long("plot") if command == Command::Watch => {
                let names = parser.values().map_err(usage)?.map(|name| name.string()).collect::<Result<Vec<_>, _>>();
                options.plots.get_or_insert_default().extend(names.map_err(usage)?);
            }
            Arg::Long("no-plot") if command == Command::Watch => options.plots = Some(Vec::new()),
            Arg::Long("once") if command == Command::Run => options.once = true,
            Arg::Long("stdin") if command == Command::Run => options.stdin = true,
            Arg::Long("health") if matches!(command, Command::Run | Command::Outside) => {
                options.health = Some(text(&mut parser)?)
            }
            Arg::Long("record") if matches!(command, Command::Run | Command::Outside) => {
                options.record = Some(text(&mut parser)?)
            }
            Arg::Long("addresses") if command == Command::Outside => {
                options.addresses = Addresses::named(&text(&mut parser)?)
            }
            Arg::Value(value) => options.operands.push(value.string().map_err(usage)?),
            other => return Err(usage(other.unexpected())),
        }
    }
    task_of(command, options)
}

fn task_of(command: Command, options: &mut Options) -> Result<Task, Failure> {
    match command {
        Command::Scan => Ok(Task::Scan { bus: one_operand(&mut options.operands)? }),
        Command::Doctor => {
            let path = one_operand(&mut options.operands)?.or_else(board_here);
            Ok(Task::Doctor { board: path.map(|path| options.board(path)) })
        }
        Command::Run => run_task(options),
        Command::Call => {
            let (board, operands) = named_devices(options);
            Ok(Task::Call { board, operands })
        }
        Command::Inspect => Ok(Task::Inspect { component: required_operand("component", &mut options.operands)? }),
        Command::Status => Ok(Task::Status { place: one_operand(&mut options.operands)? }),
        Command::Outside => {
            options.output.goes_on = true;
            let (Some(path), Some(addresses)) = (one_operand(&mut options.operands)?, options.addresses) else {
                return Err(Failure::Usage("outside is what \"busbar-wasmtime run\" starts for itself.".to_owned()));
            };
            let (record, health) = (options.record.take(), options.health.take());
            Ok(Task::Outside(OutsideOptions { path, output: options.output, addresses, record, health }))
        }
        Command::Read => {
            let (board, devices) = named_devices(options);
            if devices.len() > 1 {
                return Err(Failure::Usage("read takes one device; without one it reads all.".to_owned()));
            }
            Ok(Task::Read { board, devices })
        }
        Command::Watch => {
            options.output.goes_on = true;
            let (board, devices) = named_devices(options);
            let every_ms = options.every.unwrap_or(DEFAULT_EVERY_MS) as f64;
            Ok(Task::Watch {
                board,
                devices,
                watch: WatchOptions {
                    every_ms,
                    times: options.times,
                    minutes: options.minutes.unwrap_or(DEFAULT_MINUTES),
                    plots: options.plots.take(),
                },
            })
        }
    }
}

fn named_devices(options: &mut Options) -> (BoardOptions, Vec<String>) {
    let (path, devices) = named_board(&options.operands, |path| Path::new(path).exists());
    (options.board(path), devices)
}

/// The first operand is the board, ./board.json without one; the others, and what comes after `--`, are an app's.
fn run_task(options: &mut Options) -> Result<Task, Failure> {
    let mut operands = std::mem::take(&mut options.operands).into_iter();
    let path = operands.next().unwrap_or_else(|| DEFAULT_BOARD.to_owned());
    let arguments: Vec<String> = operands.chain(std::mem::take(&mut options.arguments)).collect();
    options.output.goes_on = !options.once && !options.stdin && arguments.is_empty();
    if !options.output.goes_on && (options.health.is_some() || options.record.is_some()) {
        return Err(Failure::Usage(
            "--health and --record are for a run that goes on; leave out --once, --stdin and what is after --."
                .to_owned(),
        ));
    }
    let health = options.health.as_deref().map(HealthPlace::parse).transpose()?;
    Ok(Task::Run {
        board: options.board(path),
        run: RunOptions {
            every_ms: options.every.unwrap_or(DEFAULT_EVERY_MS) as f64,
            once: Once { stdin: options.stdin, arguments },
            health,
            record: options.record.take(),
        },
    })
}

/// What `--help` prints.
pub fn help() -> String {
    let mut codes = String::new();
    for (code, _, meaning) in EXIT_CODES {
        // Writing to a text cannot fail.
        let _ = writeln!(codes, "  {code}  {meaning}");
    }
    format!(
        "Usage: busbar-wasmtime [options] [command]

Hardware drivers as sandboxed WebAssembly components, without Node.

Options:
  -V, --version                       print the version
  -h, --help                          print help

Commands:
  read [options] [board] [device]     one reading of every sensor, or of one
  watch [options] [board] [devices]   a live table of readings, and a plot of the last minutes; a line each elsewhere
  run [options] [board] [-- args...]  run the apps of a board, for years if need be; without apps, print every reading
  call [options] [board] [component] [function] [arguments...]
                                      call a function of a component that takes its handles as parameters; without one,
                                      list them. Arguments are JSON, or i2c, delay and address for what the board wires
  status [options] [place]            how the devices and apps of a run are that was started with --health
  scan [options] [bus]                list the I2C buses, or scan one for devices
  inspect [options] <component>       what a component imports, exports, and needs to be granted
  doctor [options] [board]            what is missing on this machine, or of what a board needs

A board is a file, or the folder of a bundle that busbar-wasmtime-compile made.

Options of commands that run drivers:
  --complain                          enforce no entry of the board: what would be refused is allowed where it stays within
                                      the device, and said
  --lock <sha256>                     the board is a bundle, and its lock must have this SHA-256
  --log-format <text|json>            lines on stderr as text with the time, or as JSON whatever the output is
  --json                              print JSON, and errors as JSON lines on stderr

Options of watch and run:
  --every <ms>                        milliseconds from one reading to the next (default: {DEFAULT_EVERY_MS})
  --times <n>                         watch: end after so many readings of each device
  --minutes <n>                       watch: how far the plots go back (default: {DEFAULT_MINUTES})
  --plot <channels...>                watch: what to plot, \"temperature\", \"indoor.temperature\" (default: all that fit)
  --no-plot                           watch: only the table
  --once                              run: run each app once and to its end, or print one reading of each sensor
  --stdin                             run: once, as well, and let the board's one app read this command's standard input
  --health <place>                    run: tell \"busbar-wasmtime status\", or any HTTP client of this machine, how each device is:
                                      a port on loopback, a path of a socket, or @name
  --record <file>                     run: in complain mode, keep what the devices needed in this file

Exit codes:
{codes}"
    )
}

#[cfg(test)]
mod tests {
    use super::{Task, named_board, parse};
    use busbar_command::exit::Failure;
    use std::ffi::OsString;

    fn task(line: &str) -> Result<Task, Failure> {
        parse(line.split_whitespace().map(OsString::from)).task
    }

    fn named(operands: &[&str], exists: impl Fn(&str) -> bool) -> (String, Vec<String>) {
        let operands: Vec<_> = operands.iter().map(ToString::to_string).collect();
        named_board(&operands, exists)
    }

    #[test]
    fn a_device_without_a_board_is_of_the_one_here() {
        let (board, devices) = named(&["indoor"], |path| path == "board.json");
        assert_eq!((board.as_str(), devices.len()), ("board.json", 1));
        let (board, devices) = named(&["indoor"], |_| false);
        assert_eq!((board.as_str(), devices.len()), ("indoor", 0));
        let (board, devices) = named(&["a.json", "indoor"], |_| true);
        assert_eq!((board.as_str(), devices.len()), ("a.json", 1));
        assert_eq!(named(&[], |_| true).0, "board.json");
    }

    #[test]
    fn what_a_command_does_not_take_is_a_usage_error() {
        for line in
            ["read a.json b c", "read --every 5", "watch --times 0", "watch --every -1", "nothing", "read --stdin"]
        {
            assert!(matches!(task(line), Err(Failure::Usage(_))), "{line}");
        }
    }

    #[test]
    fn what_comes_after_dashes_is_the_apps() {
        let Ok(Task::Run { board, run }) = task("run a.json --once -- --json x") else { panic!("no run") };
        assert_eq!((board.path.as_str(), board.output.goes_on), ("a.json", false));
        assert_eq!(run.once.arguments, ["--json", "x"]);
        let Ok(Task::Run { board, run }) = task("run -- a.json") else { panic!("no run") };
        assert_eq!(
            (board.path.as_str(), run.once.arguments.as_slice()),
            ("board.json", ["a.json".to_owned()].as_slice())
        );
        let Ok(Task::Run { board, .. }) = task("run a.json") else { panic!("no run") };
        assert!(board.output.goes_on);
    }

    #[test]
    fn options_are_read() {
        let parsed = parse(["watch", "a.json", "--every=10", "--times", "3", "--json"].map(OsString::from));
        assert!(parsed.output.json && parsed.output.goes_on);
        let Ok(Task::Watch { watch, .. }) = parsed.task else { panic!("no watch") };
        assert_eq!((watch.every_ms, watch.times), (10.0, Some(3)));
    }
}
