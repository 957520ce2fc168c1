use super::bus_file::BusFile;
use super::check::{check_transaction, refusal};
use super::constants::{
    I2C_SMBUS_BYTE, I2C_SMBUS_BYTE_DATA, I2C_SMBUS_I2C_BLOCK_DATA, I2C_SMBUS_READ, I2C_SMBUS_WORD_DATA, I2C_SMBUS_WRITE,
};
use super::errno::transaction_error;
use super::ioctl::SmbusBytes;
use super::smbus_plan::{SmbusPlan, smbus_plan};
use super::system::SmbusCall;
use crate::bus::i2c::{I2cError, Operation};

/// A bus whose adapter knows SMBus operations only: a transaction is exactly one of them, or is refused.
pub(super) struct SmbusBus(pub(super) BusFile);

impl SmbusBus {
    pub(super) fn transaction(&self, address: u16, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError> {
        let BusFile { path, functionality, device, .. } = &self.0;
        check_transaction(path, address, operations)?;
        let plan = smbus_plan(operations, *functionality)
            .map_err(|reason| refusal(path, address, &format!("unsupported: {reason}")))?;
        // Chooses the address of the call, too.
        self.0.claim(address)?;
        let (call, mut bytes) = call_of(plan);
        device.smbus(call, &mut bytes).map_err(|errno| transaction_error(errno, path, address))?;
        let read = match plan {
            SmbusPlan::ReceiveByte | SmbusPlan::ReadByte { .. } => vec![bytes.0[0]],
            SmbusPlan::ReadWord { .. } => word_of(&bytes).to_le_bytes().to_vec(),
            SmbusPlan::ReadI2cBlock { length, .. } => {
                let count = usize::from(bytes.0[0]);
                if count != length {
                    let reason = format!("the adapter read {count} of {length} bytes");
                    return Err(refusal(path, address, &reason));
                }
                bytes.0[1..=length].to_vec()
            }
            SmbusPlan::SendByte { .. }
            | SmbusPlan::WriteByte { .. }
            | SmbusPlan::WriteWord { .. }
            | SmbusPlan::WriteI2cBlock { .. } => return Ok(Vec::new()),
        };
        Ok(vec![read])
    }
}

/// The call of an SMBus operation, as i2c-tools' lib/smbus.c makes it, and what it sends.
fn call_of(plan: SmbusPlan<'_>) -> (SmbusCall, SmbusBytes) {
    let mut bytes = SmbusBytes::default();
    let (read_write, command, size) = match plan {
        // The byte takes the place of the command.
        SmbusPlan::SendByte { byte } => (I2C_SMBUS_WRITE, byte, I2C_SMBUS_BYTE),
        SmbusPlan::ReceiveByte => (I2C_SMBUS_READ, 0, I2C_SMBUS_BYTE),
        SmbusPlan::ReadByte { command } => (I2C_SMBUS_READ, command, I2C_SMBUS_BYTE_DATA),
        SmbusPlan::ReadWord { command } => (I2C_SMBUS_READ, command, I2C_SMBUS_WORD_DATA),
        SmbusPlan::ReadI2cBlock { command, length } => {
            bytes.0[0] = length as u8;
            (I2C_SMBUS_READ, command, I2C_SMBUS_I2C_BLOCK_DATA)
        }
        SmbusPlan::WriteByte { command, byte } => {
            bytes.0[0] = byte;
            (I2C_SMBUS_WRITE, command, I2C_SMBUS_BYTE_DATA)
        }
        SmbusPlan::WriteWord { command, word } => {
            bytes.0[..2].copy_from_slice(&word.to_ne_bytes());
            (I2C_SMBUS_WRITE, command, I2C_SMBUS_WORD_DATA)
        }
        SmbusPlan::WriteI2cBlock { command, data } => {
            bytes.0[0] = data.len() as u8;
            bytes.0[1..=data.len()].copy_from_slice(data);
            (I2C_SMBUS_WRITE, command, I2C_SMBUS_I2C_BLOCK_DATA)
        }
    };
    (SmbusCall { read_write, command, size }, bytes)
}

/// A word is in the machine's own order; on the bus the low byte goes first.
fn word_of(bytes: &SmbusBytes) -> u16 {
    u16::from_ne_bytes([bytes.0[0], bytes.0[1]])
}
