use super::ResourceTable;
use crate::instance::Pace;

/// Whoever has handles of the host's resources, and waits for what they stand for.
pub trait HoldsHandles: Send + 'static {
    /// The host's resources that the guest has handles of.
    fn table(&mut self) -> &mut ResourceTable;

    /// How long it may wait.
    fn pace(&self) -> &Pace;
}
