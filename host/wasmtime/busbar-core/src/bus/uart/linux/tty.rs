use super::counters::LineCounters;
use super::errno::call_error;
use super::marks::{MarkDecoder, Marked};
use super::remedies::{in_use, open_error};
use super::system::{Queue, UartDev, UartSystem};
use super::termios::{Termios, encode_termios, refused_setting};
use crate::bus::linux::Errno;
use crate::bus::uart::{Later, Parity, UartError, UartErrorCode, UartLineSettings, UartPort, UartUsage};
use crate::error::HostError;
use crate::locked::locked;
use crate::locks::DeviceLock;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// What one read takes from the kernel at most: it keeps no more.
const LONGEST_READ: usize = 4096;
/// The longest pause between two looks at what is still to be sent, in milliseconds.
const LONGEST_PAUSE_MS: f64 = 100.0;
/// How much longer than its bytes take a port waits for them when it is closed, in milliseconds: then they are forgotten.
const CLOSING_MS: f64 = 200.0;

/// What a read has to tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Byte(u8),
    Fault(UartErrorCode),
}

impl Kept {
    fn byte(self) -> Option<u8> {
        match self {
            Self::Byte(byte) => Some(byte),
            Self::Fault(_) => None,
        }
    }
}

fn text_of(fault: UartErrorCode) -> &'static str {
    match fault {
        UartErrorCode::Framing => "a byte came without its stop bit; check the baud rate, ground and wires",
        UartErrorCode::Parity => "a byte came with the wrong parity; check the parity and the wires",
        UartErrorCode::Break => "the other side held the line; check the wires and its power",
        UartErrorCode::Overrun => "bytes were lost, because nobody took them in time",
        UartErrorCode::Denied | UartErrorCode::Disconnected | UartErrorCode::Other => "the call failed",
    }
}

/// An opened tty, set as it is wired. Nothing of it holds a thread.
pub(super) struct LinuxUartPort {
    path: String,
    system: Arc<dyn UartSystem>,
    /// None once it was given back.
    held: Mutex<Option<Arc<HeldTty>>>,
    state: Mutex<State>,
    /// Becomes true when nothing works any more: it ends all that waits.
    over: watch::Sender<bool>,
    /// One who closes it after the other.
    closing: tokio::sync::Mutex<()>,
}

struct State {
    settings: UartLineSettings,
    decoder: MarkDecoder,
    kept: VecDeque<Kept>,
    counters: Option<LineCounters>,
    /// Why nothing works any more.
    over: Option<UartError>,
}

/// A tty that is this process's. Dropping it sets it back as it was found, forgets what has not left, and closes it: closing alone would
/// wait for that half a minute, and this thread with it.
struct HeldTty {
    /// Before the lock, which is given up when the tty is closed.
    dev: Box<dyn UartDev>,
    before: Termios,
    /// Nothing can be set of it any more.
    is_gone: Mutex<bool>,
    _lock: DeviceLock,
}

impl Drop for HeldTty {
    fn drop(&mut self) {
        // What fails here is of a tty that is gone.
        if !*locked(&self.is_gone) {
            // A pseudo terminal says that nothing is unsent of what it still has for its other side: that is not forgotten.
            if self.dev.unsent() != Ok(0) {
                let _ = self.dev.discard(Queue::Output);
            }
            let _ = self.dev.set_termios(&self.before);
        }
        let _ = self.dev.set_exclusive(false);
    }
}

impl LinuxUartPort {
    /// Opens a tty and sets it. Nothing is sent; opening raises DTR and RTS, as the kernel does. `lock` is given up when it is closed. The error
    /// says that it cannot be opened, is somebody else's, or cannot be set like that.
    pub(super) fn open(
        path: &str,
        usage: &UartUsage<'_>,
        system: &Arc<dyn UartSystem>,
        lock: DeviceLock,
    ) -> Result<Self, HostError> {
        let UartUsage { device, settings } = usage;
        let failed = |errno: Errno| open_error(errno, path, device, system.as_ref());
        let dev = system.open(path).map_err(failed)?;
        if !dev.lock() {
            return Err(in_use(path, device));
        }
        let before = dev.termios().map_err(failed)?;
        dev.set_termios(&encode_termios(settings, &before)).map_err(failed)?;
        if let Some(refused) = refused_setting(settings, &dev.termios().map_err(failed)?) {
            dev.set_termios(&before).map_err(failed)?;
            return Err(HostError::backend(format!(
                "{device}: {path} cannot be set to {refused}; correct the entry, or use another adapter."
            )));
        }
        dev.set_exclusive(true).map_err(failed)?;
        dev.discard(Queue::Input).map_err(failed)?;
        let state = State {
            settings: *settings,
            decoder: MarkDecoder::default(),
            kept: VecDeque::new(),
            counters: dev.counters(),
            over: None,
        };
        let held = HeldTty { dev, before, is_gone: Mutex::new(false), _lock: lock };
        Ok(Self {
            path: path.to_owned(),
            system: system.clone(),
            held: Mutex::new(Some(Arc::new(held))),
            state: Mutex::new(state),
            over: watch::Sender::new(false),
            closing: tokio::sync::Mutex::new(()),
        })
    }

