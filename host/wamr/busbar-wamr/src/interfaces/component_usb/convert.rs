//! The host's own types as component:usb has them, and the other way round. Their types were compared with those of wit/, and a test
//! compares the numbers of cases.

use crate::abi::{FromValue, IntoValue, Value, fields, list, take};
use crate::trap::Trap;
use busbar_core::bus::usb::guest::{TransferOptions, TransferType, UsbChange};
use busbar_core::bus::usb::{
    ConfigurationDescriptor, DeviceDescriptor, EndpointDescriptor, InterfaceDescriptor, UsbError, UsbErrorCode,
    UsbPacket, UsbPacketStatus, UsbPlace, UsbSession, UsbSetup, UsbSpeed, UsbTransferResult,
};

/// `libusb-error`.
pub fn error_value(error: &UsbError) -> Value {
    Value::case(match error.code {
        UsbErrorCode::Io => 0,
        UsbErrorCode::InvalidParam => 1,
        UsbErrorCode::Access => 2,
        UsbErrorCode::NoDevice => 3,
        UsbErrorCode::NotFound => 4,
        UsbErrorCode::Busy => 5,
        UsbErrorCode::Timeout => 6,
        UsbErrorCode::Overflow => 7,
        UsbErrorCode::Pipe => 8,
        UsbErrorCode::Interrupted => 9,
        UsbErrorCode::NoMem => 10,
        UsbErrorCode::NotSupported => 11,
        UsbErrorCode::Other => 12,
    })
}

/// `device-descriptor`.
pub fn device_value(descriptor: &DeviceDescriptor) -> Value {
    Value::Record(vec![
        descriptor.length.into_value(),
        descriptor.descriptor_type.into_value(),
        descriptor.usb_version_bcd.into_value(),
        descriptor.device_class.into_value(),
        descriptor.device_subclass.into_value(),
        descriptor.device_protocol.into_value(),
        descriptor.max_packet_size0.into_value(),
        descriptor.vendor_id.into_value(),
        descriptor.product_id.into_value(),
        descriptor.device_version_bcd.into_value(),
        descriptor.manufacturer_index.into_value(),
        descriptor.product_index.into_value(),
        descriptor.serial_number_index.into_value(),
        descriptor.num_configurations.into_value(),
    ])
}

/// `configuration-descriptor`.
pub fn configuration_value(descriptor: &ConfigurationDescriptor) -> Value {
    Value::Record(vec![
        descriptor.length.into_value(),
        descriptor.descriptor_type.into_value(),
        descriptor.total_length.into_value(),
        list(descriptor.interfaces.iter().map(interface_value)),
        descriptor.configuration_value.into_value(),
        descriptor.configuration_index.into_value(),
        descriptor.attributes.into_value(),
        descriptor.max_power.into_value(),
    ])
}

/// `interface-descriptor`.
fn interface_value(setting: &InterfaceDescriptor) -> Value {
    Value::Record(vec![
        setting.length.into_value(),
        setting.descriptor_type.into_value(),
        setting.interface_number.into_value(),
        setting.alternate_setting.into_value(),
        list(setting.endpoints.iter().map(endpoint_value)),
        setting.interface_class.into_value(),
        setting.interface_subclass.into_value(),
        setting.interface_protocol.into_value(),
        setting.interface_index.into_value(),
    ])
}

/// `endpoint-descriptor`.
fn endpoint_value(endpoint: &EndpointDescriptor) -> Value {
    Value::Record(vec![
        endpoint.length.into_value(),
        endpoint.descriptor_type.into_value(),
        endpoint.endpoint_address.into_value(),
        endpoint.attributes.into_value(),
        endpoint.max_packet_size.into_value(),
        endpoint.interval.into_value(),
        endpoint.refresh.into_value(),
        endpoint.synch_address.into_value(),
    ])
}

/// `device-location`.
pub fn location_value(place: &UsbPlace) -> Value {
    let speed = Value::case(match place.speed {
        UsbSpeed::Unknown => 0,
        UsbSpeed::Low => 1,
        UsbSpeed::Full => 2,
        UsbSpeed::High => 3,
        UsbSpeed::Super => 4,
        UsbSpeed::SuperPlus => 5,
        UsbSpeed::SuperPlusX2 => 6,
    });
    let UsbPlace { bus_number, device_address, port_number, .. } = *place;
    Value::Record(vec![bus_number.into_value(), device_address.into_value(), port_number.into_value(), speed])
}

/// `event`.
pub fn event_value(change: &UsbChange) -> Value {
    Value::Flags(match change {
        UsbChange::Arrived(_) => 1,
        UsbChange::Left(_) => 1 << 1,
    })
}

/// `info`.
pub fn info_value(session: &UsbSession) -> Value {
    let (descriptor, place) = (session.device().descriptor(), session.device().place());
    Value::Record(vec![
        place.bus_number.into_value(),
        place.device_address.into_value(),
        descriptor.vendor_id.into_value(),
        descriptor.product_id.into_value(),
    ])
}

/// `transfer-result`.
pub fn transfer_result(UsbTransferResult { data, packets, .. }: UsbTransferResult) -> Value {
    let packet = |UsbPacket { actual_length, status }: UsbPacket| {
        let status = Value::case(match status {
            UsbPacketStatus::Success => 0,
            UsbPacketStatus::Error => 1,
            UsbPacketStatus::TimedOut => 2,
            UsbPacketStatus::Cancelled => 3,
            UsbPacketStatus::Stall => 4,
            UsbPacketStatus::NoDevice => 5,
            UsbPacketStatus::Overflow => 6,
        });
        Value::Record(vec![actual_length.into_value(), status])
    };
    Value::Record(vec![data.into_value(), list(packets.into_iter().map(packet))])
}

/// `transfer-type`.
pub fn transfer_kind(value: Value) -> Result<TransferType, Trap> {
    match value {
        Value::Variant(0, None) => Ok(TransferType::Control),
        Value::Variant(1, None) => Ok(TransferType::Bulk),
        Value::Variant(2, None) => Ok(TransferType::Interrupt),
        Value::Variant(3, None) => Ok(TransferType::Isochronous),
        _ => Err(Trap::another_type()),
    }
}

/// `transfer-setup`.
pub fn transfer_setup(value: Value) -> Result<UsbSetup, Trap> {
    let mut parts = fields::<4>(value).ok_or_else(Trap::another_type)?.into_iter();
    let (bm_request_type, b_request) = (take(&mut parts)?, take(&mut parts)?);
    let (w_value, w_index) = (take(&mut parts)?, take(&mut parts)?);
    Ok(UsbSetup { bm_request_type, b_request, w_value, w_index, w_length: 0 })
}

/// `transfer-options`.
pub fn transfer_options(value: Value) -> Result<TransferOptions, Trap> {
    let mut parts = fields::<4>(value).ok_or_else(Trap::another_type)?.into_iter();
    let (endpoint, timeout_ms) = (take(&mut parts)?, take(&mut parts)?);
    let (stream_id, iso_packets) = (take(&mut parts)?, take(&mut parts)?);
    Ok(TransferOptions { endpoint, timeout_ms, stream_id, iso_packets })
}

/// `config-value`.
pub fn config_value(value: Value) -> Result<Option<u8>, Trap> {
    match value {
        Value::Variant(0, None) => Ok(None),
        Value::Variant(1, Some(value)) => u8::from_value(*value).map(Some).ok_or_else(Trap::another_type),
        _ => Err(Trap::another_type()),
    }
}
