use super::controller::{Controller, controllers_of};
use super::grant::{Asking, ComponentInterface, Extern, ExternKind, Offer, Place, granted_offers};
use super::interface_name::{parse_interface_name, serves};
use super::offers::{DeviceInterface, device_interfaces, driver_offers};
use crate::board::DeviceEntry;
use crate::error::HostError;

/// A kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceKind {
    Sensor,
    TextDisplay,
    Hid,
    SerialPort,
    BlockDevice,
    Camera,
    UsbEcho,
    Switch,
    Contact,
    /// What exports a bus, to which others are wired.
    Bridge,
    /// One of somebody else's, whose functions take their handles as parameters.
    Component,
}

impl DeviceKind {
    /// What programs and messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sensor => "sensor",
            Self::TextDisplay => "textDisplay",
            Self::Hid => "hid",
            Self::SerialPort => "serialPort",
            Self::BlockDevice => "blockDevice",
            Self::Camera => "camera",
            Self::UsbEcho => "usbEcho",
            Self::Switch => "switch",
            Self::Contact => "contact",
            Self::Bridge => "bridge",
            Self::Component => "component",
        }
    }
}

/// A component that passed the check: what it may import, and what kind of device it drives.
#[derive(Debug)]
pub struct Link {
    /// One for each import, in the order of the component.
    pub offers: Vec<&'static Offer<DeviceEntry>>,
    pub kind: DeviceKind,
    /// The name of the exported device interface, as the component spells it; none where all exports are called.
    pub export_name: Option<String>,
    /// Of a bridge: the buses that it exports.
    pub controllers: Vec<Controller>,
}

/// Checks a driver's imports against its entry of the board's devices, and that it exports a device interface, or else functions
/// that a program can call. Nothing of the component runs.
///
/// `device` is the device's name in the board file, and `label` how messages name the component.
///
/// # Errors
///
/// [`HostError`] with code "not-granted": the component, the import and the line to add; or "component" when it drives no
/// device.
pub fn link(device: &str, entry: &DeviceEntry, label: &str, component: &ComponentInterface) -> Result<Link, HostError> {
    let asking = Asking { place: Place::Devices, name: device, entry, label };
    let offers = granted_offers(driver_offers(), &component.imports, &asking)?;
    if !controllers_of(component).is_empty() {
        return Err(HostError::component(format!(
            "{device}: {label} exports a bus; move \"devices.{device}\" to \"bridges\", and wire other entries to it by its name."
        )));
    }
    for item in &component.exports {
        if let Some(DeviceInterface { kind, .. }) = exported_device(item) {
            return Ok(Link { offers, kind: *kind, export_name: Some(item.name.clone()), controllers: Vec::new() });
        }
    }
    if is_callable(component) {
        return Ok(Link { offers, kind: DeviceKind::Component, export_name: None, controllers: Vec::new() });
    }
    Err(HostError::component(format!(
        "{device}: {label} is no device driver: it exports {}, but none of {}.",
        exports_of(component),
        known()
    )))
}

/// [`link`], for an entry of the board's bridges: it has to export a bus.
///
/// # Errors
///
/// As for a device; "component" when it exports no bus.
pub fn link_bridge(
    name: &str,
    entry: &DeviceEntry,
    label: &str,
    component: &ComponentInterface,
) -> Result<Link, HostError> {
    let asking = Asking { place: Place::Bridges, name, entry, label };
    let offers = granted_offers(driver_offers(), &component.imports, &asking)?;
    let controllers = controllers_of(component);
    if controllers.is_empty() {
        let known = Controller::ALL.map(Controller::interface).join(", ");
        return Err(HostError::component(format!(
            "{name}: {label} is no bridge: it exports {}, but none of {known}.",
            exports_of(component)
        )));
    }
    Ok(Link { offers, kind: DeviceKind::Bridge, export_name: None, controllers })
}

fn exports_of(component: &ComponentInterface) -> String {
    let exported = component.exports.iter().map(|item| item.name.as_str()).collect::<Vec<_>>().join(", ");
    if exported.is_empty() { "nothing".to_owned() } else { exported }
}

/// Whether it is a component of somebody else's, with functions of its own. One that runs as a program is an app, and one
/// with a device interface that this host does not have is a driver for another host.
pub fn is_callable(component: &ComponentInterface) -> bool {
    let is_of_another = |item: &Extern| {
        let path = parse_interface_name(&item.name).path;
        path == "wasi:cli/run" || path.starts_with("busbar:device/")
    };
    !component.exports.iter().any(is_of_another)
        && component.exports.iter().any(|item| matches!(item.kind, ExternKind::Instance | ExternKind::Function))
}

/// The device interface of this host's that an export is, if any.
pub fn exported_device(item: &Extern) -> Option<&'static DeviceInterface> {
    let asked = parse_interface_name(&item.name);
    device_interfaces().iter().find(|each| each.path == asked.path && serves(each.version, asked.version))
}

fn known() -> String {
    let names = device_interfaces().iter().map(|each| format!("{}@{}", each.path, each.version));
    names.collect::<Vec<_>>().join(", ")
}
