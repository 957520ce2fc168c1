use crate::bus::usb::UsbSession;
use busbar_core::bus::usb::guest::UsbChange;
use std::sync::Arc;
use wasmtime::component::ResourceTable;

/// What a component sees of USB, and where its handles are: a driver its one device, an app those that it drives itself.
pub trait SeesUsb: Send + 'static {
    /// The host's resources that the guest has handles of.
    fn table(&self) -> &ResourceTable;

    /// The same, to change it.
    fn table_mut(&mut self) -> &mut ResourceTable;

    /// The devices that are plugged in.
    fn usb_sessions(&self) -> Vec<Arc<UsbSession>>;

    /// `enable-hotplug`.
    fn enable_hotplug(&mut self);

    /// What arrived and left since this was asked last, which is nothing before it was enabled; the first answer has the
    /// arrival of what was there before.
    fn take_usb_changes(&mut self) -> Vec<UsbChange>;
}
