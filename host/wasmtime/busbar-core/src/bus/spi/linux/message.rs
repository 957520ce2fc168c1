use crate::bus::spi::Operation;

/// One `struct spi_ioc_transfer`: what it sends, and where its bytes go in what is received. Of a delay before anything was sent it is
/// neither.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SpiTransfer<'a> {
    pub(super) sent: Option<&'a [u8]>,
    /// As long as what is sent, where both are there; none where what comes is dropped.
    pub(super) received: Option<Vec<u8>>,
    /// How long the clock rests after it, in microseconds.
    pub(super) delay_usecs: u16,
}

impl SpiTransfer<'_> {
    /// In bytes.
    pub(super) fn length(&self) -> usize {
        match (self.sent, &self.received) {
            (Some(sent), _) => sent.len(),
            (None, Some(received)) => received.len(),
            (None, None) => 0,
        }
    }
}

/// A transaction as the transfers of one message. A delay belongs to the transfer before it; one before the first, and what is more than
/// a transfer's delay holds, gets a transfer of no bytes, which the kernel runs for its delay alone (drivers/spi/spi.c,
/// spi_transfer_one_message). It counts whole microseconds: each delay is at least as long as was asked for.
pub(super) fn transfers_of(operations: &[Operation]) -> Vec<SpiTransfer<'_>> {
    let mut transfers: Vec<SpiTransfer<'_>> = Vec::with_capacity(operations.len());
    for operation in operations {
        let (sent, received) = match operation {
            Operation::Delay(nanoseconds) => {
                add_delay(&mut transfers, nanoseconds.div_ceil(1000));
                continue;
            }
            Operation::Read(length) => (None, Some(vec![0; *length])),
            Operation::Write(data) => (Some(data.as_slice()), None),
            Operation::Transfer(data) => (Some(data.as_slice()), Some(vec![0; data.len()])),
        };
        transfers.push(SpiTransfer { sent, received, delay_usecs: 0 });
    }
    transfers
}

fn add_delay(transfers: &mut Vec<SpiTransfer<'_>>, usecs: u32) {
    let mut left = usecs;
    let mut take = |room: u16| {
        let taken = u16::try_from(left).unwrap_or(u16::MAX).min(room);
        left -= u32::from(taken);
        (taken, left)
    };
    let mut rest = usecs;
    if let Some(last) = transfers.last_mut() {
        let taken;
        (taken, rest) = take(u16::MAX - last.delay_usecs);
        last.delay_usecs += taken;
    }
    while rest > 0 {
        let delay_usecs;
        (delay_usecs, rest) = take(u16::MAX);
        transfers.push(SpiTransfer { delay_usecs, ..SpiTransfer::default() });
    }
}
