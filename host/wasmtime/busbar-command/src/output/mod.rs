//! Where the command writes: results to stdout, everything about them to stderr. With `--json` both are JSON, a value a
//! line. What goes through here cannot drive a terminal.

mod columns;
mod frame;
mod json;
mod number;
mod units;

pub use columns::{Align, columns, framed_table, width_of as shown_width};
pub use frame::rows_of;
pub use json::to_text as json_text;
pub(crate) use number::to_fixed;
pub use number::{format_value, width_of};
pub use units::duration;

use frame::{Frame, HIDE_CURSOR, SHOW_CURSOR, takes_more, terminal_size};

use crate::exit::Failure;
use busbar_core::device::DeviceError;
use busbar_core::failure::BoardFailure;
use busbar_core::locked::locked;
use busbar_core::system_error::error_name;
use busbar_core::text::{cut, printable, printable_json};
use serde_json::{Map, Value, json};
use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

/// The exit code of an output that cannot be written: "backend".
const OUTPUT_LOST: u8 = 6;

/// Long enough for every message of ours, with the texts of others in it; in UTF-16 code units.
const LONGEST_MESSAGE: usize = 2_000;
/// Lines of an app are cut by the buffer that makes them.
const LONGEST_APP_LINE: usize = 100_000;

/// How lines on stderr are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// What the options of a command make of its output.
#[derive(Debug, Clone, Copy, Default)]
pub struct OutputOptions {
    /// Whether `--json` was given.
    pub json: bool,
    /// `--log-format`.
    pub log_format: Option<LogFormat>,
    /// Whether the command runs for long, so that its lines need the time.
    pub goes_on: bool,
}

impl OutputOptions {
    /// The options that say so, for another process of this command.
    pub fn to_arguments(self) -> Vec<&'static str> {
        let json = self.json.then_some("--json");
        let log_format = self.log_format.map(|format| match format {
            LogFormat::Text => "--log-format=text",
            LogFormat::Json => "--log-format=json",
        });
        json.into_iter().chain(log_format).collect()
    }
}

/// Writes for one command.
pub struct Output {
    options: OutputOptions,
    is_terminal: bool,
    styles_out: bool,
    styles_errors: bool,
    /// Whether nobody reads any more: a pipe that was closed, a terminal that is gone.
    gone: AtomicBool,
    /// Whether something could not be written: a full disk, say.
    lost: AtomicBool,
    /// What is drawn in place now, if anything is: lines go above it.
    frame: Mutex<Option<Frame>>,
}

/// A style of a terminal.
#[derive(Debug, Clone, Copy)]
pub enum Style {
    Bold,
    BoldGreen,
    Dim,
    Green,
    Red,
    Cyan,
}

impl Style {
    /// Select Graphic Rendition: on, and off again.
    fn codes(self) -> (&'static str, &'static str) {
        match self {
            Self::Bold => ("1", "22"),
            Self::BoldGreen => ("1;32", "39;22"),
            Self::Dim => ("2", "22"),
            Self::Green => ("32", "39"),
            Self::Red => ("31", "39"),
            Self::Cyan => ("36", "39"),
        }
    }
}

