use crate::bus::i2c::{I2cErrorCode, NoAcknowledge};

/// What goes wrong in a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulate) enum FaultKind {
    /// The transaction ends with an error. Where that is at the address, the target sees nothing of it; otherwise it sees
    /// a start and a stop.
    Error { code: I2cErrorCode, at_address: bool },
    /// Half way through its data the target is gone. In a write of more than one byte the next byte is not acknowledged;
    /// in a read the remaining bytes are 0xFF. A write of one byte, which is how a register is chosen, passes.
    Short,
    /// The transaction succeeds, and every byte read is random.
    Garbage,
}

const fn error(code: I2cErrorCode) -> FaultKind {
    FaultKind::Error { code, at_address: false }
}

/// All kinds, by the name that a board file has for them.
pub(super) const KINDS: [(&str, FaultKind); 9] = [
    (
        "no-acknowledge-address",
        FaultKind::Error { code: I2cErrorCode::NoAcknowledge(NoAcknowledge::Address), at_address: true },
    ),
    ("no-acknowledge-data", error(I2cErrorCode::NoAcknowledge(NoAcknowledge::Data))),
    ("no-acknowledge", error(I2cErrorCode::NoAcknowledge(NoAcknowledge::Unknown))),
    ("arbitration-loss", FaultKind::Error { code: I2cErrorCode::ArbitrationLoss, at_address: true }),
    ("bus", error(I2cErrorCode::Bus)),
    ("overrun", error(I2cErrorCode::Overrun)),
    ("other", error(I2cErrorCode::Other)),
    ("short", FaultKind::Short),
    ("garbage", FaultKind::Garbage),
];
