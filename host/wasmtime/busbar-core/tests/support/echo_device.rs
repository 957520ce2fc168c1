//! USB devices in memory that send back what they are sent, by every kind of transfer; and a HID interface beside it. What
//! the kernel's gadgets cannot do on every machine (isochronous transfers, bulk streams, security keys) is tried on them.

use busbar_core::bus::usb::{
    ConfigurationDescriptor, DeviceDescriptor, HotplugListener, Later, UsbBackend, UsbDevice, UsbError, UsbErrorCode,
    UsbFailure, UsbHandle, UsbHotplugEvent, UsbPacket, UsbPacketStatus, UsbPlace, UsbSetup, UsbSpeed, UsbTransfer,
    UsbTransferKind, UsbTransferOutcome, UsbTransferRequest, UsbTransferResult, parse_descriptors,
};
use busbar_core::error::HostError;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use usb_faults::{UsbFault, UsbFaults};

mod usb_faults;

pub const VENDOR_ID: u16 = 0x1209;
pub const BULK_IN: u8 = 0x81;
pub const BULK_OUT: u8 = 0x01;
pub const INTERRUPT_IN: u8 = 0x82;
pub const INTERRUPT_OUT: u8 = 0x02;
pub const ISOCHRONOUS_IN: u8 = 0x83;
pub const ISOCHRONOUS_OUT: u8 = 0x03;
/// Of the HID interface.
pub const REPORT_IN: u8 = 0x84;
/// Vendor's request to interface 0: gives or takes any bytes.
pub const VENDOR_REQUEST: u8 = 0x51;

/// A mouse's beginning, and a security key's: HID Usage Tables 1.3.
pub const MOUSE: [u8; 4] = [0x05, 0x01, 0x09, 0x02];
pub const FIDO: [u8; 5] = [0x06, 0xd0, 0xf1, 0x09, 0x01];

const MOST_STREAMS: u32 = 16;

/// Two configurations; of the first, interface 0 echoes (setting 1 has isochronous endpoints too) and interface 1 is HID. In
/// the second, interface 0 is HID.
#[rustfmt::skip]
fn descriptors(product_id: u16) -> Vec<u8> {
    let endpoint = |address: u8, attributes: u8, size: u16| {
        [7, 5, address, attributes, size.to_le_bytes()[0], size.to_le_bytes()[1], 1]
    };
    let interface = |number: u8, setting: u8, class: u8, endpoints: &[[u8; 7]]| {
        let count = endpoints.len() as u8;
        let mut bytes = vec![9, 4, number, setting, count, class, 0, 0, 0];
        bytes.extend(endpoints.iter().flatten());
        bytes
    };
    let echo = [
        endpoint(BULK_IN, 2, 512), endpoint(BULK_OUT, 2, 512), endpoint(INTERRUPT_IN, 3, 64), endpoint(INTERRUPT_OUT, 3, 64),
    ];
    let mut with_isochronous = echo.to_vec();
    with_isochronous.extend([endpoint(ISOCHRONOUS_IN, 1, 192), endpoint(ISOCHRONOUS_OUT, 1, 192)]);
    let configuration = |value: u8, interfaces: &[Vec<u8>]| {
        let body = interfaces.concat();
        let length = ((9 + body.len()) as u16).to_le_bytes();
        let mut bytes = vec![9, 2, length[0], length[1], 2, value, 0, 0x80, 50];
        bytes.extend(body);
        bytes
    };
    let ([vendor_low, vendor_high], [product_low, product_high]) = (VENDOR_ID.to_le_bytes(), product_id.to_le_bytes());
    let mut bytes = vec![18, 1, 0x00, 0x02, 0, 0, 0, 64, vendor_low, vendor_high, product_low, product_high, 0, 1, 0, 0, 0, 2];
    let hid = |number| interface(number, 0, 3, &[endpoint(REPORT_IN, 3, 8)]);
    bytes.extend(configuration(1, &[interface(0, 0, 0xff, &echo), interface(0, 1, 0xff, &with_isochronous), hid(1)]));
    bytes.extend(configuration(2, &[hid(0)]));
    bytes
}

