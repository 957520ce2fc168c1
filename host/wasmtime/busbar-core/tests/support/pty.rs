//! A pseudo terminal of the kernel: a serial port without hardware, whose other side a test has. Needs no rights.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd};
use std::time::Duration;

/// The port's other side. Dropping it pulls the port out.
pub struct Pty {
    master: File,
    /// The port, below /dev: "pts/3".
    pub port: String,
}

impl Pty {
    pub fn new() -> Self {
        // SAFETY: posix_openpt(3) takes numbers only.
        let master = unsafe { libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC | libc::O_NONBLOCK) };
        assert!(master >= 0, "no pseudo terminal");
        // SAFETY: it was opened just now, and nobody else has it.
        let master = unsafe { File::from_raw_fd(master) };
        let mut name = [0; 128];
        // SAFETY: the descriptor is open; ptsname_r(3) writes at most as many bytes as it is told, and a 0 at their end.
        let made = unsafe {
            libc::grantpt(master.as_raw_fd()) == 0
                && libc::unlockpt(master.as_raw_fd()) == 0
                && libc::ptsname_r(master.as_raw_fd(), name.as_mut_ptr(), name.len()) == 0
        };
        assert!(made, "no pseudo terminal");
        // SAFETY: it ends with a 0.
        let path = unsafe { CStr::from_ptr(name.as_ptr()) }.to_str().expect("it is a text");
        Self { port: path.strip_prefix("/dev/").expect("it is there").to_owned(), master }
    }

    /// The other side sends.
    pub fn send(&self, bytes: &[u8]) {
        (&self.master).write_all(bytes).expect("there is room");
    }

    /// Waits until so many bytes have come to the other side.
    pub async fn received(&self, length: usize) -> Vec<u8> {
        let mut received = Vec::new();
        while received.len() < length {
            let mut bytes = [0; 64];
            match (&self.master).read(&mut bytes) {
                Ok(count) => received.extend_from_slice(&bytes[..count]),
                // EIO: nobody has the port open yet.
                Err(error) if error.kind() == ErrorKind::WouldBlock || error.raw_os_error() == Some(libc::EIO) => {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                Err(error) => panic!("{error}"),
            }
        }
        received
    }
}
