//! The host's own types as component:usb has them, and the other way round.

use crate::bindings::component::usb::{descriptors, device, errors, transfers};
use crate::bus::usb::{
    ConfigurationDescriptor, DeviceDescriptor, UsbError, UsbErrorCode, UsbPacket, UsbPacketStatus, UsbPlace, UsbSetup,
    UsbSpeed, UsbTransferResult,
};
use crate::interfaces::component_usb::{TransferOptions, TransferType};
use wasmtime::component::{ComponentType, Lift, Lower};

impl From<UsbError> for errors::LibusbError {
    fn from(error: UsbError) -> Self {
        match error.code {
            UsbErrorCode::Io => Self::Io,
            UsbErrorCode::InvalidParam => Self::InvalidParam,
            UsbErrorCode::Access => Self::Access,
            UsbErrorCode::NoDevice => Self::NoDevice,
            UsbErrorCode::NotFound => Self::NotFound,
            UsbErrorCode::Busy => Self::Busy,
            UsbErrorCode::Timeout => Self::Timeout,
            UsbErrorCode::Overflow => Self::Overflow,
            UsbErrorCode::Pipe => Self::Pipe,
            UsbErrorCode::Interrupted => Self::Interrupted,
            UsbErrorCode::NoMem => Self::NoMem,
            UsbErrorCode::NotSupported => Self::NotSupported,
            UsbErrorCode::Other => Self::Other,
        }
    }
}

impl From<&DeviceDescriptor> for descriptors::DeviceDescriptor {
    fn from(descriptor: &DeviceDescriptor) -> Self {
        Self {
            length: descriptor.length,
            descriptor_type: descriptor.descriptor_type,
            usb_version_bcd: descriptor.usb_version_bcd,
            device_class: descriptor.device_class,
            device_subclass: descriptor.device_subclass,
            device_protocol: descriptor.device_protocol,
            max_packet_size0: descriptor.max_packet_size0,
            vendor_id: descriptor.vendor_id,
            product_id: descriptor.product_id,
            device_version_bcd: descriptor.device_version_bcd,
            manufacturer_index: descriptor.manufacturer_index,
            product_index: descriptor.product_index,
            serial_number_index: descriptor.serial_number_index,
            num_configurations: descriptor.num_configurations,
        }
    }
}

impl From<&ConfigurationDescriptor> for descriptors::ConfigurationDescriptor {
    fn from(descriptor: &ConfigurationDescriptor) -> Self {
        let interfaces = descriptor.interfaces.iter().map(|setting| descriptors::InterfaceDescriptor {
            length: setting.length,
            descriptor_type: setting.descriptor_type,
            interface_number: setting.interface_number,
            alternate_setting: setting.alternate_setting,
            endpoints: setting
                .endpoints
                .iter()
                .map(|endpoint| descriptors::EndpointDescriptor {
                    length: endpoint.length,
                    descriptor_type: endpoint.descriptor_type,
                    endpoint_address: endpoint.endpoint_address,
                    attributes: endpoint.attributes,
                    max_packet_size: endpoint.max_packet_size,
                    interval: endpoint.interval,
                    refresh: endpoint.refresh,
                    synch_address: endpoint.synch_address,
                })
                .collect(),
            interface_class: setting.interface_class,
            interface_subclass: setting.interface_subclass,
            interface_protocol: setting.interface_protocol,
            interface_index: setting.interface_index,
        });
        Self {
            length: descriptor.length,
            descriptor_type: descriptor.descriptor_type,
            total_length: descriptor.total_length,
            interfaces: interfaces.collect(),
            configuration_value: descriptor.configuration_value,
            configuration_index: descriptor.configuration_index,
            attributes: descriptor.attributes,
            max_power: descriptor.max_power,
        }
    }
}

impl From<&UsbPlace> for device::DeviceLocation {
    fn from(place: &UsbPlace) -> Self {
        let speed = match place.speed {
            UsbSpeed::Unknown => device::UsbSpeed::Unknown,
            UsbSpeed::Low => device::UsbSpeed::Low,
            UsbSpeed::Full => device::UsbSpeed::Full,
            UsbSpeed::High => device::UsbSpeed::High,
            UsbSpeed::Super => device::UsbSpeed::Super,
            UsbSpeed::SuperPlus => device::UsbSpeed::SuperPlus,
            UsbSpeed::SuperPlusX2 => device::UsbSpeed::SuperPlusX2,
        };
        let UsbPlace { bus_number, device_address, port_number, .. } = *place;
        Self { bus_number, device_address, port_number, speed }
    }
}

impl From<transfers::TransferSetup> for UsbSetup {
    fn from(setup: transfers::TransferSetup) -> Self {
        let transfers::TransferSetup { bm_request_type, b_request, w_value, w_index } = setup;
        Self { bm_request_type, b_request, w_value, w_index, w_length: 0 }
    }
}

impl From<transfers::TransferType> for TransferType {
    fn from(kind: transfers::TransferType) -> Self {
        match kind {
            transfers::TransferType::Control => Self::Control,
            transfers::TransferType::Bulk => Self::Bulk,
            transfers::TransferType::Interrupt => Self::Interrupt,
            transfers::TransferType::Isochronous => Self::Isochronous,
        }
    }
}

impl From<transfers::TransferOptions> for TransferOptions {
    fn from(options: transfers::TransferOptions) -> Self {
        let transfers::TransferOptions { endpoint, timeout_ms, stream_id, iso_packets } = options;
        Self { endpoint, timeout_ms, stream_id, iso_packets }
    }
}

/// wit/shapes `iso-packet-status`.
#[derive(Debug, Clone, Copy, ComponentType, Lift, Lower)]
#[component(enum)]
#[repr(u8)]
pub(super) enum IsoPacketStatus {
    #[component(name = "success")]
    Success,
    #[component(name = "error")]
    Error,
    #[component(name = "timed-out")]
    TimedOut,
    #[component(name = "cancelled")]
    Cancelled,
    #[component(name = "stall")]
    Stall,
    #[component(name = "no-device")]
    NoDevice,
    #[component(name = "overflow")]
    Overflow,
}

/// wit/shapes `iso-packet`.
#[derive(Debug, Clone, Copy, ComponentType, Lift, Lower)]
#[component(record)]
pub(super) struct IsoPacket {
    #[component(name = "actual-length")]
    actual_length: u32,
    status: IsoPacketStatus,
}

/// wit/shapes `transfer-result`.
#[derive(Debug, Clone, ComponentType, Lift, Lower)]
#[component(record)]
pub(super) struct TransferResult {
    data: Vec<u8>,
    packets: Vec<IsoPacket>,
}

impl From<UsbTransferResult> for TransferResult {
    fn from(result: UsbTransferResult) -> Self {
        let packets = result.packets.into_iter().map(|UsbPacket { actual_length, status }| IsoPacket {
            actual_length,
            status: match status {
                UsbPacketStatus::Success => IsoPacketStatus::Success,
                UsbPacketStatus::Error => IsoPacketStatus::Error,
                UsbPacketStatus::TimedOut => IsoPacketStatus::TimedOut,
                UsbPacketStatus::Cancelled => IsoPacketStatus::Cancelled,
                UsbPacketStatus::Stall => IsoPacketStatus::Stall,
                UsbPacketStatus::NoDevice => IsoPacketStatus::NoDevice,
                UsbPacketStatus::Overflow => IsoPacketStatus::Overflow,
            },
        });
        Self { data: result.data, packets: packets.collect() }
    }
}
