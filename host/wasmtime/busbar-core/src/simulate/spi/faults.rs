use crate::bus::spi::SpiErrorCode;

/// What goes wrong in a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulate) enum FaultKind {
    /// It ends with this error. Where that is of the chip select line, the target sees nothing of it; otherwise it sees chip select come
    /// and go.
    Error(SpiErrorCode),
    /// Half way through each operation's bytes the target is gone: it sees no more of them, and 0xFF is received.
    Short,
    /// It succeeds, and every byte received is random.
    Garbage,
}

/// All kinds, by the name that a board file has for them.
pub(super) const KINDS: [(&str, FaultKind); 7] = [
    ("chip-select-fault", FaultKind::Error(SpiErrorCode::ChipSelectFault)),
    ("overrun", FaultKind::Error(SpiErrorCode::Overrun)),
    ("mode-fault", FaultKind::Error(SpiErrorCode::ModeFault)),
    ("frame-format", FaultKind::Error(SpiErrorCode::FrameFormat)),
    ("other", FaultKind::Error(SpiErrorCode::Other)),
    ("short", FaultKind::Short),
    ("garbage", FaultKind::Garbage),
];
