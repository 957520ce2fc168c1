use super::line::{Disturbance, LineByte};
use crate::bus::uart::{UartError, UartErrorCode};
use std::collections::VecDeque;

/// A 16550A hands over what it has when it has so many bytes, as Linux sets it (drivers/tty/serial/8250),
const FIFO_TRIGGER: usize = 14;
/// or when nothing more came for the time of four bytes ("receiver timeout", PC16550D data sheet, section 8.10).
const TIMEOUT_BYTES: f64 = 4.0;
/// What Linux keeps for who does not read: N_TTY_BUF_SIZE of drivers/tty/n_tty.c.
const BUFFER_BYTES: usize = 4096;

/// What was received, or what was in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Byte(u8),
    Disturbed(Disturbance),
    Overrun,
}

/// What a port does with the bytes that come: they are handed over in portions, and kept until they are read, up to an end.
#[derive(Default)]
pub(super) struct UartReceiver {
    /// On the line, or in the chip's FIFO.
    coming: VecDeque<LineByte>,
    kept: VecDeque<Kept>,
}

impl UartReceiver {
    /// What the other side has sent: on the line for some time yet.
    pub(super) fn add(&mut self, bytes: Vec<LineByte>) {
        self.coming.extend(bytes);
    }

    /// When bytes are handed over next, if no others come; none where none are on their way. `byte_ms` is how long a byte is on the line.
    pub(super) fn next_ms(&self, byte_ms: f64) -> Option<f64> {
        self.portion(byte_ms).map(|(_, at_ms)| at_ms)
    }

    /// Takes over what has come until now.
    pub(super) fn follow(&mut self, byte_ms: f64, now_ms: f64) {
        while let Some((length, _)) = self.portion(byte_ms).filter(|(_, at_ms)| *at_ms <= now_ms) {
            for LineByte { byte, disturbed, .. } in self.coming.drain(..length) {
                if self.kept.len() < BUFFER_BYTES {
                    self.kept.push_back(disturbed.map_or(Kept::Byte(byte), Kept::Disturbed));
                } else if self.kept.back() != Some(&Kept::Overrun) {
                    self.kept.push_back(Kept::Overrun);
                }
            }
        }
    }

    /// What is there to be read, at most `maximum` bytes, up to the first that was disturbed; the error is that where it is the first.
    pub(super) fn take(&mut self, maximum: usize) -> Result<Vec<u8>, UartError> {
        let fault = match self.kept.front() {
            Some(Kept::Disturbed(Disturbance::Framing)) => {
                Some((UartErrorCode::Framing, "a byte came without its stop bit"))
            }
            Some(Kept::Disturbed(Disturbance::Parity)) => {
                Some((UartErrorCode::Parity, "a byte came with the wrong parity"))
            }
            Some(Kept::Overrun) => Some((UartErrorCode::Overrun, "bytes were lost, because nobody read them in time")),
            Some(Kept::Byte(_)) | None => None,
        };
        if let Some((code, text)) = fault {
            self.kept.pop_front();
            return Err(UartError::new(code, text));
        }
        let byte = |kept: &Kept| if let Kept::Byte(byte) = kept { Some(*byte) } else { None };
        let bytes: Vec<u8> = self.kept.iter().take(maximum).map_while(byte).collect();
        self.kept.drain(..bytes.len());
        Ok(bytes)
    }

    /// Forgets what has come until now.
    pub(super) fn discard(&mut self, now_ms: f64) {
        self.kept.clear();
        self.coming.retain(|each| each.at_ms > now_ms);
    }

    /// How many bytes are handed over together next, and when.
    fn portion(&self, byte_ms: f64) -> Option<(usize, f64)> {
        let mut last_ms = None;
        let mut length = 0;
        for LineByte { at_ms, .. } in &self.coming {
            if last_ms.is_some_and(|last_ms| at_ms - last_ms > TIMEOUT_BYTES * byte_ms) {
                break;
            }
            last_ms = Some(*at_ms);
            length += 1;
            if length == FIFO_TRIGGER {
                return Some((length, *at_ms));
            }
        }
        last_ms.map(|last_ms| (length, last_ms + TIMEOUT_BYTES * byte_ms))
    }
}