/// What a device answers otherwise than by sending it back; none for what it has no other answer for.
pub type Answer = Box<dyn Fn(&UsbTransferRequest) -> Option<UsbTransferOutcome> + Send + Sync>;

/// Where they are plugged in.
#[derive(Default)]
pub struct EchoBackend {
    devices: Mutex<Vec<Arc<EchoDevice>>>,
    listeners: Mutex<Vec<HotplugListener>>,
}

impl EchoBackend {
    /// Plugs one in.
    pub fn plug(&self, device: Arc<EchoDevice>) -> Arc<EchoDevice> {
        locked(&self.devices).push(device.clone());
        let event = UsbHotplugEvent::Arrived(device.clone());
        locked(&self.listeners).iter().for_each(|listener| listener(event.clone()));
        device
    }

    /// Pulls it out, whatever is under way.
    pub fn unplug(&self, device: &Arc<EchoDevice>) {
        locked(&self.devices).retain(|each| !Arc::ptr_eq(each, device));
        device.leave();
        let event = UsbHotplugEvent::Left(device.clone());
        locked(&self.listeners).iter().for_each(|listener| listener(event.clone()));
    }
}

impl UsbBackend for EchoBackend {
    fn devices(&self) -> Result<Vec<Arc<dyn UsbDevice>>, HostError> {
        Ok(locked(&self.devices).iter().map(|device| device.clone() as Arc<dyn UsbDevice>).collect())
    }

    fn watch(&self, listener: HotplugListener) -> Result<(), HostError> {
        locked(&self.listeners).push(listener);
        Ok(())
    }
}

/// A device.
pub struct EchoDevice {
    /// As the device gives them.
    descriptors: Vec<u8>,
    strings: Vec<String>,
    faults: UsbFaults,
    descriptor: DeviceDescriptor,
    configurations: Vec<Option<ConfigurationDescriptor>>,
    place: UsbPlace,
    answer: Option<Answer>,
    state: Mutex<State>,
    itself: Weak<Self>,
}

struct State {
    is_gone: bool,
    /// The system has not chosen a configuration yet.
    arrives: bool,
    configuration: u8,
    report_descriptor: Vec<u8>,
    /// Interfaces that a driver of the system has.
    kernel: BTreeSet<u8>,
    claimed: BTreeSet<u8>,
    /// Endpoints that are halted.
    halted: BTreeSet<u8>,
    /// By endpoint number and stream.
    queues: BTreeMap<(u8, u32), VecDeque<Vec<u8>>>,
    waiting: Vec<Waiting>,
    streams: BTreeMap<u8, u32>,
    opened: usize,
    log: Vec<String>,
    refuses_to_open: Option<HostError>,
}

struct Waiting {
    endpoint: u8,
    stream_id: u32,
    length: usize,
    transfer: Arc<UsbTransfer>,
}

impl EchoDevice {
    /// On a port: "1-1".
    pub fn new(product_id: u16, port: &str) -> Arc<Self> {
        Self::made(descriptors(product_id), Vec::new(), UsbFaults::default(), place_at(port), None)
    }

    /// A device of another kind: what it says of itself, and what it answers.
    pub fn described(descriptors: &[u8], port: &str, answer: Answer) -> Arc<Self> {
        Self::made(descriptors.to_vec(), Vec::new(), UsbFaults::default(), place_at(port), Some(answer))
    }

    /// The model "usb-loopback" of a board's `simulate` list, in port 1 of bus 1.
    pub fn loopback(parameters: &Map<String, Value>) -> Arc<Self> {
        let list = |key: &str| parameters[key].as_array().expect("a list");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let configurations = list("configurations").iter().flat_map(|each| hex(&text(each)));
        let descriptors = hex(&text(&parameters["device"])).into_iter().chain(configurations).collect();
        let place = UsbPlace {
            bus_number: 1,
            // 1 is the root hub.
            device_address: 2,
            port_number: 1,
            speed: match parameters["speed"].as_str() {
                Some("super") => UsbSpeed::Super,
                other => panic!("a loopback in memory has no speed {other:?}"),
            },
            port: Some("1-1".to_owned()),
        };
        let strings = list("strings").iter().map(text).collect();
        let device = Self::made(descriptors, strings, UsbFaults::of(list("faults")), place, None);
        let kernel = list("kernelInterfaces").iter().map(|each| each.as_u64().expect("a number") as u8);
        device.state().kernel.extend(kernel);
        device
    }

