use super::security_keys::{HID_CLASS, uses_fido};

/// What is known of a device when a call is judged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsbFacts {
    pub vendor_id: u16,
    pub product_id: u16,
    pub device_class: u8,
    pub serial_number: Option<String>,
    /// "1-2.3".
    pub port: Option<String>,
    /// Of the chosen configuration, each number once.
    pub interfaces: Vec<UsbInterfaceFacts>,
}

/// An interface, all its alternate settings together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsbInterfaceFacts {
    pub number: u8,
    pub classes: Vec<u8>,
    /// Addresses, direction bit included.
    pub endpoints: Vec<u8>,
    /// Whether it is a HID interface whose report descriptor says FIDO.
    pub fido: bool,
}

/// A device as its descriptors and the platform describe it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsbDescription {
    pub vendor_id: u16,
    pub product_id: u16,
    pub device_class: u8,
    pub serial_number: Option<String>,
    pub location: UsbLocation,
    /// By index; none where the device's own descriptor is malformed.
    pub configurations: Vec<Option<UsbConfiguration>>,
    /// bConfigurationValue of the chosen one, 0 where the device is unconfigured.
    pub active_configuration: u8,
}

/// Where a device is plugged in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsbLocation {
    pub bus_number: u8,
    /// Given anew with every plugging in.
    pub device_address: u8,
    /// The way through the hubs, which stays the same: "1-2.3" is port 3 of a hub in port 2 of bus 1.
    pub port: Option<String>,
}

/// A configuration of a device: USB 2.0 section 9.6.3.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsbConfiguration {
    /// bConfigurationValue.
    pub value: u8,
    /// In the order of the device.
    pub settings: Vec<UsbSetting>,
}

/// One alternate setting of one interface: USB 2.0 section 9.6.5.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsbSetting {
    /// bInterfaceNumber.
    pub number: u8,
    pub class: u8,
    pub subclass: u8,
    pub protocol: u8,
    /// Addresses, direction bit included.
    pub endpoints: Vec<u8>,
}

/// The chosen configuration; the first one where none is chosen; none where the device has none that is readable.
pub fn current_configuration(device: &UsbDescription) -> Option<&UsbConfiguration> {
    let active = device.active_configuration;
    device.configurations.iter().flatten().find(|each| active == 0 || each.value == active)
}

/// What the grants need to know of a device. `fido` are the HID interfaces that are known to be a security key's.
pub fn facts_of(device: &UsbDescription, fido: &[u8]) -> UsbFacts {
    let mut interfaces: Vec<UsbInterfaceFacts> = Vec::new();
    for setting in current_configuration(device).map_or(&[][..], |each| &each.settings) {
        let number = setting.number;
        let at = interfaces.iter().position(|each| each.number == number).unwrap_or_else(|| {
            interfaces.push(UsbInterfaceFacts { number, fido: fido.contains(&number), ..UsbInterfaceFacts::default() });
            interfaces.len() - 1
        });
        interfaces[at].classes.push(setting.class);
        interfaces[at].endpoints.extend(&setting.endpoints);
    }
    UsbFacts {
        vendor_id: device.vendor_id,
        product_id: device.product_id,
        device_class: device.device_class,
        serial_number: device.serial_number.clone(),
        port: device.location.port.clone(),
        interfaces,
    }
}

/// Why there is no report descriptor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportError<Error> {
    /// It cannot be read, so that it may say anything.
    Unreadable,
    /// The operating system refuses to open the device.
    Refused(Error),
}

/// Which of some interfaces are a security key's: the HID interfaces whose report descriptor says FIDO, and those whose
/// report descriptor nobody can read, because it may say anything.
///
/// `read` gives the report descriptor of an interface; none where the platform keeps security keys away by itself. Where
/// the operating system does not keep it, reading it opens the device and claims the interface for that time.
///
/// # Errors
///
/// What [`ReportError::Refused`] brings.
pub fn fido_interfaces<Error>(
    facts: &UsbFacts,
    numbers: &[u8],
    mut read: impl FnMut(u8) -> Result<Option<Vec<u8>>, ReportError<Error>>,
) -> Result<Vec<u8>, Error> {
    let mut fido = Vec::new();
    for number in hid_interfaces(facts).into_iter().filter(|number| numbers.contains(number)) {
        let is_fido = match read(number) {
            Ok(descriptor) => descriptor.is_some_and(|bytes| uses_fido(&bytes)),
            Err(ReportError::Unreadable) => true,
            Err(ReportError::Refused(error)) => return Err(error),
        };
        if is_fido {
            fido.push(number);
        }
    }
    Ok(fido)
}

/// The HID interfaces, of which nothing is known before they are asked.
pub fn hid_interfaces(facts: &UsbFacts) -> Vec<u8> {
    facts.interfaces.iter().filter(|each| each.classes.contains(&HID_CLASS)).map(|each| each.number).collect()
}

/// A device as people name it: "0x2341:0x0043 on port 1-2.3".
pub fn describe_device(device: &UsbDescription) -> String {
    let UsbLocation { bus_number, device_address, port } = &device.location;
    let at = match port {
        Some(port) => format!("on port {port}"),
        None => format!("at {bus_number}.{device_address}"),
    };
    format!("{:#06x}:{:#06x} {at}", device.vendor_id, device.product_id)
}