impl Output {
    pub fn new(options: OutputOptions) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_terminal = std::io::stdout().is_terminal();
        Self {
            options,
            is_terminal,
            styles_out: !plain && is_terminal,
            styles_errors: !plain && std::io::stderr().is_terminal(),
            gone: AtomicBool::new(false),
            lost: AtomicBool::new(false),
            frame: Mutex::default(),
        }
    }

    /// Whether `--json` was given.
    pub fn json(&self) -> bool {
        self.options.json
    }

    /// Whether the reader of stdout went away.
    pub fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Begins to draw in place.
    pub fn begin_frame(&self) {
        *locked(&self.frame) = Some(Frame::default());
        self.write(HIDE_CURSOR);
    }

    /// Draws what is made for a terminal of so many columns and rows, where the terminal takes it: one that was stopped misses
    /// frames.
    pub fn draw(&self, render: impl FnOnce((usize, usize)) -> String) {
        if !takes_more() {
            return;
        }
        let size = terminal_size();
        let text = render(size);
        // Nothing is written under the lock: what cannot be written is told, and telling looks at the frame.
        let drawn = locked(&self.frame).as_mut().map(|frame| {
            let clearing = frame.clearing();
            frame.set(&text, size);
            format!("{clearing}{}", frame.drawing())
        });
        if let Some(drawn) = drawn {
            self.write(&drawn);
        }
    }

    /// Undoes what drawing does to a terminal, for an end without time.
    pub fn show_cursor(&self) {
        self.write(SHOW_CURSOR);
    }

    /// Leaves the last frame.
    pub fn end_frame(&self) {
        if locked(&self.frame).take().is_some() {
            self.show_cursor();
        }
    }

    /// A text in a style; plain where stdout is no terminal.
    pub fn style(&self, style: Style, text: &str) -> String {
        styled(self.styles_out, style, text)
    }

    /// Lines of ours for people; the texts of others in them have been made safe.
    pub fn block(&self, text: &str) {
        self.write(&format!("{text}\n"));
    }

    /// A document, or one of many records: one line of JSON.
    pub fn record(&self, value: &Value) {
        self.write(&self.record_text(value));
    }

    /// What [`Output::record`] writes.
    pub fn record_text(&self, value: &Value) -> String {
        format!("{}\n", printable_json(&json::to_text(value)))
    }

    /// A line that an app printed, made safe to show: it keeps its tabs.
    pub fn app_line_text(line: &str) -> String {
        let parts: Vec<String> =
            cut(line, LONGEST_APP_LINE).split('\t').map(|part| printable(part, LONGEST_APP_LINE + 1)).collect();
        format!("{}\n", parts.join("\t"))
    }

    /// Whether stdout is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// One line on stderr about something that is wrong: for people, or a record.
    pub fn notice(&self, text: &str, record: Value) {
        self.tell(Style::Red, text, record);
    }

    /// [`Output::notice`] about something that is as it should be.
    pub fn info(&self, text: &str, record: Value) {
        self.tell(Style::Cyan, text, record);
    }

    /// Reports an error: one sentence. `more` is what else is known of it, for the record.
    pub fn error(&self, failure: &Failure, more: Value) {
        let mut record = typed_error(failure);
        if let Value::Object(more) = more {
            record.extend(more);
        }
        self.notice(&failure.to_string(), Value::Object(record));
    }

    /// Reports what is wrong with an edited board.
    pub fn kept_error(&self, failure: &Failure) {
        let text = format!("{failure} (the board goes on as it was)");
        self.notice(&text, Value::Object(typed_error(failure)));
    }

    /// Reports the error of a device while others go on: its name is in the line.
    pub fn failure(&self, failure: &Failure, device: &str, retry_ms: Option<f64>) {
        self.failure_of("device", failure, device, retry_ms);
    }

    /// [`Output::failure`] of an app.
    pub fn app_failure(&self, failure: &Failure, app: &str, retry_ms: Option<f64>) {
        self.failure_of("app", failure, app, retry_ms);
    }

    /// Reports the error of a device that is tried again, or that an app may open later: its name is in the line.
    pub fn device_error(&self, failure: &Failure, device: &str) {
        let mut record = typed_error(failure);
        record.insert("device".to_owned(), device.into());
        self.notice(&named(device, &failure.to_string()), Value::Object(record));
    }

    fn failure_of(&self, kind: &str, failure: &Failure, name: &str, retry_ms: Option<f64>) {
        let what = match retry_ms {
            Some(retry_ms) => format!("trying again in {} s", (retry_ms / 1e3).round()),
            None => "not tried again".to_owned(),
        };
        let mut record = typed_error(failure);
        record.insert(kind.to_owned(), name.into());
        record.insert("retryMs".to_owned(), retry_ms.map_or(Value::Null, Value::from));
        self.notice(&format!("{} ({what})", named(name, &failure.to_string())), Value::Object(record));
    }

    fn tell(&self, style: Style, text: &str, record: Value) {
        let time = now();
        let line = if self.options.json || self.options.log_format == Some(LogFormat::Json) {
            printable_json(&json::to_text(&with_time(record, &time)))
        } else {
            let timed = self.options.goes_on || self.options.log_format.is_some();
            let when = if timed { format!("{time} ") } else { String::new() };
            format!("{when}{} {}", styled(self.styles_errors, style, "busbar:"), printable(text, LONGEST_MESSAGE))
        };
        let frame = locked(&self.frame).as_ref().map(|frame| (frame.clearing(), frame.drawing()));
        if let Some((clearing, _)) = &frame {
            self.write(clearing);
        }
        // Where even this cannot be written, there is nobody left to tell.
        let _ = writeln!(std::io::stderr().lock(), "{line}");
        if let Some((_, drawing)) = &frame {
            self.write(drawing);
        }
    }

    /// The exit code of a command, which tells where its output could not be written and nothing worse happened.
    pub fn exit_code(&self, code: u8) -> u8 {
        if code == 0 && self.lost.load(Ordering::Acquire) { OUTPUT_LOST } else { code }
    }

    fn write(&self, text: &str) {
        self.write_bytes(text.as_bytes());
    }

    /// Writes bytes as they are to stdout. Neither a reader that went away nor a full disk ends the process.
    pub fn write_bytes(&self, bytes: &[u8]) {
        let mut stdout = std::io::stdout().lock();
        let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
        drop(stdout);
        if let Err(error) = written {
            self.not_written(&error);
        }
    }

    fn not_written(&self, error: &io::Error) {
        if matches!(error.raw_os_error(), Some(libc::EPIPE | libc::EIO)) {
            self.gone.store(true, Ordering::Release);
        } else if !self.lost.swap(true, Ordering::AcqRel) {
            let reason = error_name(error);
            let record = json!({ "type": "lost", "reason": reason });
            self.notice(&format!("the output cannot be written ({reason}); it is lost."), record);
        }
    }
}

