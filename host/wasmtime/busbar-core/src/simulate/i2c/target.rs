/// A simulated I2C target, as the wires see it: one call for each event on the bus. The bus calls `start` first; then
/// `write` for each byte that the controller sends or `read` for each that it asks for; then either `start` again (a
/// repeated start) or `stop`.
pub(in crate::simulate) trait Target: Send {
    /// A start or repeated start with this target's address. Gives whether the address is acknowledged.
    fn start(&mut self, direction: Direction) -> bool;

    /// The controller sends one byte. Gives whether it is acknowledged; the transaction ends where it is not.
    fn write(&mut self, byte: u8) -> bool;

    /// The controller reads one byte; 0xFF where the target has nothing to say, because nobody pulls the line down.
    fn read(&mut self) -> u8;

    /// The transaction is over: by a stop, after a byte that was not acknowledged, or cut off by a fault.
    fn stop(&mut self);
}

/// The direction of a message, seen from the controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulate) enum Direction {
    Read,
    Write,
}
