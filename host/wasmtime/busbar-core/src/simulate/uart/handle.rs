use super::port::SimulatedUart;
use crate::bus::uart::{Later, UartError, UartErrorCode, UartPort, UartUsage};
use crate::error::HostError;
use crate::locked::locked;
use crate::wait::sleep;
use std::future::{pending, ready};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::watch;

/// What Linux takes of a write before the writer has to wait (UART_XMIT_SIZE).
const SEND_BUFFER_BYTES: usize = 4096;

/// A simulated port as one user has it. Dropping it gives it back.
pub(in crate::simulate) struct SimulatedUartPort {
    uart: Arc<Mutex<SimulatedUart>>,
    opening: u64,
    /// Why nothing works any more.
    over: Mutex<Option<UartError>>,
}

impl SimulatedUartPort {
    /// `None` where it is unplugged; the error says who has it.
    pub(in crate::simulate) fn open(
        uart: &Arc<Mutex<SimulatedUart>>,
        usage: &UartUsage<'_>,
    ) -> Result<Option<Self>, HostError> {
        let opening = locked(uart).open(usage)?;
        Ok(opening.map(|opening| Self { uart: uart.clone(), opening, over: Mutex::default() }))
    }

    /// The port, as long as it works.
    fn uart(&self) -> Result<MutexGuard<'_, SimulatedUart>, UartError> {
        let uart = locked(&self.uart);
        let mut over = locked(&self.over);
        if over.is_none() && !uart.has(self.opening) {
            *over = Some(UartError::new(UartErrorCode::Disconnected, "the simulated port was unplugged"));
        }
        match &*over {
            Some(over) => Err(over.clone()),
            None => Ok(uart),
        }
    }

    /// A call begins: which of the faults strikes it.
    fn begin(&self) -> Result<Option<usize>, UartError> {
        self.uart()?.begin()
    }

    fn end(&self) {
        // One that was unplugged before stays that.
        drop(self.uart());
        locked(&self.over).get_or_insert_with(|| UartError::other("the port is closed"));
        locked(&self.uart).close(self.opening);
    }

    /// Waits until all has left that was sent so far.
    async fn drained(&self) -> Result<(), UartError> {
        loop {
            let (mut changes, left) = {
                let uart = self.uart()?;
                (uart.changes(), left_until(uart.sent_ms(), &uart))
            };
            if left.is_zero() {
                return Ok(());
            }
            wait(&mut changes, Some(left)).await;
        }
    }
}

/// How long there is until a time.
fn left_until(at_ms: f64, uart: &SimulatedUart) -> Duration {
    Duration::from_nanos(((at_ms - uart.now_ms()) * 1e6).ceil().max(0.0) as u64)
}

/// Waits so long, or until something else may come next.
pub(super) async fn wait(changes: &mut watch::Receiver<()>, left: Option<Duration>) {
    let over = async {
        match left {
            Some(left) => sleep(left).await,
            None => pending().await,
        }
    };
    tokio::select! {
        biased;
        // Whoever waits has the port, so that the sender stays.
        _ = changes.changed() => {}
        () = over => {}
    }
}

impl UartPort for SimulatedUartPort {
    fn read(&self, maximum: usize, timeout: Duration) -> Later<'_, Result<Vec<u8>, UartError>> {
        Box::pin(async move {
            let struck = self.begin()?;
            let mut end_ms = None;
            loop {
                let (mut changes, left) = {
                    let mut uart = self.uart()?;
                    let bytes = uart.take(maximum, struck)?;
                    let now_ms = uart.now_ms();
                    let end_ms = *end_ms.get_or_insert(now_ms + timeout.as_secs_f64() * 1e3);
                    if !bytes.is_empty() || now_ms >= end_ms {
                        return Ok(bytes);
                    }
                    let next_ms = uart.next_ms().map_or(end_ms, |next_ms| next_ms.min(end_ms));
                    (uart.changes(), left_until(next_ms, &uart))
                };
                wait(&mut changes, Some(left)).await;
            }
        })
    }

    fn write<'a>(&'a self, data: &'a [u8]) -> Later<'a, Result<(), UartError>> {
        Box::pin(async move {
            let struck = self.begin()?;
            self.uart()?.send(data, struck);
            while self.uart()?.unsent() > SEND_BUFFER_BYTES {
                sleep(Duration::from_millis(1)).await;
            }
            Ok(())
        })
    }

    fn drain(&self) -> Later<'_, Result<(), UartError>> {
        Box::pin(async move {
            self.begin()?;
            self.drained().await
        })
    }

    fn discard(&self) -> Result<(), UartError> {
        self.begin()?;
        self.uart()?.discard();
        Ok(())
    }

    fn set_baud_rate(&self, baud_rate: u32) -> Later<'_, Result<(), UartError>> {
        Box::pin(async move {
            self.begin()?;
            self.drained().await?;
            self.uart()?.set_baud_rate(baud_rate);
            Ok(())
        })
    }

    /// What was written is on the line already, and arrives there.
    fn close(&self) -> Later<'_, ()> {
        self.end();
        Box::pin(ready(()))
    }
}

impl Drop for SimulatedUartPort {
    fn drop(&mut self) {
        self.end();
    }
}
