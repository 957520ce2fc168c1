use super::handle::wait;
use super::port::SimulatedUart;
use crate::bus::uart::{Later, UartEvent, UartWatch};
use crate::locked::locked;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Looks whether a simulated port is unplugged and plugged in.
pub(in crate::simulate) struct SimulatedUartWatch {
    uart: Arc<Mutex<SimulatedUart>>,
    is_known: bool,
    departures: u64,
}

impl SimulatedUartWatch {
    pub(in crate::simulate) fn new(uart: &Arc<Mutex<SimulatedUart>>) -> Self {
        let (is_known, departures) = {
            let uart = locked(uart);
            (uart.is_there(), uart.departures())
        };
        Self { uart: uart.clone(), is_known, departures }
    }

    fn look(&mut self) -> Option<UartEvent> {
        let uart = locked(&self.uart);
        if self.is_known && uart.departures() != self.departures {
            self.is_known = false;
            return Some(UartEvent::Left);
        }
        if self.is_known || !uart.is_there() {
            return None;
        }
        self.departures = uart.departures();
        self.is_known = true;
        Some(UartEvent::Arrived)
    }
}

impl UartWatch for SimulatedUartWatch {
    fn next(&mut self) -> Later<'_, UartEvent> {
        Box::pin(async move {
            loop {
                let (mut changes, left) = {
                    let uart = locked(&self.uart);
                    let left_ms = uart.back_ms().map(|back_ms| (back_ms - uart.now_ms()).max(0.0));
                    (uart.changes(), left_ms.map(|left_ms| Duration::from_secs_f64(left_ms / 1e3)))
                };
                if let Some(event) = self.look() {
                    return event;
                }
                wait(&mut changes, left).await;
            }
        })
    }
}

/// Of a port that nobody simulates nothing is heard.
pub(in crate::simulate) struct NothingComes;

impl UartWatch for NothingComes {
    fn next(&mut self) -> Later<'_, UartEvent> {
        Box::pin(pending())
    }
}
