use super::constants::{
    I2C_FUNC_SMBUS_READ_BYTE, I2C_FUNC_SMBUS_READ_BYTE_DATA, I2C_FUNC_SMBUS_READ_I2C_BLOCK,
    I2C_FUNC_SMBUS_READ_WORD_DATA, I2C_FUNC_SMBUS_WRITE_BYTE, I2C_FUNC_SMBUS_WRITE_BYTE_DATA,
    I2C_FUNC_SMBUS_WRITE_I2C_BLOCK, I2C_FUNC_SMBUS_WRITE_WORD_DATA, I2C_SMBUS_BLOCK_MAX,
};
use crate::bus::i2c::Operation;

/// One SMBus operation, named as in Documentation/i2c/smbus-protocol.rst, that puts exactly the asked-for bytes, starts
/// and stops on the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SmbusPlan<'a> {
    SendByte {
        byte: u8,
    },
    ReceiveByte,
    ReadByte {
        command: u8,
    },
    ReadWord {
        command: u8,
    },
    /// `length` is 1..32.
    ReadI2cBlock {
        command: u8,
        length: usize,
    },
    WriteByte {
        command: u8,
        byte: u8,
    },
    /// The low byte of `word` goes first on the bus.
    WriteWord {
        command: u8,
        word: u16,
    },
    /// `data` is 1..32 bytes.
    WriteI2cBlock {
        command: u8,
        data: &'a [u8],
    },
}

/// Maps a transaction to the one SMBus operation that is the same on the wire. What has none is unsupported: two SMBus
/// operations have a stop between them, at which another controller may take the bus and many chips forget which
/// register was selected.
///
/// Block operations are preferred from two data bytes on, word operations are the way out. The wire is the same, but
/// i2c-stub keeps a 16-bit register behind each command for words, and consecutive 8-bit ones, as nearly every chip has
/// them, for blocks.
///
/// `functionality` is the adapter's `I2C_FUNC_...` bits. The error is a clause for people: why there is no such operation.
pub(super) fn smbus_plan(operations: &[Operation], functionality: u32) -> Result<SmbusPlan<'_>, String> {
    match operations {
        [Operation::Write(data)] => plan_write(data, functionality),
        [Operation::Read(length)] => plan_read(*length, functionality),
        [Operation::Write(data), Operation::Read(length)] if data.len() == 1 => {
            plan_write_read(data[0], *length, functionality)
        }
        _ => Err("this adapter knows SMBus only, which can write, read, or write one byte and then read".to_owned()),
    }
}

fn plan_write(bytes: &[u8], functionality: u32) -> Result<SmbusPlan<'_>, String> {
    let has = |bit: u32| functionality & bit != 0;
    if bytes.len() > I2C_SMBUS_BLOCK_MAX + 1 {
        let limit = I2C_SMBUS_BLOCK_MAX + 1;
        return Err(format!("this adapter knows SMBus only, which writes {limit} bytes at most"));
    }
    match *bytes {
        [byte] if has(I2C_FUNC_SMBUS_WRITE_BYTE) => Ok(SmbusPlan::SendByte { byte }),
        [command, byte] if has(I2C_FUNC_SMBUS_WRITE_BYTE_DATA) => Ok(SmbusPlan::WriteByte { command, byte }),
        [command, ref data @ ..] if !data.is_empty() && has(I2C_FUNC_SMBUS_WRITE_I2C_BLOCK) => {
            Ok(SmbusPlan::WriteI2cBlock { command, data })
        }
        [command, low, high] if has(I2C_FUNC_SMBUS_WRITE_WORD_DATA) => {
            Ok(SmbusPlan::WriteWord { command, word: u16::from_le_bytes([low, high]) })
        }
        _ => Err(format!("this adapter has no SMBus operation that writes {} bytes", bytes.len())),
    }
}

fn plan_read(length: usize, functionality: u32) -> Result<SmbusPlan<'static>, String> {
    if length != 1 {
        return Err("this adapter knows SMBus only, which reads one byte at most without writing first".to_owned());
    }
    if functionality & I2C_FUNC_SMBUS_READ_BYTE == 0 {
        return Err("this adapter has no SMBus operation that reads one byte".to_owned());
    }
    Ok(SmbusPlan::ReceiveByte)
}

fn plan_write_read(command: u8, length: usize, functionality: u32) -> Result<SmbusPlan<'static>, String> {
    let has = |bit: u32| functionality & bit != 0;
    if length > I2C_SMBUS_BLOCK_MAX {
        return Err(format!("this adapter knows SMBus only, which reads {I2C_SMBUS_BLOCK_MAX} bytes at most"));
    }
    match length {
        1 if has(I2C_FUNC_SMBUS_READ_BYTE_DATA) => Ok(SmbusPlan::ReadByte { command }),
        _ if has(I2C_FUNC_SMBUS_READ_I2C_BLOCK) => Ok(SmbusPlan::ReadI2cBlock { command, length }),
        2 if has(I2C_FUNC_SMBUS_READ_WORD_DATA) => Ok(SmbusPlan::ReadWord { command }),
        _ => Err(format!("this adapter has no SMBus operation that writes one byte and then reads {length}")),
    }
}
