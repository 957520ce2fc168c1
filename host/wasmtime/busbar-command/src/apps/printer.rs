use super::line_buffer::LineBuffer;
use super::printing::Printing;
use crate::output::{Output, now};
use busbar_core::app::{Readiness, TakeOutput, Waiting};
use busbar_core::locked::locked;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// How what an app prints is written.
enum Form {
    /// Unchanged.
    Bytes,
    /// As lines for people, each after this.
    Lines { prefix: String },
    /// As records, a line each.
    Records,
}

/// Takes what one run of an app prints on its stdout. An app is a program: to a file or a pipe its bytes go unchanged, as
/// those of any other. To a terminal they go as lines in which nothing but a tab is obeyed, and with `--json` as records.
pub struct AppPrinter {
    app: String,
    form: Form,
    output: Arc<Output>,
    printing: Arc<Printing>,
    lines: Mutex<LineBuffer>,
}

impl AppPrinter {
    /// `is_among`: whether other apps print too. Lines begin with the app's name then, to a file as well.
    pub fn new(app: &str, is_among: bool, output: Arc<Output>, printing: Arc<Printing>) -> Self {
        let form = match (output.json(), output.is_terminal() || is_among) {
            (true, _) => Form::Records,
            (false, true) => Form::Lines { prefix: if is_among { format!("{app}: ") } else { String::new() } },
            (false, false) => Form::Bytes,
        };
        Self { app: app.to_owned(), form, output, printing, lines: Mutex::default() }
    }

    /// What is left is a line too.
    pub fn end(&self) {
        let rest = locked(&self.lines).end();
        if let Some(line) = rest {
            self.print_line(&line);
        }
    }

    fn print_line(&self, line: &str) {
        let text = match &self.form {
            Form::Records => self.output.record_text(&line_record(&self.app, line)),
            Form::Lines { prefix } => Output::app_line_text(&format!("{prefix}{line}")),
            Form::Bytes => return,
        };
        self.printing.print(text.into_bytes());
    }
}

impl Readiness for AppPrinter {
    fn is_ready(&self) -> bool {
        self.printing.has_room()
    }

    fn ready(&self) -> Waiting<'_> {
        Box::pin(self.printing.room())
    }
}

impl TakeOutput for AppPrinter {
    fn take(&self, bytes: &[u8]) {
        if let Form::Bytes = self.form {
            self.printing.print(bytes.to_vec());
            return;
        }
        let lines = locked(&self.lines).push(bytes);
        for line in lines {
            self.print_line(&line);
        }
    }
}

/// Takes what one run of an app says on its stderr: lines among those of the command.
pub struct AppErrorPrinter {
    app: String,
    output: Arc<Output>,
    lines: Mutex<LineBuffer>,
}

impl AppErrorPrinter {
    pub fn new(app: &str, output: Arc<Output>) -> Self {
        Self { app: app.to_owned(), output, lines: Mutex::default() }
    }

    /// What is left is a line too.
    pub fn end(&self) {
        let rest = locked(&self.lines).end();
        if let Some(line) = rest {
            self.output.notice(&line, line_record(&self.app, &line));
        }
    }
}

impl Readiness for AppErrorPrinter {
    fn is_ready(&self) -> bool {
        true
    }

    fn ready(&self) -> Waiting<'_> {
        Box::pin(std::future::ready(()))
    }
}

impl TakeOutput for AppErrorPrinter {
    fn take(&self, bytes: &[u8]) {
        let lines = locked(&self.lines).push(bytes);
        for line in lines {
            self.output.notice(&line, line_record(&self.app, &line));
        }
    }
}

fn line_record(app: &str, line: &str) -> Value {
    json!({ "type": "output", "time": now(), "app": app, "line": line })
}
