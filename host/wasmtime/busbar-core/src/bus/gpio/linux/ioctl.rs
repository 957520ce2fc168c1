//! The ioctls of `/dev/gpiochipN` and of the lines that are taken from it: the only unsafe code between this host and a line. Structures are
//! laid out as in the kernel's include/uapi/linux/gpio.h.
#![allow(unsafe_code)]

use super::constants::{
    GPIO_GET_CHIPINFO_IOCTL, GPIO_V2_GET_LINE_IOCTL, GPIO_V2_GET_LINEINFO_IOCTL, GPIO_V2_LINE_GET_VALUES_IOCTL,
    GPIO_V2_LINE_SET_CONFIG_IOCTL, GPIO_V2_LINE_SET_VALUES_IOCTL,
};
use super::edge_task::{EdgeTask, Taken};
use super::structures::{
    CHIP_INFO_SIZE, ChipInfo, LINE_EVENT_SIZE, LineConfig, LineEvent, LineInfo, decode_events, decode_values,
    descriptor_of, encode_values,
};
use super::system::{ChipDev, EventListener, LineDev};
use crate::bus::gpio::GpioLevel;
use crate::bus::linux::Errno;
use libc::c_int;
use std::fs::{File, OpenOptions};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// Events of one read.
const MOST_EVENTS: usize = 64;

/// An opened `/dev/gpiochipN` of this machine.
#[derive(Debug)]
pub(super) struct ChipFile(File);

impl ChipFile {
    /// Opens a device file for reading and writing, and for no program that this one starts.
    pub(super) fn open(path: &str) -> Result<Self, Errno> {
        Ok(Self(OpenOptions::new().read(true).write(true).open(path)?))
    }
}

impl ChipDev for ChipFile {
    fn info(&self) -> Result<ChipInfo, Errno> {
        let mut bytes = [0; CHIP_INFO_SIZE];
        call(self.0.as_raw_fd(), GPIO_GET_CHIPINFO_IOCTL, &mut bytes)?;
        Ok(ChipInfo::decode(&bytes))
    }

    fn line_info(&self, offset: u32) -> Result<LineInfo, Errno> {
        let mut bytes = LineInfo::encode(offset);
        call(self.0.as_raw_fd(), GPIO_V2_GET_LINEINFO_IOCTL, &mut bytes)?;
        Ok(LineInfo::decode(&bytes))
    }

    fn request(&self, offset: u32, consumer: &str, config: &LineConfig) -> Result<Box<dyn LineDev>, Errno> {
        let mut bytes = config.encode_request(offset, consumer);
        call(self.0.as_raw_fd(), GPIO_V2_GET_LINE_IOCTL, &mut bytes)?;
        // SAFETY: gpio.h, GPIO_V2_GET_LINE_IOCTL: where it succeeds, the kernel has made a descriptor for the caller, who alone has it and
        // closes it. gpiolib-cdev.c makes it with O_CLOEXEC.
        let file = File::from(unsafe { OwnedFd::from_raw_fd(descriptor_of(&bytes)) });
        without_waiting(&file)?;
        Ok(Box::new(LineFile { edges: None, file }))
    }
}

/// A line that the kernel has given to this process.
struct LineFile {
    /// Before the file, so that nobody waits for it any more when that is closed.
    edges: Option<EdgeTask>,
    file: File,
}

impl LineDev for LineFile {
    fn configure(&self, config: &LineConfig) -> Result<(), Errno> {
        call(self.file.as_raw_fd(), GPIO_V2_LINE_SET_CONFIG_IOCTL, &mut config.encode())
    }

    fn level(&self) -> Result<GpioLevel, Errno> {
        let mut values = encode_values(GpioLevel::Low);
        call(self.file.as_raw_fd(), GPIO_V2_LINE_GET_VALUES_IOCTL, &mut values)?;
        Ok(decode_values(&values))
    }

    fn set_level(&self, level: GpioLevel) -> Result<(), Errno> {
        call(self.file.as_raw_fd(), GPIO_V2_LINE_SET_VALUES_IOCTL, &mut encode_values(level))
    }

