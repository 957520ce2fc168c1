//! The ioctls of `/dev/spidevB.C`: the only unsafe code between this host and an SPI controller. Structures are laid out as in the
//! kernel's include/uapi/linux/spi/spidev.h.
#![allow(unsafe_code)]

use super::message::SpiTransfer;
use super::system::SpiDev;
use crate::bus::linux::Errno;
use crate::bus::spi::MAXIMUM_SPI_OPERATIONS;
use libc::{c_int, c_void};
use std::fs::{File, OpenOptions};
use std::os::fd::AsRawFd;
use std::ptr;

/// Clock phase: the second edge of the clock samples.
pub(super) const SPI_CPHA: u32 = 0x01;
/// Clock polarity: the clock rests high.
pub(super) const SPI_CPOL: u32 = 0x02;
/// Each byte's least significant bit is first on the wire.
pub(super) const SPI_LSB_FIRST: u32 = 0x08;

/// The direction of an ioctl's data, seen from the program, where asm-generic/ioctl.h has it.
const WRITE: u32 = 1;
const READ: u32 = 2;
/// `SPI_IOC_MAGIC`.
const MAGIC: u32 = b'k' as u32;

/// `_IOC` of asm-generic/ioctl.h.
const fn request(direction: u32, number: u32, size: usize) -> u32 {
    direction << 30 | (size as u32) << 16 | MAGIC << 8 | number
}

/// Takes a pointer to a `__u32`: receives the device's mode bits.
const SPI_IOC_RD_MODE32: u32 = request(READ, 5, size_of::<u32>());
/// Takes a pointer to a `__u32`: all mode bits anew.
const SPI_IOC_WR_MODE32: u32 = request(WRITE, 5, size_of::<u32>());

/// `SPI_IOC_MESSAGE(count)`: takes a pointer to so many transfers.
const fn spi_ioc_message(count: usize) -> u32 {
    request(WRITE, 0, count * size_of::<SpiIocTransfer>())
}

/// `struct spi_ioc_transfer`. `cs_change` is 0 in all of them: chip select stays asserted between them, and is released after the last.
/// Speed and word length are told with each transfer, so that no other program that opens the device changes them.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct SpiIocTransfer {
    tx_buf: u64,
    rx_buf: u64,
    len: u32,
    speed_hz: u32,
    delay_usecs: u16,
    bits_per_word: u8,
    cs_change: u8,
    tx_nbits: u8,
    rx_nbits: u8,
    word_delay_usecs: u8,
    pad: u8,
}

/// An opened `/dev/spidevB.C` of this machine.
#[derive(Debug)]
pub(super) struct DeviceFile(File);

impl DeviceFile {
    /// Opens a device file for reading and writing, and for no program that this one starts.
    pub(super) fn open(path: &str) -> Result<Self, Errno> {
        Ok(Self(OpenOptions::new().read(true).write(true).open(path)?))
    }
}

impl SpiDev for DeviceFile {
    fn mode(&self) -> Result<u32, Errno> {
        let mut mode = 0_u32;
        // SAFETY: spidev.h, SPI_IOC_RD_MODE32: the kernel writes one __u32 where the argument points, which lives until the call has
        // returned. Another kind of file has no request of this number with another size: the size is part of it.
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), SPI_IOC_RD_MODE32.into(), ptr::from_mut(&mut mode)) };
        succeeded(result)?;
        Ok(mode)
    }

    fn set_mode(&self, mode: u32) -> Result<(), Errno> {
        // SAFETY: spidev.h, SPI_IOC_WR_MODE32: the kernel reads one __u32 where the argument points, likewise.
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), SPI_IOC_WR_MODE32.into(), ptr::from_ref(&mode)) };
        succeeded(result).map(drop)
    }

    fn message(&self, transfers: &mut [SpiTransfer<'_>], hz: u32) -> Result<usize, Errno> {
        // More have no room in the number of the request.
        if transfers.len() > MAXIMUM_SPI_OPERATIONS {
            return Err(Errno(libc::EMSGSIZE));
        }
        let mut encoded = Vec::with_capacity(transfers.len());
        for transfer in &mut *transfers {
            let length = transfer.length();
            let received = match &mut transfer.received {
                Some(received) if received.len() != length => return Err(Errno(libc::EINVAL)),
                Some(received) => received.as_mut_ptr() as u64,
                None => 0,
            };
            encoded.push(SpiIocTransfer {
                tx_buf: transfer.sent.map_or(0, |sent| sent.as_ptr() as u64),
                rx_buf: received,
                len: u32::try_from(length).map_err(|_| Errno(libc::EMSGSIZE))?,
                speed_hz: hz,
                delay_usecs: transfer.delay_usecs,
                bits_per_word: 8,
                ..SpiIocTransfer::default()
            });
        }
        let message = spi_ioc_message(encoded.len());
        // SAFETY: spidev.h, SPI_IOC_MESSAGE: the kernel reads as many transfers at the argument as the number of the request says, which
        // is the length of `encoded`. Of each it reads `len` bytes at `tx_buf` and writes as many at `rx_buf`, where these are not 0, and
        // each is a whole slice or, borrowed mutably, a whole vector of `transfers`, of that length; all outlive the call, and the kernel
        // keeps no pointer (spidev_message copies everything).
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), message.into(), encoded.as_mut_ptr().cast::<c_void>()) };
        succeeded(result)
    }
}

/// What an ioctl returned, which is negative where it failed.
fn succeeded(result: c_int) -> Result<usize, Errno> {
    usize::try_from(result).map_err(|_| Errno::last())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::spi::Operation;
    use crate::bus::spi::linux::message::transfers_of;
    use std::mem::offset_of;

    /// The layout from `pahole` on Linux 6.1, and the numbers from `strace`: what a wrong one does shows on hardware only.
    #[test]
    fn structures_and_requests_are_the_kernels() {
        assert_eq!((size_of::<SpiIocTransfer>(), offset_of!(SpiIocTransfer, len)), (32, 16));
        assert_eq!((offset_of!(SpiIocTransfer, delay_usecs), offset_of!(SpiIocTransfer, cs_change)), (24, 27));
        assert_eq!((SPI_IOC_RD_MODE32, SPI_IOC_WR_MODE32), (0x8004_6b05, 0x4004_6b05));
        assert_eq!((spi_ioc_message(1), spi_ioc_message(511)), (0x4020_6b00, 0x7fe0_6b00));
    }

    #[test]
    fn a_file_that_is_no_device_answers_enotty() {
        let file = DeviceFile::open("/dev/null").expect("every Linux has it");
        let enotty = Errno(libc::ENOTTY);
        assert_eq!(file.mode(), Err(enotty));
        assert_eq!(file.set_mode(0), Err(enotty));
        assert_eq!(file.message(&mut transfers_of(&[Operation::Read(1)]), 1), Err(enotty));
        assert_eq!(DeviceFile::open("/dev/spidev-none").map(drop), Err(Errno(libc::ENOENT)));
    }

    #[test]
    fn what_no_call_can_carry_reaches_no_kernel() {
        let file = DeviceFile::open("/dev/null").expect("every Linux has it");
        let many = vec![Operation::Write(vec![0]); MAXIMUM_SPI_OPERATIONS + 1];
        assert_eq!(file.message(&mut transfers_of(&many), 1), Err(Errno(libc::EMSGSIZE)));
        let mut odd = [SpiTransfer { sent: Some(&[1, 2]), received: Some(vec![0]), delay_usecs: 0 }];
        assert_eq!(file.message(&mut odd, 1), Err(Errno(libc::EINVAL)));
    }
}