/// [`error_record`] as a line of what goes on.
fn typed_error(failure: &Failure) -> Map<String, Value> {
    let mut record = error_record(failure);
    record.shift_insert(0, "type".to_owned(), "error".into());
    record
}

/// A sentence about a device, which most begin with its name.
fn named(device: &str, sentence: &str) -> String {
    if sentence.starts_with(&format!("{device}: ")) { sentence.to_owned() } else { format!("{device}: {sentence}") }
}

/// An error as stderr's JSON has it, and as `errors` of a document.
pub fn error_record(failure: &Failure) -> Map<String, Value> {
    let mut record = Map::new();
    record.insert("code".to_owned(), failure.name().into());
    record.insert("exitCode".to_owned(), failure.exit_code().into());
    if let Failure::Board(BoardFailure::Device(DeviceError { device, code, .. })) = failure {
        record.insert("device".to_owned(), device.as_str().into());
        record.insert("deviceError".to_owned(), code.name().into());
    }
    record.insert("message".to_owned(), failure.to_string().into());
    record
}

/// Now: ISO 8601, UTC.
pub fn now() -> String {
    humantime::format_rfc3339_millis(SystemTime::now()).to_string()
}

/// The type first, then the time.
fn with_time(record: Value, time: &str) -> Value {
    let Value::Object(mut record) = record else { return json!({ "time": time }) };
    record.shift_insert(1.min(record.len()), "time".to_owned(), time.into());
    Value::Object(record)
}

fn styled(styles: bool, style: Style, text: &str) -> String {
    let (on, off) = style.codes();
    if styles { format!("\u{1b}[{on}m{text}\u{1b}[{off}m") } else { text.to_owned() }
}
