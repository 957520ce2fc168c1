use crate::clock::sleep;
use busbar_core::board::DeviceEntry;
use busbar_core::clock::Clock;
use busbar_core::grants::DeviceQuota;
use busbar_core::i2c::I2cBus;
use busbar_core::i2c_access::I2cAccess;
use busbar_core::locked::Mutex;
use busbar_core::trace::Trace;
use busbar_wamr::Trap;
use busbar_wamr::interfaces::wasi_i2c::DrivesI2c;
use busbar_wamr::interfaces::{DriverContext, Waits};
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
    pub bus: alloc::boxed::Box<dyn I2cBus>,
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

impl DrivesI2c for Context {
    fn i2c(&mut self, _bus: u32) -> Option<I2cAccess<'_>> {
        let Self { device, entry, clock, trace, quota, bus } = self;
        Some(I2cAccess { device, entry, clock: *clock, trace, quota, bus: Some(&mut **bus) })
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
