//! The ioctls of `/dev/i2c-N`: the only unsafe code between this host and an I2C adapter. Structures are laid out as in
//! the kernel's include/uapi/linux/i2c.h and include/uapi/linux/i2c-dev.h.
#![allow(unsafe_code)]

use super::constants::{
    I2C_FUNCS, I2C_M_RD, I2C_RDWR, I2C_RDWR_IOCTL_MAX_MSGS, I2C_SLAVE, I2C_SMBUS, I2C_SMBUS_BLOCK_MAX,
};
use super::system::{I2cDevice, SmbusCall};
use crate::bus::i2c::Operation;
use crate::bus::linux::Errno;
use libc::{c_int, c_ulong, c_void};
use std::fs::{File, OpenOptions};
use std::os::fd::AsRawFd;
use std::ptr;

/// `struct i2c_msg`: one message of a transaction, from its start condition on.
#[repr(C)]
#[derive(Clone, Copy)]
struct I2cMessage {
    /// The target, 7 bits right-aligned.
    addr: u16,
    /// `I2C_M_RD`, or 0 for a write.
    flags: u16,
    len: u16,
    /// `len` bytes: what is written; for a read, what the kernel fills.
    buf: *mut u8,
}

/// `struct i2c_rdwr_ioctl_data`.
#[repr(C)]
struct I2cRdwrData {
    msgs: *mut I2cMessage,
    nmsgs: u32,
}

/// `struct i2c_smbus_ioctl_data`.
#[repr(C)]
struct I2cSmbusData {
    read_write: u8,
    command: u8,
    size: u32,
    data: *mut SmbusBytes,
}

/// `union i2c_smbus_data`: a byte, a word in the machine's own order, or a count and a block, with one byte more for
/// compatibility.
#[repr(C, align(2))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SmbusBytes(pub(super) [u8; I2C_SMBUS_BLOCK_MAX + 2]);

impl Default for SmbusBytes {
    fn default() -> Self {
        Self([0; I2C_SMBUS_BLOCK_MAX + 2])
    }
}

/// An opened `/dev/i2c-N` of this machine.
#[derive(Debug)]
pub(super) struct DeviceFile(File);

impl DeviceFile {
    /// Opens a device file for reading and writing, and for no program that this one starts.
    pub(super) fn open(path: &str) -> Result<Self, Errno> {
        Ok(Self(OpenOptions::new().read(true).write(true).open(path)?))
    }
}

impl I2cDevice for DeviceFile {
    fn slave(&self, address: u16) -> Result<(), Errno> {
        // SAFETY: i2c-dev.h, I2C_SLAVE: the argument is a number, not a pointer. Another kind of file, which may have a
        // request of this number, would have to take an address below 0x80 for a pointer, and gets EFAULT for it.
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), I2C_SLAVE.into(), c_ulong::from(address)) };
        succeeded(result).map(drop)
    }

    fn funcs(&self) -> Result<u32, Errno> {
        let mut functionality: c_ulong = 0;
        // SAFETY: i2c-dev.h, I2C_FUNCS: the kernel writes one unsigned long where the argument points, which lives until
        // the call has returned.
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), I2C_FUNCS.into(), ptr::from_mut(&mut functionality)) };
        succeeded(result)?;
        // The bits of i2c.h are 32 in all, also where a long is wider.
        Ok(functionality as u32)
    }

    fn rdwr(&self, address: u16, operations: &[Operation], results: &mut [Vec<u8>]) -> Result<usize, Errno> {
        if operations.len() > I2C_RDWR_IOCTL_MAX_MSGS {
            return Err(Errno(libc::EINVAL));
        }
        let none = I2cMessage { addr: address, flags: 0, len: 0, buf: ptr::null_mut() };
        let mut messages = [none; I2C_RDWR_IOCTL_MAX_MSGS];
        let mut results = results.iter_mut();
        for (message, operation) in messages.iter_mut().zip(operations) {
            let length = match operation {
                Operation::Read(_) => {
                    let result = results.next().ok_or(Errno(libc::EINVAL))?;
                    message.flags = I2C_M_RD;
                    message.buf = result.as_mut_ptr();
                    result.len()
                }
                Operation::Write(data) => {
                    message.buf = data.as_ptr().cast_mut();
                    data.len()
                }
            };
            message.len = u16::try_from(length).map_err(|_| Errno(libc::EMSGSIZE))?;
        }
        let mut data = I2cRdwrData { msgs: messages.as_mut_ptr(), nmsgs: operations.len() as u32 };
        // SAFETY: i2c-dev.h, struct i2c_rdwr_ioctl_data: the kernel reads `nmsgs` messages at `msgs`, which is at most the
        // length of `messages`. Of each it reads `len` bytes at `buf` and, only where I2C_M_RD is set, writes as many
        // (i2cdev_ioctl_rdwr copies nothing back for a write), and that is a whole slice of `operations` or, borrowed
        // mutably and each used once, of `results`; both outlive the call, and the kernel keeps no pointer.
        let result =
            unsafe { libc::ioctl(self.0.as_raw_fd(), I2C_RDWR.into(), ptr::from_mut(&mut data).cast::<c_void>()) };
        succeeded(result)
    }

    fn smbus(&self, call: SmbusCall, bytes: &mut SmbusBytes) -> Result<(), Errno> {
        let mut data =
            I2cSmbusData { read_write: call.read_write, command: call.command, size: call.size, data: bytes };
        // SAFETY: i2c-dev.h, struct i2c_smbus_ioctl_data: for every `size` and direction the kernel reads and writes at
        // `data` at most a union i2c_smbus_data (i2cdev_ioctl_smbus), which is what `bytes` is laid out as; it is borrowed
        // mutably and outlives the call, and the kernel keeps no pointer.
        let result =
            unsafe { libc::ioctl(self.0.as_raw_fd(), I2C_SMBUS.into(), ptr::from_mut(&mut data).cast::<c_void>()) };
        succeeded(result).map(drop)
    }
}