    /// The tty, as long as it works.
    fn held(&self) -> Result<Arc<HeldTty>, UartError> {
        if let Some(over) = &locked(&self.state).over {
            return Err(over.clone());
        }
        locked(&self.held).clone().ok_or_else(|| self.closed())
    }

    fn closed(&self) -> UartError {
        UartError::other(format!("{} is closed", self.path))
    }

    /// Nothing works any more from now on.
    fn fail(&self, why: UartError) -> UartError {
        let why = locked(&self.state).over.get_or_insert(why).clone();
        self.over.send_replace(true);
        why
    }

    /// What a call failed with.
    fn failed(&self, errno: Errno) -> UartError {
        let error = call_error(errno, &self.path);
        if error.code == UartErrorCode::Disconnected { self.fail(error) } else { error }
    }

    /// Settles when nothing works any more.
    async fn ended(&self) {
        // The port is borrowed, so that the sender stays.
        let _ = self.over.subscribe().wait_for(|is_over| *is_over).await;
    }

    /// What is there, up to the first mark; the error is that mark where it is the first.
    fn take(&self, tty: &HeldTty, maximum: usize) -> Result<Vec<u8>, UartError> {
        if locked(&self.state).kept.is_empty() {
            self.fill(tty, maximum)?;
        }
        let kept = &mut locked(&self.state).kept;
        if let Some(Kept::Fault(fault)) = kept.front().copied() {
            kept.pop_front();
            return Err(UartError::new(fault, format!("{}: {}", self.path, text_of(fault))));
        }
        let end = kept.iter().take(maximum).take_while(|each| each.byte().is_some()).count();
        Ok(kept.drain(..end).filter_map(Kept::byte).collect())
    }

    fn fill(&self, tty: &HeldTty, maximum: usize) -> Result<(), UartError> {
        let mut raw = [0; LONGEST_READ];
        let length = match tty.dev.read(&mut raw[..maximum.min(LONGEST_READ)]) {
            Ok(0) => return Err(self.failed(Errno(libc::EIO))),
            Ok(length) => length,
            Err(Errno(libc::EAGAIN)) => return Ok(()),
            Err(errno) => return Err(self.failed(errno)),
        };
        let mut state = locked(&self.state);
        let before = state.counters;
        if before.is_some() {
            state.counters = tty.dev.counters();
        }
        let counted = before.map(|before| (before, state.counters.unwrap_or(before)));
        let parity = state.settings.parity;
        let marked = state.decoder.push(&raw[..length]);
        state.kept.extend(marked.into_iter().map(|each| meaning(each, parity, counted)));
        // Where among the bytes it was, nobody knows: before them, then, as the loss was.
        if counted.is_some_and(|(before, after)| after.overrun > before.overrun) {
            state.kept.push_front(Kept::Fault(UartErrorCode::Overrun));
        }
        Ok(())
    }

    /// Waits until so many bytes have left, or not quite.
    async fn pause(&self, bytes: usize) {
        let pause = self.system.pause(self.pause_for(bytes));
        tokio::select! {
            biased;
            () = self.ended() => {}
            () = pause => {}
        }
    }

    fn pause_for(&self, bytes: usize) -> Duration {
        milliseconds((bytes as f64 * self.byte_ms()).clamp(1.0, LONGEST_PAUSE_MS))
    }

    /// At most twelve bits are a byte: a start bit, eight, a parity bit and two stop bits.
    fn byte_ms(&self) -> f64 {
        12.0 * 1000.0 / f64::from(locked(&self.state).settings.baud_rate)
    }