    fn events(&self) -> Result<Vec<LineEvent>, Errno> {
        read_events(self.file.as_raw_fd())
    }

    fn listen(&mut self, mut listener: EventListener) -> Result<(), Errno> {
        self.ignore();
        let take = move |descriptor: RawFd| match read_events(descriptor) {
            Ok(events) if events.is_empty() => Taken::Nothing,
            Ok(events) => {
                listener(&events);
                Taken::Some
            }
            // The controller was pulled out: nothing more comes, and whoever reads or watches the line hears why.
            Err(_) => Taken::Gone,
        };
        // SAFETY: the descriptor is that of the file, which is closed after what is made here is dropped: fields are dropped in their order.
        self.edges = Some(unsafe { EdgeTask::start(self.file.as_raw_fd(), take) }?);
        Ok(())
    }

    fn ignore(&mut self) {
        self.edges = None;
    }
}

/// The edges that the kernel has kept of a line.
fn read_events(descriptor: RawFd) -> Result<Vec<LineEvent>, Errno> {
    let mut bytes = [0_u8; MOST_EVENTS * LINE_EVENT_SIZE];
    // SAFETY: read(2) writes at most as many bytes as it is told, which is the length of what it is given.
    let length = unsafe { libc::read(descriptor, bytes.as_mut_ptr().cast(), bytes.len()) };
    match usize::try_from(length).map_err(|_| Errno::last()) {
        Ok(length) => Ok(decode_events(&bytes[..length])),
        Err(Errno(libc::EAGAIN)) => Ok(Vec::new()),
        Err(errno) => Err(errno),
    }
}

/// A request with a structure that the kernel reads and fills, whose size is that in the number of the request.
fn call<const SIZE: usize>(descriptor: RawFd, request: u32, bytes: &mut [u8; SIZE]) -> Result<(), Errno> {
    debug_assert_eq!(request >> 16 & 0x3fff, SIZE as u32);
    // SAFETY: gpio.h: the kernel reads and writes as many bytes at the argument as the number of each of these requests says, which all of
    // them are made of the size of their structure; the bytes live until the call has returned. Another kind of file has no request of this
    // number with another size: the size is part of it.
    succeeded(unsafe { libc::ioctl(descriptor, request.into(), bytes.as_mut_ptr()) })
}

/// Reading it does not wait when nothing is there.
fn without_waiting(file: &File) -> Result<(), Errno> {
    // SAFETY: both take numbers only, and the descriptor is open as long as the file lives.
    let flags = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GETFL) };
    succeeded(flags)?;
    // SAFETY: as above.
    succeeded(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK) })
}

/// What a call returned, which is negative where it failed.
fn succeeded(result: c_int) -> Result<(), Errno> {
    if result < 0 { Err(Errno::last()) } else { Ok(()) }
}

/// CLOCK_MONOTONIC, in nanoseconds.
pub(super) fn monotonic_ns() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: clock_gettime(2) writes one timespec where the argument points. Every Linux has this clock, so that it does not fail.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    // Neither is negative.
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_chip_answers_enotty() {
        let file = ChipFile::open("/dev/null").expect("every Linux has it");
        let enotty = Errno(libc::ENOTTY);
        assert_eq!(file.info(), Err(enotty));
        assert_eq!(file.line_info(0), Err(enotty));
        let config = LineConfig {
            direction: crate::bus::gpio::GpioDirection::In,
            pull: None,
            debounce_ms: None,
            initial: GpioLevel::Low,
            edges: false,
        };
        assert_eq!(file.request(0, "busbar", &config).map(drop), Err(enotty));
        assert_eq!(ChipFile::open("/dev/gpiochip-none").map(drop), Err(Errno(libc::ENOENT)));
    }

    #[test]
    fn the_time_is_that_of_the_kernels_edges() {
        let (before, now) = (monotonic_ns(), monotonic_ns());
        assert!(before > 0 && now >= before);
    }
}
