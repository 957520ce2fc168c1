use super::waits::Waits;
use busbar_core::bus::BusAccess;

/// Whoever drives devices on buses: a driver its one device, an app those that it drives itself.
pub trait DrivesBuses: Waits {
    /// The device of a handle, for a transaction; none where it has no such.
    fn access(&mut self, bus: u32) -> Option<BusAccess<'_>>;
}
