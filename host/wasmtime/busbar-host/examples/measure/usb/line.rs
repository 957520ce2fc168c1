//! How long transfers take.

use busbar_host::bus::usb::{UsbTransfer, UsbTransferResult};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The kernel may wake a thread so late; the rest of a wait is spent looking at the clock.
const LATENESS: Duration = Duration::from_micros(60);

/// Ends transfers when a line of its speed has carried them.
pub struct Line {
    paced: Option<Mutex<Paced>>,
}

struct Paced {
    bytes_per_second: f64,
    busy_until: Instant,
    to_thread: Sender<Carried>,
}

struct Carried {
    at: Instant,
    transfer: Arc<UsbTransfer>,
    result: UsbTransferResult,
}

impl Line {
    /// One that takes no time.
    pub fn immediate() -> Self {
        Self { paced: None }
    }

    /// One of so many bytes in a second. A thread of its own ends its transfers, as another machine would.
    pub fn of(bytes_per_second: f64) -> Self {
        let (to_thread, carried) = channel();
        std::thread::spawn(move || end_in_time(&carried));
        Self { paced: Some(Mutex::new(Paced { bytes_per_second, busy_until: Instant::now(), to_thread })) }
    }

    /// Ends a transfer when its bytes have gone over the line after all that were before it.
    pub fn carry(&self, transfer: Arc<UsbTransfer>, result: UsbTransferResult) {
        let Some(paced) = &self.paced else { return transfer.finish(Ok(result)) };
        let mut paced = busbar_host::locked::locked(paced);
        let start = paced.busy_until.max(Instant::now());
        paced.busy_until = start + Duration::from_secs_f64(result.actual_length as f64 / paced.bytes_per_second);
        let at = paced.busy_until;
        // The thread ends when this is gone, and not before.
        let _ = paced.to_thread.send(Carried { at, transfer, result });
    }
}

fn end_in_time(carried: &Receiver<Carried>) {
    while let Ok(Carried { at, transfer, result }) = carried.recv() {
        let left = at.saturating_duration_since(Instant::now());
        if left > LATENESS {
            std::thread::sleep(left - LATENESS);
        }
        while Instant::now() < at {
            std::hint::spin_loop();
        }
        transfer.finish(Ok(result));
    }
}
