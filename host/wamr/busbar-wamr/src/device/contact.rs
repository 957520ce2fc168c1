use super::answered::answered;
use super::opened::OpenedDevice;
use crate::abi::{FromValue, IntoValue, Value, elements, fields};
use busbar_core::device::{ContactChange, ContactChanges, DeviceError, OpenedContact};
use std::time::{Duration, Instant};

/// An opened contact: a button, a reed contact, a float.
pub struct Contact(OpenedDevice);

impl Contact {
    /// A device of this kind.
    pub(crate) fn new(opened: OpenedDevice) -> Self {
        Self(opened)
    }
}

impl OpenedContact for Contact {
    fn name(&self) -> &str {
        self.0.name()
    }

    async fn is_closed(&self) -> Result<bool, DeviceError> {
        answered(self.name(), self.0.call("[method]device.is-closed", &[]).await?)
    }

    async fn next_changes(&self, timeout: Option<Duration>) -> Result<ContactChanges, DeviceError> {
        // One that no clock reaches is as good as none.
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            // What has a timeout is called in slices, each of which is short.
            let left = end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
            let left_ms = u32::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX);
            let told = self.0.call("[method]device.next-changes", &[left_ms.into_value()]).await?;
            let told: ContactChanges = answered(self.name(), told)?;
            if !told.changes.is_empty() || told.lost || end.is_some_and(|end| Instant::now() >= end) {
                return Ok(told);
            }
        }
    }

    async fn close(self) -> Result<(), DeviceError> {
        self.0.close().await.map(drop)
    }
}

impl FromValue for ContactChanges {
    /// busbar:device/contact `changes`.
    fn from_value(value: Value) -> Option<Self> {
        let [changes, lost] = fields(value)?;
        Some(Self { changes: elements(changes)?, lost: bool::from_value(lost)? })
    }
}

impl FromValue for ContactChange {
    /// busbar:device/contact `change`.
    fn from_value(value: Value) -> Option<Self> {
        let [closed, time_ms] = fields(value)?;
        Some(Self { closed: bool::from_value(closed)?, time_ms: f64::from_value(time_ms)? })
    }
}
