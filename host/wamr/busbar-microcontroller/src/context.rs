use crate::clock::sleep;
use busbar_core::board::DeviceEntry;
use busbar_core::bus::{BusAccess, OpenedBuses};
use busbar_core::clock::Clock;
use busbar_core::grants::DeviceQuota;
use busbar_core::locked::Mutex;
use busbar_core::trace::Trace;
use busbar_wamr::Trap;
use busbar_wamr::interfaces::{DriverContext, DrivesBuses, Waits};
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

/// How long drivers have waited, in microseconds.
static WAITED: AtomicU32 = AtomicU32::new(0);

/// What the imports of a driver work with.
pub struct Context {
    /// The device's name in the board file.
    pub device: &'static str,
    pub entry: DeviceEntry,
    pub clock: Clock,
    pub trace: Trace,
    pub quota: Mutex<DeviceQuota>,
    pub buses: OpenedBuses,
}

impl DriverContext for Context {
    fn device(&self) -> &str {
        self.device
    }

    fn entry(&self) -> &DeviceEntry {
        &self.entry
    }

    fn clock(&self) -> Clock {
        self.clock
    }

    fn trace(&self) -> &Trace {
        &self.trace
    }
}

impl DrivesBuses for Context {
    fn access(&mut self, _bus: u32) -> Option<BusAccess<'_>> {
        let Self { device, entry, clock, trace, quota, buses } = self;
        Some(BusAccess { device, entry, clock: *clock, trace, quota, buses })
    }
}

impl Waits for Context {
    fn sleep(&self, duration: Duration) -> Result<(), Trap> {
        // It is a figure for people: one of hours is as good as that.
        WAITED.fetch_add(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX), Ordering::Relaxed);
        sleep(duration)
    }
}

/// How long drivers have asked to wait since this was asked the last time.
pub fn take_waited() -> Duration {
    Duration::from_micros(WAITED.swap(0, Ordering::Relaxed).into())
}
