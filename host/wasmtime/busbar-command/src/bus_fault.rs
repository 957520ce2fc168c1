use busbar_core::device::BusFaultKind;

/// What a person can do about each kind of bus fault; the guest's message only says what it was doing.
pub fn advice(kind: BusFaultKind) -> &'static str {
    match kind {
        BusFaultKind::Bus => {
            "the bus itself failed; check the wiring, and on I2C that SDA and SCL have pull-up resistors and that nothing holds them low"
        }
        BusFaultKind::ArbitrationLoss => "another controller won the bus; try again",
        BusFaultKind::NoAcknowledgeAddress => "nothing answers there; check the wiring, the power and the address",
        BusFaultKind::NoAcknowledgeData => {
            "the device refused a byte; check that it is the part that this driver is for"
        }
        BusFaultKind::NoAcknowledge => "a byte was not acknowledged; check the wiring, the power and the address",
        BusFaultKind::Overrun => "the controller lost data; try again, or with a slower bus",
        BusFaultKind::Other => {
            "the bus gave no other reason; if the board file does not grant it, a line about the denial is before this one"
        }
    }
}
