use super::backend::UsbDevice;
use super::error::UsbError;
use crate::grants::{UsbConfiguration, UsbDescription, UsbFacts, UsbLocation, UsbSetting, describe_device, facts_of};

/// What the grants need to know of a device. `fido` are the HID interfaces that are known to be a security key's.
///
/// # Errors
///
/// When it is gone.
pub fn facts_of_device(device: &dyn UsbDevice, fido: &[u8]) -> Result<UsbFacts, UsbError> {
    Ok(facts_of(&description_of(device, device.active_configuration()?), fido))
}

/// A device as people name it: "0x2341:0x0043 on port 1-2.3".
pub fn describe_usb_device(device: &dyn UsbDevice) -> String {
    describe_device(&description_of(device, 0))
}

/// Why what was started with a device has ended: one sentence without its end.
pub(crate) fn unplugged(device: &dyn UsbDevice) -> String {
    format!("the USB device {} was unplugged", describe_usb_device(device))
}

fn description_of(device: &dyn UsbDevice, active_configuration: u8) -> UsbDescription {
    let (descriptor, place) = (device.descriptor(), device.place());
    let configurations = device.configurations().iter().map(|configuration| {
        configuration.as_ref().map(|each| UsbConfiguration {
            value: each.configuration_value,
            settings: each
                .interfaces
                .iter()
                .map(|setting| UsbSetting {
                    number: setting.interface_number,
                    class: setting.interface_class,
                    subclass: setting.interface_subclass,
                    protocol: setting.interface_protocol,
                    endpoints: setting.endpoints.iter().map(|endpoint| endpoint.endpoint_address).collect(),
                })
                .collect(),
        })
    });
    UsbDescription {
        vendor_id: descriptor.vendor_id,
        product_id: descriptor.product_id,
        device_class: descriptor.device_class,
        serial_number: device.serial_number().map(str::to_owned),
        location: UsbLocation {
            bus_number: place.bus_number,
            device_address: place.device_address,
            port: place.port.clone(),
        },
        configurations: configurations.collect(),
        active_configuration,
    }
}
