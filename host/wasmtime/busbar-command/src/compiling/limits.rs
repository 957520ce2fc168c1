//! What a compiler may take for the text of others: it is made so that it takes long, as it is for a regular expression.

use super::allocator::set_last_words;
use super::error_line;
use crate::arguments::whole_number;
use crate::exit::Failure;
use std::fs;
use std::panic;
use std::process::exit;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How often memory is looked at.
const EVERY: Duration = Duration::from_millis(10);
/// What a thread may take that is caught by nothing else: the kernel gives the process no more than its limit and this.
const BACKSTOP_MIB: u64 = 512;
const MIB: u64 = 1 << 20;
const MOST_SECONDS: u64 = 86_400;
const MOST_MIB: u64 = 65_536;
/// A component that a compiler ends at is a component that cannot be used.
pub const EXIT_CODE: i32 = 4;

/// What making the code of one component may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub deadline: Duration,
    pub memory_mib: u64,
}

impl Default for Limits {
    /// The largest component of the tool chains takes a tenth of each; on a small device, a third of the time.
    fn default() -> Self {
        Self { deadline: Duration::from_secs(120), memory_mib: 1_024 }
    }
}

impl Limits {
    /// Takes the value of `--deadline`.
    ///
    /// # Errors
    ///
    /// When it is no number of seconds.
    pub fn set_deadline(&mut self, text: &str) -> Result<(), Failure> {
        self.deadline = Duration::from_secs(whole_number("--deadline <s>", text, MOST_SECONDS)?);
        Ok(())
    }

    /// Takes the value of `--memory`.
    ///
    /// # Errors
    ///
    /// When it is no number of MiB.
    pub fn set_memory(&mut self, text: &str) -> Result<(), Failure> {
        self.memory_mib = whole_number("--memory <MiB>", text, MOST_MIB)?;
        Ok(())
    }

    /// The options that say so, for another program.
    pub fn to_arguments(self) -> [String; 2] {
        [format!("--deadline={}", self.deadline.as_secs()), format!("--memory={}", self.memory_mib)]
    }
}

/// Does something, and ends the process with one sentence where that takes more than it may. Nothing else helps: a compiler
/// cannot be asked to stop, and a failed allocation ends a process without a word.
pub fn under_limits<T>(label: &str, limits: Limits, work: impl FnOnce() -> T) -> T {
    limit_data(limits.memory_mib);
    let given = label.to_owned();
    // A compiler that finds itself in a state that it did not expect gives up like that, and says so to its authors.
    panic::set_hook(Box::new(move |panic| {
        if std::env::var_os("BUSBAR_DEBUG").is_some_and(|value| !value.is_empty()) {
            eprintln!("{panic}");
        }
        end(&format!("{given} cannot be linked: the compiler cannot make code of it; use another build of it."));
    }));
    let (done, is_done) = channel::<()>();
    let watched = label.to_owned();
    let too_much = format!(
        "{label} takes more than {} MiB of memory to compile; use another build of it, or give it more with --memory.",
        limits.memory_mib
    );
    set_last_words(&error_line(&too_much));
    std::thread::spawn(move || {
        let start = Instant::now();
        while is_done.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
            if start.elapsed() > limits.deadline {
                end(&format!(
                    "{watched} takes more than {} s to compile; use another build of it, or give it more with --deadline.",
                    limits.deadline.as_secs()
                ));
            }
            if resident_mib() > limits.memory_mib {
                end(&too_much);
            }
        }
    });
    let result = work();
    drop(done);
    drop(panic::take_hook());
    result
}

fn end(message: &str) -> ! {
    eprintln!("{}", error_line(message));
    exit(EXIT_CODE)
}

/// man 5 proc, statm: the second number is in pages.
fn resident_mib() -> u64 {
    // SAFETY: it takes a number and gives one.
    let page = u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4_096);
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages.saturating_mul(page) / MIB
}

fn limit_data(memory_mib: u64) {
    let most = memory_mib.saturating_add(BACKSTOP_MIB).saturating_mul(MIB);
    let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
    // SAFETY: it reads the structure that it is given, which lives here. Where it is refused, the kernel's own limit is lower.
    unsafe { libc::setrlimit(libc::RLIMIT_DATA, &raw const limit) };
}