/// What an ioctl returned, which is negative where it failed.
fn succeeded(result: c_int) -> Result<usize, Errno> {
    usize::try_from(result).map_err(|_| Errno::last())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{align_of, offset_of, size_of};

    /// The layouts of a 64-bit machine, from `pahole` on Linux 6.1: what a wrong one does shows on hardware only.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn structures_are_laid_out_as_the_kernels() {
        assert_eq!((size_of::<I2cMessage>(), offset_of!(I2cMessage, len), offset_of!(I2cMessage, buf)), (16, 4, 8));
        assert_eq!((size_of::<I2cRdwrData>(), offset_of!(I2cRdwrData, nmsgs)), (16, 8));
        assert_eq!(
            (size_of::<I2cSmbusData>(), offset_of!(I2cSmbusData, size), offset_of!(I2cSmbusData, data)),
            (16, 4, 8)
        );
        assert_eq!((size_of::<SmbusBytes>(), align_of::<SmbusBytes>()), (34, 2));
    }

    #[test]
    fn a_file_that_is_no_bus_answers_enotty() {
        let file = DeviceFile::open("/dev/null").expect("every Linux has it");
        let enotty = Errno(libc::ENOTTY);
        assert_eq!(file.funcs(), Err(enotty));
        assert_eq!(file.slave(0x76), Err(enotty));
        let mut results = vec![vec![0; 8]];
        assert_eq!(file.rdwr(0x76, &[Operation::Write(vec![0xf7]), Operation::Read(8)], &mut results), Err(enotty));
        let call = SmbusCall { read_write: 1, command: 0, size: 1 };
        assert_eq!(file.smbus(call, &mut SmbusBytes::default()), Err(enotty));
        assert_eq!(DeviceFile::open("/dev/i2c-none").map(drop), Err(Errno(libc::ENOENT)));
    }

    #[test]
    fn what_no_call_can_carry_reaches_no_kernel() {
        let file = DeviceFile::open("/dev/null").expect("every Linux has it");
        let many = vec![Operation::Write(vec![0]); I2C_RDWR_IOCTL_MAX_MSGS + 1];
        assert_eq!(file.rdwr(0x76, &many, &mut []), Err(Errno(libc::EINVAL)));
        assert_eq!(file.rdwr(0x76, &[Operation::Read(1)], &mut []), Err(Errno(libc::EINVAL)));
        let long = [Operation::Write(vec![0; 0x1_0000])];
        assert_eq!(file.rdwr(0x76, &long, &mut []), Err(Errno(libc::EMSGSIZE)));
    }
}