    fn made(
        descriptors: Vec<u8>,
        strings: Vec<String>,
        faults: UsbFaults,
        place: UsbPlace,
        answer: Option<Answer>,
    ) -> Arc<Self> {
        let (descriptor, configurations) = parse_descriptors(&descriptors).expect("they are right");
        let state = State {
            is_gone: false,
            arrives: false,
            configuration: 1,
            report_descriptor: MOUSE.to_vec(),
            kernel: BTreeSet::new(),
            claimed: BTreeSet::new(),
            halted: BTreeSet::new(),
            queues: BTreeMap::new(),
            waiting: Vec::new(),
            streams: BTreeMap::new(),
            opened: 0,
            log: Vec::new(),
            refuses_to_open: None,
        };
        Arc::new_cyclic(|itself| Self {
            descriptors,
            strings,
            faults,
            descriptor,
            configurations,
            place,
            answer,
            state: Mutex::new(state),
            itself: itself.clone(),
        })
    }

    /// Its HID interface says this of itself.
    pub fn with_report_descriptor(self: Arc<Self>, bytes: &[u8]) -> Arc<Self> {
        self.state().report_descriptor = bytes.to_vec();
        self
    }

    /// The system has just found it: it has no configuration until that is waited for.
    pub fn just_found(self: Arc<Self>) -> Arc<Self> {
        {
            let mut state = self.state();
            state.arrives = true;
            state.configuration = 0;
        }
        self
    }

    /// A driver of the system has this interface.
    pub fn with_kernel_driver(self: Arc<Self>, interface_number: u8) -> Arc<Self> {
        self.state().kernel.insert(interface_number);
        self
    }

    /// The system lets nobody open it.
    pub fn refusing(self: Arc<Self>, error: HostError) -> Arc<Self> {
        self.state().refuses_to_open = Some(error);
        self
    }

    /// Whether a driver of the system has this interface.
    pub fn is_with_kernel(&self, interface_number: u8) -> bool {
        self.state().kernel.contains(&interface_number)
    }

    /// How many handles of it are open.
    pub fn opened(&self) -> usize {
        self.state().opened
    }

    /// What was done to it.
    pub fn log(&self) -> Vec<String> {
        self.state().log.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    /// Whether the chosen configuration has an interface, in this setting where one is named.
    fn has_interface(&self, number: u8, setting: Option<u8>) -> Result<(), UsbError> {
        let active = self.state().configuration;
        let configuration = self.configurations.iter().flatten().find(|each| each.configuration_value == active);
        let mut interfaces = configuration.into_iter().flat_map(|each| &each.interfaces);
        let is_there = interfaces.any(|each| {
            each.interface_number == number && setting.is_none_or(|setting| each.alternate_setting == setting)
        });
        if is_there { Ok(()) } else { Err(UsbError::not_found("there is no such interface or setting")) }
    }

    fn leave(&self) {
        let waiting = {
            let mut state = self.state();
            state.is_gone = true;
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(|each| each.transfer.finish(Err(gone())));
    }

    /// Ends a read that waits; nothing where it has ended.
    fn end(&self, transfer: &Weak<UsbTransfer>, error: UsbError) {
        let found = {
            let mut state = self.state();
            let index =
                state.waiting.iter().position(|each| std::ptr::eq(Arc::as_ptr(&each.transfer), transfer.as_ptr()));
            index.map(|index| state.waiting.remove(index))
        };
        if let Some(found) = found {
            found.transfer.finish(Err(error));
        }
    }

    /// Gives what was sent to who waits for it.
    fn echo(&self) {
        let mut ended = Vec::new();
        {
            let state = &mut *self.state();
            let mut index = 0;
            while index < state.waiting.len() {
                let Waiting { endpoint, stream_id, length, .. } = state.waiting[index];
                let queue = state.queues.entry((endpoint & 0x0f, stream_id)).or_default();
                let Some(mut data) = queue.pop_front() else {
                    index += 1;
                    continue;
                };
                let outcome = if data.len() > length {
                    Err(UsbError::new(UsbErrorCode::Overflow, "the device sent more than was asked for"))
                } else {
                    let actual_length = data.len();
                    Ok(UsbTransferResult { data: std::mem::take(&mut data), actual_length, packets: Vec::new() })
                };
                ended.push((state.waiting.remove(index).transfer, outcome));
            }
        }
        ended.into_iter().for_each(|(transfer, outcome)| transfer.finish(outcome));
    }
}

impl UsbDevice for EchoDevice {
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
        Ok(self.state().configuration)
    }

    fn configured(&self) -> Later<'_, ()> {
        if self.state().arrives {
            self.state().configuration = 1;
        }
        Box::pin(async { Ok(()) })
    }

