use super::DeviceError;
use super::opened::{Called, Opened};
use crate::bindings::exports::busbar::device::hid;
use crate::instance::{DeviceExports, DriverInstance, DriverState, Guest, drives_none};
use busbar_core::device::{FieldForm, Wait, longest_wait, require_description, require_report, shorten};
use std::sync::Arc;
use std::time::Duration;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

pub use hid::{
    BootInterface as HidBootInterface, Collection as HidCollection, Field as HidField, FieldFlags as HidFieldFlags,
    Info as HidInfo, Protocol as HidProtocol, RawReport as HidRawReport, Report as HidReport,
    ReportKind as HidReportKind, UsageRange as HidUsageRange, Value as HidValue,
};

/// An opened human interface device.
pub struct Hid {
    opened: Opened,
    longest_wait: Duration,
    info: HidInfo,
    report_descriptor: Vec<u8>,
    collections: Vec<HidCollection>,
    fields: Vec<HidField>,
}

impl Hid {
    /// Opens the device of a running instance.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn open(name: &str, instance: Arc<DriverInstance>) -> Result<Self, DeviceError> {
        let longest_wait = longest_wait(instance.call_limit());
        let opened = Opened::open(name, instance, async |guest| {
            let (store, exports) = parts(guest)?;
            exports.call_open(store, name).await
        });
        let opened = opened.await?;
        let asked = ask(&opened).await;
        let (opened, told) = opened.keep_if(asked, close_guest).await?;
        let Told { info, report_descriptor, collections, fields } = told;
        Ok(Self { opened, longest_wait, info, report_descriptor, collections, fields })
    }

    /// Which device it is; texts are empty where it gives none.
    pub fn info(&self) -> &HidInfo {
        &self.info
    }

    /// As it came from the device, or as the driver describes a device that has none of its own.
    pub fn report_descriptor(&self) -> &[u8] {
        &self.report_descriptor
    }

    /// In the order of the report descriptor.
    pub fn collections(&self) -> &[HidCollection] {
        &self.collections
    }

    /// In the order of the report descriptor.
    pub fn fields(&self) -> &[HidField] {
        &self.fields
    }

    /// The next input report, decoded; none when none came in time. Without a timeout it waits without end.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn read(&self, timeout: Option<Duration>) -> Result<Option<HidReport>, DeviceError> {
        let wait = Wait::new(timeout, self.longest_wait);
        loop {
            let milliseconds = wait.next_ms();
            let call = self.opened.call_with(wait.urgency(milliseconds), async |guest, device| {
                let (store, exports) = parts(guest)?;
                exports.device().call_read(store, device, milliseconds).await
            });
            match call.await? {
                Some(report) => return self.judged(report).map(Some),
                None if wait.is_over() => return Ok(None),
                None => {}
            }
        }
    }

    /// The next input report as bytes; none when none came in time. Without a timeout it waits without end.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn read_raw(&self, timeout: Option<Duration>) -> Result<Option<HidRawReport>, DeviceError> {
        let wait = Wait::new(timeout, self.longest_wait);
        loop {
            let milliseconds = wait.next_ms();
            let call = self.opened.call_with(wait.urgency(milliseconds), async |guest, device| {
                let (store, exports) = parts(guest)?;
                exports.device().call_read_raw(store, device, milliseconds).await
            });
            match call.await? {
                None if !wait.is_over() => {}
                report => return Ok(report),
            }
        }
    }

    /// Sends an output or feature report in which these values are set and all others are 0.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn send(&self, kind: HidReportKind, values: &[HidValue]) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_send(store, device, kind, values).await
        });
        call.await
    }

    /// Sends an output or feature report as bytes.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn send_raw(&self, kind: HidReportKind, report: &HidRawReport) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_send_raw(store, device, kind, report).await
        });
        call.await
    }

    /// Asks for a report, decoded; id 0 where the device has no report ids.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn get(&self, kind: HidReportKind, id: u8) -> Result<HidReport, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_get(store, device, kind, id).await
        });
        self.judged(call.await?)
    }

    /// Asks for a report as bytes.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn get_raw(&self, kind: HidReportKind, id: u8) -> Result<HidRawReport, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_get_raw(store, device, kind, id).await
        });
        call.await
    }

    /// How often a report is repeated when nothing changes, in milliseconds; 0 for never.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn idle_ms(&self, id: u8) -> Result<u16, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_get_idle(store, device, id).await
        });
        call.await
    }

    /// Sets it, 0 to 1020 ms; id 0 means all reports.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn set_idle_ms(&self, id: u8, duration_ms: u16) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_set_idle(store, device, id, duration_ms).await
        });
        call.await
    }

    /// The protocol in force; `unsupported` where the device has no boot interface.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn protocol(&self) -> Result<HidProtocol, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_get_protocol(store, device).await
        });
        call.await
    }

    /// Chooses the protocol.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn set_protocol(&self, protocol: HidProtocol) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_set_protocol(store, device, protocol).await
        });
        call.await
    }

    /// Gives the device back to the operating system.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub async fn close(self) -> Result<(), DeviceError> {
        self.opened.close(close_guest).await
    }

    fn judged(&self, report: HidReport) -> Result<HidReport, DeviceError> {
        let values = report.values.iter().map(|value| (value.field, value.number));
        require_report(&self.opened.name, self.fields.len(), values)?;
        Ok(report)
    }
}

struct Told {
    info: HidInfo,
    report_descriptor: Vec<u8>,
    collections: Vec<HidCollection>,
    fields: Vec<HidField>,
}

async fn ask(opened: &Opened) -> Result<Told, DeviceError> {
    let call = opened.call(async |guest, device| {
        let (store, exports) = parts(guest)?;
        let exports = exports.device();
        Ok(Ok(Told {
            info: exports.call_info(&mut *store, device).await?,
            report_descriptor: exports.call_report_descriptor(&mut *store, device).await?,
            collections: exports.call_collections(&mut *store, device).await?,
            fields: exports.call_fields(store, device).await?,
        }))
    });
    let mut told = call.await?;
    let parents: Vec<_> = told.collections.iter().map(|collection| collection.parent).collect();
    let fields: Vec<_> = told.fields.iter().map(form_of).collect();
    require_description(&opened.name, told.report_descriptor.len(), &parents, &fields)?;
    shorten([&mut told.info.vendor, &mut told.info.product, &mut told.info.serial_number]);
    Ok(told)
}

fn form_of(field: &HidField) -> FieldForm {
    let HidField { bit_offset, bit_size, count, collection, .. } = *field;
    let ranges = [field.logical_minimum, field.logical_maximum, field.physical_minimum, field.physical_maximum];
    FieldForm { bit_offset, bit_size, count, ranges, collection }
}

async fn close_guest(guest: &mut Guest, device: ResourceAny) -> Called<()> {
    let (store, exports) = parts(guest)?;
    Ok(Ok(exports.device().call_close(store, device).await?))
}

fn parts(guest: &mut Guest) -> wasmtime::Result<(&mut Store<DriverState>, &hid::Guest)> {
    match &guest.exports {
        DeviceExports::Hid(exports) => Ok((&mut guest.store, exports)),
        _ => Err(drives_none("human interface device")),
    }
}
