//! Standard descriptors, USB 2.0 section 9.6, in the shape of component:usb/descriptors; and their reader. What a device
//! says is not to be trusted: nothing is read past the end, and nothing is allocated because of a length or a number that
//! the device claims.

/// component:usb/descriptors `device-descriptor`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceDescriptor {
    pub length: u8,
    pub descriptor_type: u8,
    pub usb_version_bcd: u16,
    pub device_class: u8,
    pub device_subclass: u8,
    pub device_protocol: u8,
    pub max_packet_size0: u8,
    pub vendor_id: u16,
    pub product_id: u16,
    pub device_version_bcd: u16,
    pub manufacturer_index: u8,
    pub product_index: u8,
    pub serial_number_index: u8,
    pub num_configurations: u8,
}

/// component:usb/descriptors `configuration-descriptor`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfigurationDescriptor {
    pub length: u8,
    pub descriptor_type: u8,
    pub total_length: u16,
    /// Every alternate setting of every interface, in the order of the device.
    pub interfaces: Vec<InterfaceDescriptor>,
    pub configuration_value: u8,
    pub configuration_index: u8,
    pub attributes: u8,
    pub max_power: u8,
}

/// component:usb/descriptors `interface-descriptor`: one alternate setting of one interface.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InterfaceDescriptor {
    pub length: u8,
    pub descriptor_type: u8,
    pub interface_number: u8,
    pub alternate_setting: u8,
    pub endpoints: Vec<EndpointDescriptor>,
    pub interface_class: u8,
    pub interface_subclass: u8,
    pub interface_protocol: u8,
    pub interface_index: u8,
}

/// component:usb/descriptors `endpoint-descriptor`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EndpointDescriptor {
    pub length: u8,
    pub descriptor_type: u8,
    pub endpoint_address: u8,
    pub attributes: u8,
    pub max_packet_size: u16,
    pub interval: u8,
    pub refresh: u8,
    pub synch_address: u8,
}

/// bDescriptorType: USB 2.0 table 9-5.
const DEVICE: u8 = 1;
const CONFIGURATION: u8 = 2;
const INTERFACE: u8 = 4;
const ENDPOINT: u8 = 5;

/// How long they are at least: USB 2.0 tables 9-8 and 9-10.
const DEVICE_BYTES: u8 = 18;
const CONFIGURATION_BYTES: u8 = 9;

/// Bits 6 to 4 of bEndpointAddress are reserved: USB 2.0 table 9-13.
const ENDPOINT_ADDRESS_BITS: u8 = 0x8f;

/// Reads a device descriptor: USB 2.0 table 9-8. None where it is none, or too short.
pub fn parse_device_descriptor(bytes: &[u8]) -> Option<DeviceDescriptor> {
    let bytes: &[u8; DEVICE_BYTES as usize] = bytes.first_chunk()?;
    if bytes[0] < DEVICE_BYTES || bytes[1] != DEVICE {
        return None;
    }
    Some(DeviceDescriptor {
        length: bytes[0],
        descriptor_type: bytes[1],
        usb_version_bcd: u16::from_le_bytes([bytes[2], bytes[3]]),
        device_class: bytes[4],
        device_subclass: bytes[5],
        device_protocol: bytes[6],
        max_packet_size0: bytes[7],
        vendor_id: u16::from_le_bytes([bytes[8], bytes[9]]),
        product_id: u16::from_le_bytes([bytes[10], bytes[11]]),
        device_version_bcd: u16::from_le_bytes([bytes[12], bytes[13]]),
        manufacturer_index: bytes[14],
        product_index: bytes[15],
        serial_number_index: bytes[16],
        num_configurations: bytes[17],
    })
}

/// Reads a configuration descriptor and what follows it: USB 2.0 table 9-10. None where it is none. Of what follows,
/// everything up to the first malformed descriptor is kept.
pub fn parse_configuration_descriptor(bytes: &[u8]) -> Option<ConfigurationDescriptor> {
    let head: &[u8; CONFIGURATION_BYTES as usize] = bytes.first_chunk()?;
    if head[0] < CONFIGURATION_BYTES || head[1] != CONFIGURATION {
        return None;
    }
    let total_length = u16::from_le_bytes([head[2], head[3]]);
    let mut interfaces: Vec<InterfaceDescriptor> = Vec::new();
    for descriptor in split_descriptors(bytes.get(..total_length.into()).unwrap_or(bytes)) {
        // Each is as long as its first byte says, and those of an interface (9 bytes) and an endpoint (7) are at least as
        // long as their patterns: USB 2.0 tables 9-12 and 9-13.
        match *descriptor {
            [length, INTERFACE, interface_number, alternate_setting, _, class, subclass, protocol, index, ..] => {
                interfaces.push(InterfaceDescriptor {
                    length,
                    descriptor_type: INTERFACE,
                    interface_number,
                    alternate_setting,
                    endpoints: Vec::new(),
                    interface_class: class,
                    interface_subclass: subclass,
                    interface_protocol: protocol,
                    interface_index: index,
                });
            }
            [length, ENDPOINT, address, attributes, low, high, interval, ..] => {
                if let Some(interface) = interfaces.last_mut() {
                    interface.endpoints.push(EndpointDescriptor {
                        length,
                        descriptor_type: ENDPOINT,
                        endpoint_address: address & ENDPOINT_ADDRESS_BITS,
                        attributes,
                        max_packet_size: u16::from_le_bytes([low, high]),
                        interval,
                        refresh: descriptor.get(7).copied().unwrap_or(0),
                        synch_address: descriptor.get(8).copied().unwrap_or(0),
                    });
                }
            }
            _ => {}
        }
    }
    Some(ConfigurationDescriptor {
        length: head[0],
        descriptor_type: head[1],
        total_length,
        interfaces,
        configuration_value: head[5],
        configuration_index: head[6],
        attributes: head[7],
        max_power: head[8],
    })
}

/// Reads what Linux keeps of a device: its device descriptor, and all configurations with what follows them, one after the
/// other. A configuration reaches to the next one, whatever length it claims, as the kernel keeps what it could read. None
/// where the device descriptor is none.
pub fn parse_descriptors(bytes: &[u8]) -> Option<(DeviceDescriptor, Vec<Option<ConfigurationDescriptor>>)> {
    let device = parse_device_descriptor(bytes)?;
    let mut rest = bytes.get(usize::from(DEVICE_BYTES)..).unwrap_or_default();
    let mut configurations = Vec::new();
    for _ in 0..device.num_configurations {
        let mut length = 0;
        for (index, descriptor) in split_descriptors(rest).enumerate() {
            if index > 0 && descriptor[1] == CONFIGURATION {
                break;
            }
            length += descriptor.len();
        }
        let is_last = configurations.len() + 1 == usize::from(device.num_configurations);
        let (this, after) = rest.split_at(if is_last { rest.len() } else { length });
        configurations.push(parse_configuration_descriptor(this));
        rest = after;
    }
    Some((device, configurations))
}

/// The descriptors in a row, each at least two bytes long; ends at the first that is shorter than its head or longer than
/// what is left.
pub fn split_descriptors(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = usize::from(*rest.first()?);
        if length < 2 {
            return None;
        }
        let (descriptor, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(descriptor)
    })
}
