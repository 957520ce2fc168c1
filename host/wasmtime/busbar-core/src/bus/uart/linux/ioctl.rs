//! The system calls of a tty: the only unsafe code between this host and a serial port. Numbers and structures are those of constants.rs.
#![allow(unsafe_code)]

use super::constants::{
    ICOUNTER_INTS, TCFLSH, TCGETS2, TCSETS2, TERMIOS2_SIZE, TIOCEXCL, TIOCGICOUNT, TIOCNXCL, TIOCOUTQ, TIOCSER_TEMT,
    TIOCSERGETLSR,
};
use super::counters::LineCounters;
use super::system::{Queue, UartDev};
use super::termios::Termios;
use crate::bus::linux::Errno;
use crate::bus::uart::Later;
use libc::{c_int, c_ulong};
use std::ffi::CString;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::ptr;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// An opened tty of this machine.
#[derive(Debug)]
pub(super) struct TtyFile(File);

impl TtyFile {
    /// Opens a tty for reading and writing, and for no program that this one starts: it becomes nobody's terminal, and neither this nor any
    /// call on it waits.
    pub(super) fn open(path: &str) -> Result<Self, Errno> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(libc::O_NOCTTY | libc::O_NONBLOCK);
        Ok(Self(options.open(path)?))
    }

    fn descriptor(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// A request whose argument is a number, or nothing.
    fn tell(&self, request: u32, argument: c_ulong) -> Result<(), Errno> {
        // SAFETY: TCFLSH, TIOCEXCL and TIOCNXCL take no pointer (drivers/tty/tty_io.c, tty_ioctl; drivers/tty/tty_ioctl.c,
        // n_tty_ioctl_helper), and no file but a tty has these requests.
        succeeded(unsafe { libc::ioctl(self.descriptor(), request.into(), argument) })
    }

    /// A request that fills an int.
    fn number(&self, request: u32) -> Result<c_int, Errno> {
        let mut number: c_int = 0;
        // SAFETY: TIOCOUTQ and TIOCSERGETLSR write one int where the argument points, which lives until the call has returned.
        succeeded(unsafe { libc::ioctl(self.descriptor(), request.into(), ptr::from_mut(&mut number)) })?;
        Ok(number)
    }
}

impl UartDev for TtyFile {
    fn lock(&self) -> bool {
        // SAFETY: flock(2) takes numbers only, and the descriptor is open as long as the file lives.
        unsafe { libc::flock(self.descriptor(), libc::LOCK_EX | libc::LOCK_NB) == 0 }
    }

    fn set_exclusive(&self, is_exclusive: bool) -> Result<(), Errno> {
        self.tell(if is_exclusive { TIOCEXCL } else { TIOCNXCL }, 0)
    }

    fn termios(&self) -> Result<Termios, Errno> {
        let mut termios: Termios = [0; TERMIOS2_SIZE];
        // SAFETY: TCGETS2 writes one struct termios2 where the argument points: its size is part of the number of the request, and that of
        // the bytes, which live until the call has returned.
        succeeded(unsafe { libc::ioctl(self.descriptor(), TCGETS2.into(), termios.as_mut_ptr()) })?;
        Ok(termios)
    }

    fn set_termios(&self, termios: &Termios) -> Result<(), Errno> {
        // SAFETY: TCSETS2 reads one struct termios2 where the argument points, likewise.
        succeeded(unsafe { libc::ioctl(self.descriptor(), TCSETS2.into(), termios.as_ptr()) })
    }

    fn read(&self, bytes: &mut [u8]) -> Result<usize, Errno> {
        Ok((&self.0).read(bytes)?)
    }

    fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        Ok((&self.0).write(bytes)?)
    }

    fn discard(&self, queue: Queue) -> Result<(), Errno> {
        let queue = match queue {
            Queue::Input => libc::TCIFLUSH,
            Queue::Output => libc::TCOFLUSH,
        };
        // Neither is negative.
        self.tell(TCFLSH, queue as c_ulong)
    }

    fn unsent(&self) -> Result<usize, Errno> {
        Ok(usize::try_from(self.number(TIOCOUTQ)?).unwrap_or(0))
    }

    fn is_empty(&self) -> Option<bool> {
        // Whatever a driver says of what it does not have: most say ENOTTY, some EINVAL.
        self.number(TIOCSERGETLSR).ok().map(|status| status & TIOCSER_TEMT != 0)
    }

    fn counters(&self) -> Option<LineCounters> {
        let mut counters: [c_int; ICOUNTER_INTS] = [0; ICOUNTER_INTS];
        // SAFETY: TIOCGICOUNT writes one struct serial_icounter_struct where the argument points, which is these ints (linux/serial.h); they
        // live until the call has returned.
        let asked = unsafe { libc::ioctl(self.descriptor(), TIOCGICOUNT.into(), counters.as_mut_ptr()) };
        // Likewise.
        succeeded(asked).ok().map(|()| LineCounters::decode(&counters))
    }

    fn readable(&self) -> Later<'_, Result<(), Errno>> {
        let descriptor = self.descriptor();
        Box::pin(async move {
            // Registered anew for each wait, it tells of what is there already too.
            // SAFETY: the descriptor is that of the file, which this wait borrows: it stays open until what is registered is dropped.
            let waiting = unsafe { AsyncFd::register_with_interest(descriptor, Interest::READABLE) };
            let waiting = waiting.map_err(std::io::Error::from)?;
            waiting.readable().await?.retain_ready();
            Ok(())
        })
    }
}

/// access(2): whether this process may open a file for reading and writing.
pub(super) fn may_use(path: &str) -> bool {
    let Ok(path) = CString::new(path) else { return false };
    // SAFETY: the text ends with a 0, and lives until the call has returned.
    unsafe { libc::access(path.as_ptr(), libc::R_OK | libc::W_OK) == 0 }
}

/// What a call returned, which is negative where it failed.
fn succeeded(result: c_int) -> Result<(), Errno> {
    if result < 0 { Err(Errno::last()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_tty_answers_enotty() {
        let file = TtyFile::open("/dev/null").expect("every Linux has it");
        let enotty = Errno(libc::ENOTTY);
        assert_eq!(file.termios(), Err(enotty));
        assert_eq!(file.set_termios(&[0; TERMIOS2_SIZE]), Err(enotty));
        assert_eq!(file.discard(Queue::Input), Err(enotty));
        assert_eq!(file.set_exclusive(true), Err(enotty));
        assert_eq!(file.unsent(), Err(enotty));
        assert_eq!((file.is_empty(), file.counters()), (None, None));
        assert_eq!(TtyFile::open("/dev/tty-none").map(drop), Err(Errno(libc::ENOENT)));
    }

    #[test]
    fn who_may_open_a_file_is_asked_without_opening_it() {
        assert!(may_use("/dev/null"));
        assert!(!may_use("/dev/tty-none") && !may_use("/dev/null\0"));
    }
}