    fn interface_user(&self, interface_number: u8) -> Option<String> {
        self.is_with_kernel(interface_number).then(|| "usbhid".to_owned())
    }

    fn report_descriptor(&self, interface_number: u8) -> Later<'_, Option<Vec<u8>>, UsbFailure> {
        self.state().log.push(format!("report descriptor {interface_number}"));
        Box::pin(async { Ok(Some(self.state().report_descriptor.clone())) })
    }

    fn prepare(&self, _interfaces: &[u8]) -> Result<(), UsbError> {
        Ok(())
    }

    fn open(&self) -> Later<'_, Arc<dyn UsbHandle>, UsbFailure> {
        Box::pin(async { self.open_now() })
    }

    fn open_now(&self) -> Result<Arc<dyn UsbHandle>, UsbFailure> {
        if let Some(error) = self.state().refuses_to_open.clone() {
            return Err(error.into());
        }
        self.state().opened += 1;
        let device = self.itself.upgrade().ok_or_else(gone)?;
        Ok(Arc::new(EchoHandle { device, is_closed: Mutex::new(false) }))
    }
}

struct EchoHandle {
    device: Arc<EchoDevice>,
    is_closed: Mutex<bool>,
}

impl EchoHandle {
    fn did(&self, what: String) -> Result<(), UsbError> {
        let mut state = self.device.state();
        if state.is_gone {
            return Err(gone());
        }
        state.log.push(what);
        Ok(())
    }
}

