use super::rate::RateLimit;
use super::use_record::DeviceUse;
use super::use_recorder::UseRecorder;
use crate::board::{DeviceEntry, MOST_USB_TRANSFERS};
use crate::locked::{Mutex, locked};

/// Whether something was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It was, and it is granted.
    Taken,
    /// It was, though it is more than granted, because the entry is not enforced.
    Over,
    /// It was not.
    Refused,
}

impl Taken {
    /// As host/verdicts has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Over => "over",
            Self::Refused => "refused",
        }
    }
}

/// What the limits of one entry of the board leave. One for a device as long as its entry stays: all lives of its
/// driver, and all runs of the apps that drive it, use it together, so that nobody gets a quota again by starting again.
#[derive(Debug)]
pub struct DeviceQuota {
    /// Notes what the device needs; only where its entry is not enforced.
    pub recorder: Option<UseRecorder>,
    rate: Option<RateLimit>,
    most_transfers: u32,
    transfers: u32,
}

impl DeviceQuota {
    /// The whole quota of an entry.
    pub fn new(entry: &DeviceEntry) -> Self {
        Self {
            recorder: (!entry.enforce).then(UseRecorder::default),
            rate: entry.limits.transactions_per_second.map(RateLimit::new),
            most_transfers: entry.usb.as_ref().map_or(0, |usb| usb.maximum_transfers),
            transfers: 0,
        }
    }

    /// Counts an I2C transaction or a submitted USB transfer; more than so many in a second are too many.
    ///
    /// `now_ms` is in milliseconds, on a clock that never goes back.
    pub fn take_transaction(&mut self, now_ms: f64) -> Taken {
        if let Some(recorder) = &mut self.recorder {
            recorder.transaction(now_ms);
        }
        if self.rate.as_mut().is_none_or(|rate| rate.take(now_ms)) {
            return Taken::Taken;
        }
        if self.recorder.is_some() { Taken::Over } else { Taken::Refused }
    }

    /// Counts a USB transfer that comes into being.
    pub fn take_transfer(&mut self) -> Taken {
        let is_over = self.transfers >= self.most_transfers;
        if is_over && (self.recorder.is_none() || self.transfers >= MOST_USB_TRANSFERS) {
            return Taken::Refused;
        }
        self.transfers += 1;
        if let Some(recorder) = &mut self.recorder {
            recorder.transfers(self.transfers);
        }
        if is_over { Taken::Over } else { Taken::Taken }
    }

    /// So many USB transfers are gone.
    pub fn return_transfers(&mut self, count: u32) {
        self.transfers = self.transfers.saturating_sub(count);
    }
}

/// What a device needed so far, by its quota; none where its entry is enforced.
pub fn noted_use(quota: &Mutex<DeviceQuota>) -> Option<DeviceUse> {
    locked(quota).recorder.as_ref().map(UseRecorder::noted)
}
