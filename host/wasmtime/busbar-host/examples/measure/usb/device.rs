//! A USB device in memory whose line has a speed: what it sends and what it is sent takes as long as its bytes need, one
//! transfer after the other, without packets, errors and timeouts.

use super::line::Line;
use busbar_host::bus::usb::{
    ConfigurationDescriptor, DeviceDescriptor, HotplugListener, Later, UsbBackend, UsbDevice, UsbError, UsbErrorCode,
    UsbFailure, UsbHandle, UsbPlace, UsbTransfer, UsbTransferKind, UsbTransferRequest, UsbTransferResult,
    parse_descriptors,
};
use busbar_host::error::HostError;
use busbar_host::locked::locked;
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, Weak};

pub const IN: u8 = 0x81;
pub const OUT: u8 = 0x02;

/// What a device does with what it is sent: gives what it sends then, a transfer each.
pub type Function = Box<dyn FnMut(Vec<u8>) -> Vec<Vec<u8>> + Send>;

/// What is plugged in: one device.
pub struct OneDevice(pub Arc<ModelDevice>);

impl UsbBackend for OneDevice {
    fn devices(&self) -> Result<Vec<Arc<dyn UsbDevice>>, HostError> {
        Ok(vec![self.0.clone()])
    }

    fn watch(&self, _listener: HotplugListener) -> Result<(), HostError> {
        Ok(())
    }
}

/// A device with one interface of one bulk endpoint in each direction.
pub struct ModelDevice {
    descriptor: DeviceDescriptor,
    configurations: Vec<Option<ConfigurationDescriptor>>,
    place: UsbPlace,
    line: Line,
    traffic: Mutex<Traffic>,
    itself: Weak<Self>,
}

/// What waits for its other half: reads for something to be read, and what the device has to send for reads.
struct Traffic {
    function: Function,
    reads: VecDeque<Arc<UsbTransfer>>,
    sent: VecDeque<Vec<u8>>,
}

/// bInterfaceClass, bInterfaceSubClass and bInterfaceProtocol.
pub type InterfaceClass = [u8; 3];

impl ModelDevice {
    pub fn new(class: InterfaceClass, line: Line, function: Function) -> Option<Arc<Self>> {
        let (descriptor, configurations) = parse_descriptors(&descriptors(class))?;
        let traffic = Traffic { function, reads: VecDeque::new(), sent: VecDeque::new() };
        let place = UsbPlace { bus_number: 1, device_address: 2, port: Some("1-1".to_owned()), ..UsbPlace::default() };
        Some(Arc::new_cyclic(|itself| Self {
            descriptor,
            configurations,
            place,
            line,
            traffic: Mutex::new(traffic),
            itself: itself.clone(),
        }))
    }

    /// A transfer in OUT direction, and what it makes the device send.
    fn take(&self, data: Vec<u8>, transfer: &Arc<UsbTransfer>) {
        let actual_length = data.len();
        self.line.carry(transfer.clone(), UsbTransferResult { actual_length, ..UsbTransferResult::default() });
        let traffic = &mut *locked(&self.traffic);
        traffic.sent.extend((traffic.function)(data));
        self.meet(traffic);
    }

    fn give(&self, transfer: &Arc<UsbTransfer>) {
        let traffic = &mut *locked(&self.traffic);
        traffic.reads.push_back(transfer.clone());
        self.meet(traffic);
    }

    fn meet(&self, traffic: &mut Traffic) {
        while !traffic.reads.is_empty()
            && let Some(data) = traffic.sent.pop_front()
            && let Some(read) = traffic.reads.pop_front()
        {
            let actual_length = data.len();
            self.line.carry(read, UsbTransferResult { data, actual_length, packets: Vec::new() });
        }
    }

    /// Nothing takes the place of a read that is cancelled.
    fn forget(&self, transfer: &Weak<UsbTransfer>) {
        locked(&self.traffic).reads.retain(|read| !std::ptr::eq(Arc::as_ptr(read), transfer.as_ptr()));
        if let Some(transfer) = transfer.upgrade() {
            transfer.finish(Err(UsbError::new(UsbErrorCode::Interrupted, "it was cancelled")));
        }
    }
}