impl UsbHandle for EchoHandle {
    fn set_configuration(&self, value: Option<u8>) -> Later<'_, ()> {
        Box::pin(async move {
            let mut known = self.device.configurations.iter().flatten().map(|each| each.configuration_value);
            if value.is_some_and(|value| !known.any(|each| each == value)) {
                return Err(UsbError::not_found("there is no such configuration"));
            }
            {
                let state = self.device.state();
                if !state.claimed.is_empty() || !state.kernel.is_empty() {
                    return Err(UsbError::new(UsbErrorCode::Busy, "an interface is in use"));
                }
            }
            self.did(format!("configuration {value:?}"))?;
            let mut state = self.device.state();
            state.configuration = value.unwrap_or(0);
            state.halted.clear();
            Ok(())
        })
    }

    fn claim_interface(&self, number: u8) -> Result<(), UsbError> {
        self.device.has_interface(number, None)?;
        let mut state = self.device.state();
        if state.kernel.contains(&number) || !state.claimed.insert(number) {
            return Err(UsbError::new(UsbErrorCode::Busy, format!("interface {number} is in use")));
        }
        state.log.push(format!("claim {number}"));
        Ok(())
    }

    fn release_interface(&self, number: u8) -> Later<'_, ()> {
        Box::pin(async move {
            self.did(format!("release {number}"))?;
            self.device.state().claimed.remove(&number);
            Ok(())
        })
    }

    fn set_alternate_setting(&self, number: u8, setting: u8) -> Later<'_, ()> {
        Box::pin(async move {
            self.device.has_interface(number, Some(setting))?;
            self.did(format!("setting {setting} of {number}"))
        })
    }

    fn clear_halt(&self, endpoint: u8) -> Later<'_, ()> {
        Box::pin(async move {
            self.did(format!("clear {endpoint:#04x}"))?;
            self.device.state().halted.remove(&endpoint);
            Ok(())
        })
    }

    fn reset(&self) -> Later<'_, ()> {
        Box::pin(async move { self.did("reset".to_owned()) })
    }

    fn alloc_streams(&self, count: u32, endpoints: &[u8]) -> Result<u32, UsbError> {
        let count = count.min(MOST_STREAMS);
        self.did(format!("streams {count}"))?;
        self.device.state().streams.extend(endpoints.iter().map(|endpoint| (*endpoint, count)));
        Ok(count)
    }

    fn free_streams(&self, endpoints: &[u8]) -> Result<(), UsbError> {
        self.did("no streams".to_owned())?;
        self.device.state().streams.retain(|endpoint, _| !endpoints.contains(endpoint));
        Ok(())
    }

    fn kernel_driver_active(&self, number: u8) -> Result<bool, UsbError> {
        self.device.has_interface(number, None)?;
        Ok(self.device.is_with_kernel(number))
    }

    fn detach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.did(format!("detach {number}"))?;
        let was_there = self.device.state().kernel.remove(&number);
        if was_there { Ok(()) } else { Err(UsbError::not_found("no driver has it")) }
    }

    fn attach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        let is_used = {
            let state = self.device.state();
            state.claimed.contains(&number) || state.kernel.contains(&number)
        };
        if is_used {
            return Err(UsbError::new(UsbErrorCode::Busy, "it is in use"));
        }
        self.did(format!("attach {number}"))?;
        self.device.state().kernel.insert(number);
        Ok(())
    }

    fn submit(&self, request: UsbTransferRequest) -> Result<Arc<UsbTransfer>, UsbError> {
        if *locked(&self.is_closed) || self.device.state().is_gone {
            return Err(gone());
        }
        let device = self.device.clone();
        let transfer = Arc::new_cyclic(|transfer: &Weak<UsbTransfer>| {
            let (device, transfer) = (device.clone(), transfer.clone());
            let cancelled = UsbError::new(UsbErrorCode::Interrupted, "it was cancelled");
            UsbTransfer::new(Box::new(move || device.end(&transfer, cancelled.clone())))
        });
        if let Some(outcome) = self.device.answer.as_ref().and_then(|answer| answer(&request)) {
            transfer.finish(outcome);
            return Ok(transfer);
        }
        let UsbTransferRequest { kind, endpoint, data, length, timeout_ms } = request;
        let stream_id = match kind {
            UsbTransferKind::Bulk { stream_id } => stream_id,
            _ => 0,
        };
        if stream_id > self.device.state().streams.get(&endpoint).copied().unwrap_or(0) {
            return Err(UsbError::invalid_param("there is no such stream"));
        }
        let fault = match &kind {
            UsbTransferKind::Control(setup) => self.device.faults.striking(setup),
            _ => None,
        };
        if let Some(UsbFault::Refused(_)) = fault {
            return Err(fault.and_then(UsbFault::error).unwrap_or_else(gone));
        }
        let is_halted = self.device.state().halted.contains(&endpoint);
        match kind {
            _ if is_halted => transfer.finish(Err(UsbError::new(UsbErrorCode::Pipe, "the endpoint is halted"))),
            UsbTransferKind::Control(setup) if fault != Some(UsbFault::Silent) => {
                let outcome = fault.and_then(UsbFault::error).map_or_else(|| self.control(setup, data), Err);
                transfer.finish(if fault == Some(UsbFault::Short) { outcome.map(half) } else { outcome });
            }
            UsbTransferKind::Isochronous { packets } => transfer.finish(Ok(self.isochronous(packets, data, length))),
            UsbTransferKind::Bulk { .. } | UsbTransferKind::Interrupt if endpoint & 0x80 == 0 => {
                let actual_length = data.len();
                self.device.state().queues.entry((endpoint, stream_id)).or_default().push_back(data);
                transfer.finish(Ok(UsbTransferResult { actual_length, ..UsbTransferResult::default() }));
                self.device.echo();
            }
            _ => {
                let waiting = Waiting { endpoint, stream_id, length: length as usize, transfer: transfer.clone() };
                self.device.state().waiting.push(waiting);
                if timeout_ms > 0 {
                    let weak = Arc::downgrade(&transfer);
                    tokio::spawn(async move {
                        tokio::time::sleep(Duration::from_millis(timeout_ms.into())).await;
                        device.end(&weak, UsbError::new(UsbErrorCode::Timeout, "nothing came"));
                    });
                }
                self.device.echo();
            }
        }
        Ok(transfer)
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async {
            if !std::mem::replace(&mut *locked(&self.is_closed), true) {
                self.device.state().opened -= 1;
            }
        })
    }
}

