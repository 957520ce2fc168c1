/// A simulated device on an SPI bus, as its wires see it: one call for each event. The bus calls `select` first; then `transfer` for each
/// byte; then `release`. Bytes are as the target has them, whatever the bit order on the wire: bit 7 is the one that came first.
pub(in crate::simulate) trait SpiTarget: Send {
    /// Chip select is asserted: a transaction begins.
    fn select(&mut self);

    /// Eight cycles of the clock: a byte goes each way at the same time. Gives what is sent, 0xFF where the target leaves the line alone;
    /// `received` is 0 while the controller only reads.
    fn transfer(&mut self, received: u8) -> u8;

    /// Chip select is released: the transaction is over, or was cut off by a fault.
    fn release(&mut self);
}
