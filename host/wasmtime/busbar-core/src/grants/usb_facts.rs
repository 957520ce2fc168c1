use super::security_keys::{HID_CLASS, uses_fido};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

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

#[cfg(test)]
mod tests {
    use super::{
        ReportError, UsbConfiguration, UsbDescription, UsbFacts, UsbInterfaceFacts, UsbLocation, UsbSetting,
        current_configuration, describe_device, facts_of, fido_interfaces,
    };

    fn setting(number: u8, class: u8, endpoints: &[u8]) -> UsbSetting {
        UsbSetting { number, class, endpoints: endpoints.to_vec(), ..UsbSetting::default() }
    }

    fn device(active_configuration: u8) -> UsbDescription {
        let first = UsbConfiguration {
            value: 1,
            settings: vec![setting(0, 0x03, &[0x81]), setting(1, 0xff, &[]), setting(1, 0x0b, &[0x82, 0x02])],
        };
        let second = UsbConfiguration { value: 7, settings: vec![setting(0, 0x08, &[0x83])] };
        UsbDescription {
            vendor_id: 0x2341,
            product_id: 0x43,
            serial_number: Some("55736".to_owned()),
            location: UsbLocation { bus_number: 1, device_address: 12, port: Some("1-2.3".to_owned()) },
            configurations: vec![None, Some(first), Some(second)],
            active_configuration,
            ..UsbDescription::default()
        }
    }

    #[test]
    fn the_chosen_configuration_counts_or_the_first_that_is_readable() {
        let value = |active| current_configuration(&device(active)).map(|each| each.value);
        assert_eq!([value(0), value(1), value(7), value(2)], [Some(1), Some(1), Some(7), None]);
        assert_eq!(facts_of(&device(2), &[]).interfaces, []);
        assert_eq!(facts_of(&device(7), &[]).interfaces[0].classes, [0x08]);
    }

    #[test]
    fn the_alternate_settings_of_an_interface_are_one() {
        let interface = |number, classes: &[u8], endpoints: &[u8], fido| UsbInterfaceFacts {
            number,
            classes: classes.to_vec(),
            endpoints: endpoints.to_vec(),
            fido,
        };
        let facts = facts_of(&device(1), &[0]);
        let expected = UsbFacts {
            vendor_id: 0x2341,
            product_id: 0x43,
            device_class: 0,
            serial_number: Some("55736".to_owned()),
            port: Some("1-2.3".to_owned()),
            interfaces: vec![interface(0, &[0x03], &[0x81], true), interface(1, &[0xff, 0x0b], &[0x82, 0x02], false)],
        };
        assert_eq!(facts, expected);
    }

    #[test]
    fn a_key_is_a_hid_interface_that_says_so_or_that_nobody_can_read() {
        let facts = UsbFacts {
            interfaces: [(0, 0x03), (1, 0x03), (2, 0x03), (3, 0xff), (4, 0x03), (5, 0x03)]
                .map(|(number, class)| UsbInterfaceFacts { number, classes: vec![class], ..Default::default() })
                .to_vec(),
            ..UsbFacts::default()
        };
        let mut asked = Vec::new();
        let fido = fido_interfaces(&facts, &[0, 1, 2, 3, 4], |number| {
            asked.push(number);
            match number {
                0 => Ok(Some(vec![0x06, 0xd0, 0xf1])),
                1 => Ok(Some(vec![0x05, 0x01])),
                2 => Err(ReportError::<String>::Unreadable),
                _ => Ok(None),
            }
        });
        assert_eq!(fido, Ok(vec![0, 2]));
        assert_eq!(asked, [0, 1, 2, 4], "only HID interfaces that a driver is given are opened");
        let refused = fido_interfaces(&facts, &[0], |_| Err(ReportError::Refused("no permission")));
        assert_eq!(refused, Err("no permission"));
    }

    #[test]
    fn people_name_a_device_by_its_ids_and_its_place() {
        let mut device = device(1);
        assert_eq!(describe_device(&device), "0x2341:0x0043 on port 1-2.3");
        device.location.port = None;
        assert_eq!(describe_device(&device), "0x2341:0x0043 at 1.12");
    }
}