impl EchoHandle {
    fn control(&self, setup: UsbSetup, data: Vec<u8>) -> UsbTransferOutcome {
        let UsbSetup { bm_request_type, b_request, w_value, w_index, w_length } = setup;
        let give = |mut data: Vec<u8>| {
            data.truncate(w_length.into());
            let actual_length = data.len();
            Ok(UsbTransferResult { data, actual_length, packets: Vec::new() })
        };
        match (bm_request_type, b_request) {
            (0xc1, VENDOR_REQUEST) => give((0..=255).collect()),
            (0x41, VENDOR_REQUEST) => {
                let actual_length = data.len();
                Ok(UsbTransferResult { actual_length, ..UsbTransferResult::default() })
            }
            // GET_DESCRIPTOR of a report descriptor: HID 1.11 section 7.1.1. And a string: USB 2.0 section 9.4.3.
            (0x81, 6) => give(self.device.state().report_descriptor.clone()),
            // GET_DESCRIPTOR of the device and of a string, SET_FEATURE of an endpoint's halt: USB 2.0 section 9.4.
            (0x80, 6) if w_value == 0x0100 => give(self.device.descriptors[..18].to_vec()),
            (0x80, 6) if w_value >> 8 == 3 => {
                let text = self.device.strings.get(usize::from(w_value & 0xff).wrapping_sub(1));
                text.map_or_else(|| Err(stalled()), |text| give(string_descriptor(text)))
            }
            (0x02, 3) if w_value == 0 => {
                self.device.state().halted.insert(w_index as u8);
                give(Vec::new())
            }
            _ => Err(stalled()),
        }
    }

    /// Of what is read, every second packet brings one byte less, and the third is lost on the wire.
    fn isochronous(&self, packets: u32, data: Vec<u8>, length: u32) -> UsbTransferResult {
        if length == 0 {
            let actual_length = u32::try_from(data.len()).unwrap_or(u32::MAX) / packets;
            let packet = UsbPacket { actual_length, status: UsbPacketStatus::Success };
            return UsbTransferResult {
                actual_length: data.len(),
                packets: vec![packet; packets as usize],
                data: Vec::new(),
            };
        }
        let mut result = UsbTransferResult::default();
        for index in 0..packets {
            let (actual_length, status) = match index {
                2 => (0, UsbPacketStatus::Error),
                _ => (length / packets - index % 2, UsbPacketStatus::Success),
            };
            result.data.extend(vec![index as u8; actual_length as usize]);
            result.actual_length += actual_length as usize;
            result.packets.push(UsbPacket { actual_length, status });
        }
        result
    }
}

/// What is left of a transfer that ends after half of its data.
fn half(result: UsbTransferResult) -> UsbTransferResult {
    let actual_length = result.data.len() / 2;
    UsbTransferResult { data: result.data[..actual_length].to_vec(), actual_length, packets: Vec::new() }
}

/// USB 2.0 section 9.6.7.
fn string_descriptor(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [vec![units.len() as u8 + 2, 3], units].concat()
}

fn hex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks_exact(2).map(|pair| str::from_utf8(pair).expect("it is text"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("two digits")).collect()
}

fn stalled() -> UsbError {
    UsbError::new(UsbErrorCode::Pipe, "the device stalled it")
}

fn place_at(port: &str) -> UsbPlace {
    UsbPlace { bus_number: 1, device_address: 7, port: Some(port.to_owned()), ..UsbPlace::default() }
}

fn gone() -> UsbError {
    UsbError::no_device("the device is gone")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
