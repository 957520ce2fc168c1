use crate::bus::uart::UartErrorCode;

/// What goes wrong in a call on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulate) enum FaultKind {
    /// It fails like that; a write is not sent.
    Error(UartErrorCode),
    /// Every byte that it reads is random.
    Garbage,
    /// Of what it would read, the second half is lost; of a write, the second half is not sent.
    Short,
    /// Nothing of what comes until its end is received, and nothing of what it writes is sent.
    Silence,
    /// The port is unplugged, and is back after a second.
    Disconnected,
}

/// All kinds, by the name that a board file has for them.
pub(in crate::simulate) const UART_KINDS: [(&str, FaultKind); 9] = [
    ("framing", FaultKind::Error(UartErrorCode::Framing)),
    ("parity", FaultKind::Error(UartErrorCode::Parity)),
    ("break", FaultKind::Error(UartErrorCode::Break)),
    ("overrun", FaultKind::Error(UartErrorCode::Overrun)),
    ("other", FaultKind::Error(UartErrorCode::Other)),
    ("garbage", FaultKind::Garbage),
    ("short", FaultKind::Short),
    ("silence", FaultKind::Silence),
    ("disconnected", FaultKind::Disconnected),
];