/// USB 2.0 section 9.6, without strings.
#[rustfmt::skip]
fn descriptors([class, subclass, protocol]: InterfaceClass) -> Vec<u8> {
    [
        &[18, 1, 0x00, 0x02, 0, 0, 0, 64, 0x09, 0x12, 1, 0, 0, 1, 0, 0, 0, 1][..],
        &[9, 2, 32, 0, 1, 1, 0, 0x80, 50],
        &[9, 4, 0, 0, 2, class, subclass, protocol, 0],
        &[7, 5, IN, 2, 0x00, 0x02, 0],
        &[7, 5, OUT, 2, 0x00, 0x02, 0],
    ]
    .concat()
}

impl UsbDevice for ModelDevice {
    fn descriptor(&self) -> &DeviceDescriptor {
        &self.descriptor
    }

    fn configurations(&self) -> &[Option<ConfigurationDescriptor>] {
        &self.configurations
    }

    fn place(&self) -> &UsbPlace {
        &self.place
    }

    fn serial_number(&self) -> Option<&str> {
        None
    }

    fn active_configuration(&self) -> Result<u8, UsbError> {
        Ok(1)
    }

    fn configured(&self) -> Later<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn interface_user(&self, _interface_number: u8) -> Option<String> {
        None
    }

    fn report_descriptor(&self, _interface_number: u8) -> Later<'_, Option<Vec<u8>>, UsbFailure> {
        Box::pin(async { Ok(None) })
    }

    fn prepare(&self, _interfaces: &[u8]) -> Result<(), UsbError> {
        Ok(())
    }

    fn open(&self) -> Later<'_, Arc<dyn UsbHandle>, UsbFailure> {
        Box::pin(async { self.open_now() })
    }

    fn open_now(&self) -> Result<Arc<dyn UsbHandle>, UsbFailure> {
        let device = self.itself.upgrade().ok_or_else(|| UsbError::no_device("the device is gone"))?;
        Ok(Arc::new(ModelHandle(device)))
    }
}

struct ModelHandle(Arc<ModelDevice>);

impl UsbHandle for ModelHandle {
    fn set_configuration(&self, _value: Option<u8>) -> Later<'_, ()> {
        Box::pin(async { Err(unsupported()) })
    }

    fn claim_interface(&self, _interface_number: u8) -> Result<(), UsbError> {
        Ok(())
    }

    fn release_interface(&self, _interface_number: u8) -> Later<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn set_alternate_setting(&self, _interface_number: u8, _alternate_setting: u8) -> Later<'_, ()> {
        Box::pin(async { Err(unsupported()) })
    }

    fn clear_halt(&self, _endpoint: u8) -> Later<'_, ()> {
        Box::pin(async { Err(unsupported()) })
    }

    fn reset(&self) -> Later<'_, ()> {
        Box::pin(async { Err(unsupported()) })
    }

    fn alloc_streams(&self, _count: u32, _endpoints: &[u8]) -> Result<u32, UsbError> {
        Err(unsupported())
    }

    fn free_streams(&self, _endpoints: &[u8]) -> Result<(), UsbError> {
        Err(unsupported())
    }

    fn kernel_driver_active(&self, _interface_number: u8) -> Result<bool, UsbError> {
        Ok(false)
    }

    fn detach_kernel_driver(&self, _interface_number: u8) -> Result<(), UsbError> {
        Err(unsupported())
    }

    fn attach_kernel_driver(&self, _interface_number: u8) -> Result<(), UsbError> {
        Err(unsupported())
    }

    fn submit(&self, request: UsbTransferRequest) -> Result<Arc<UsbTransfer>, UsbError> {
        let device = self.0.clone();
        let transfer = Arc::new_cyclic(|transfer: &Weak<UsbTransfer>| {
            let (device, transfer) = (device.clone(), transfer.clone());
            UsbTransfer::new(Box::new(move || device.forget(&transfer)))
        });
        match request.kind {
            UsbTransferKind::Bulk { .. } if request.endpoint == OUT => device.take(request.data, &transfer),
            UsbTransferKind::Bulk { .. } => device.give(&transfer),
            _ => transfer.finish(Err(UsbError::new(UsbErrorCode::Pipe, "the device knows no other transfer"))),
        }
        Ok(transfer)
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async {})
    }
}

fn unsupported() -> UsbError {
    UsbError::new(UsbErrorCode::NotSupported, "the model has none of it")
}