    async fn drained(&self) -> Result<(), UartError> {
        loop {
            let tty = self.held()?;
            let unsent = tty.dev.unsent().map_err(|errno| self.failed(errno))?;
            if unsent == 0 && tty.dev.is_empty() != Some(false) {
                return Ok(());
            }
            drop(tty);
            self.pause(unsent).await;
        }
    }

    fn set_speed(&self, baud_rate: u32) -> Result<(), UartError> {
        let tty = self.held()?;
        let before = locked(&self.state).settings;
        let settings = UartLineSettings { baud_rate, ..before };
        let set = |settings: &UartLineSettings| {
            tty.dev.set_termios(&encode_termios(settings, &tty.before)).map_err(|errno| self.failed(errno))
        };
        set(&settings)?;
        let is_set = tty.dev.termios().map_err(|errno| self.failed(errno))?;
        if refused_setting(&settings, &is_set).is_some() {
            set(&before)?;
            return Err(UartError::other(format!("{}: the port cannot do {baud_rate} baud", self.path)));
        }
        locked(&self.state).settings = settings;
        Ok(())
    }
}

/// The kernel marks both alike, and counts them apart.
fn meaning(marked: Marked, parity: Parity, counted: Option<(LineCounters, LineCounters)>) -> Kept {
    let is_framing = parity == Parity::None
        || counted.is_some_and(|(before, after)| after.frame > before.frame && after.parity == before.parity);
    match marked {
        Marked::Byte(byte) => Kept::Byte(byte),
        Marked::Break => Kept::Fault(UartErrorCode::Break),
        Marked::FramingOrParity if is_framing => Kept::Fault(UartErrorCode::Framing),
        Marked::FramingOrParity => Kept::Fault(UartErrorCode::Parity),
    }
}

fn milliseconds(ms: f64) -> Duration {
    Duration::from_secs_f64(ms / 1e3)
}

impl UartPort for LinuxUartPort {
    fn read(&self, maximum: usize, timeout: Duration) -> Later<'_, Result<Vec<u8>, UartError>> {
        Box::pin(async move {
            let mut is_over = timeout.is_zero();
            let mut limit = self.system.pause(timeout);
            loop {
                let tty = self.held()?;
                let bytes = self.take(&tty, maximum)?;
                if !bytes.is_empty() || is_over {
                    return Ok(bytes);
                }
                tokio::select! {
                    biased;
                    () = self.ended() => {}
                    readable = tty.dev.readable() => readable.map_err(|errno| self.failed(errno))?,
                    () = &mut limit => is_over = true,
                }
            }
        })
    }

    fn write<'a>(&'a self, data: &'a [u8]) -> Later<'a, Result<(), UartError>> {
        Box::pin(async move {
            let mut offset = 0;
            loop {
                offset += match self.held()?.dev.write(&data[offset..]) {
                    Ok(length) => length,
                    Err(Errno(libc::EAGAIN)) => 0,
                    Err(errno) => return Err(self.failed(errno)),
                };
                if offset >= data.len() {
                    return Ok(());
                }
                self.pause(64).await;
            }
        })
    }

    fn drain(&self) -> Later<'_, Result<(), UartError>> {
        Box::pin(self.drained())
    }

    fn discard(&self) -> Result<(), UartError> {
        let tty = self.held()?;
        tty.dev.discard(Queue::Input).map_err(|errno| self.failed(errno))?;
        let mut state = locked(&self.state);
        state.kept.clear();
        state.decoder.reset();
        state.counters = tty.dev.counters();
        Ok(())
    }

    fn set_baud_rate(&self, baud_rate: u32) -> Later<'_, Result<(), UartError>> {
        Box::pin(async move {
            self.drained().await?;
            self.set_speed(baud_rate)
        })
    }

    fn close(&self) -> Later<'_, ()> {
        Box::pin(async move {
            let _one_after_the_other = self.closing.lock().await;
            let is_gone = self.fail(self.closed()).code == UartErrorCode::Disconnected;
            let Some(tty) = locked(&self.held).take() else { return };
            if is_gone {
                *locked(&tty.is_gone) = true;
                return;
            }
            let unsent = || tty.dev.unsent().unwrap_or(0);
            let most_pauses = ((unsent() as f64 * self.byte_ms() + CLOSING_MS) / LONGEST_PAUSE_MS).ceil() as u64;
            for _ in 0..most_pauses {
                let left = unsent();
                if left == 0 {
                    break;
                }
                self.system.pause(self.pause_for(left)).await;
            }
        })
    }
}
