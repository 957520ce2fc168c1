use super::errno::format_address;
use crate::bus::i2c::{I2cError, I2cErrorCode, Operation};

/// The largest 7-bit address. Ten-bit addresses need I2C_M_TEN, which few adapters have.
const LAST_ADDRESS: u16 = 0x7f;

/// A transaction that cannot be run as it was asked for; nothing reached the bus.
pub(super) fn refusal(path: &str, address: u16, reason: &str) -> I2cError {
    I2cError::new(I2cErrorCode::Other, format!("{path}, address {}: {reason}", format_address(address)))
}

/// Refuses what no Linux bus can carry, before memory is allocated for it or the bus is touched: an address that is not
/// 7-bit, no operation at all, an operation without bytes. The last one matters: a message of length zero is SMBus's
/// quick command, which some chips take as an order.
pub(super) fn check_transaction(path: &str, address: u16, operations: &[Operation]) -> Result<(), I2cError> {
    if address > LAST_ADDRESS {
        return Err(refusal(path, address, "only 7-bit addresses, 0x00 to 0x7f, are supported"));
    }
    if operations.is_empty() {
        return Err(refusal(path, address, "a transaction needs at least one operation"));
    }
    for operation in operations {
        if operation.length() == 0 {
            let kind = match operation {
                Operation::Read(_) => "read",
                Operation::Write(_) => "write",
            };
            return Err(refusal(path, address, &format!("a {kind} needs at least one byte")));
        }
    }
    Ok(())
}
