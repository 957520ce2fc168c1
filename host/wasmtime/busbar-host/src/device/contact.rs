use super::opened::{Called, Opened};
use super::{ContactChange, ContactChanges, DeviceError};
use crate::bindings::exports::busbar::device::contact;
use crate::instance::{DeviceExports, DriverInstance, DriverState, Guest, drives_none};
use busbar_core::device::{OpenedContact, Wait, longest_wait, require_changes, shorten};
use std::sync::Arc;
use std::time::Duration;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

/// busbar:device/contact `info`.
pub use contact::Info as ContactInfo;

/// An opened contact: a button, a reed contact, a float.
pub struct Contact {
    opened: Opened,
    longest_wait: Duration,
    info: ContactInfo,
}

impl Contact {
    /// Opens the contact of a running instance.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn open(name: &str, instance: Arc<DriverInstance>) -> Result<Self, DeviceError> {
        let longest_wait = longest_wait(instance.call_limit());
        let opened = Opened::open(name, instance, async |guest| {
            let (store, exports) = parts(guest)?;
            exports.call_open(store, name).await
        });
        let opened = opened.await?;
        let call = opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            Ok(Ok(exports.device().call_info(store, device).await?))
        });
        let asked = call.await;
        let (opened, mut info) = opened.keep_if(asked, close_guest).await?;
        shorten([&mut info.vendor, &mut info.model]);
        Ok(Self { opened, longest_wait, info })
    }

    /// Which part it is; the vendor is empty where nobody knows.
    pub fn info(&self) -> &ContactInfo {
        &self.info
    }

    /// Whether it is closed now.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn is_closed(&self) -> Result<bool, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_is_closed(store, device).await
        });
        call.await
    }

    /// Waits until there is a change that was not told yet, then tells all that there are; no changes when none came in time. Without a
    /// timeout it waits without end.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn next_changes(&self, timeout: Option<Duration>) -> Result<ContactChanges, DeviceError> {
        let wait = Wait::new(timeout, self.longest_wait);
        loop {
            let milliseconds = wait.next_ms();
            let call = self.opened.call_with(wait.urgency(milliseconds), async |guest, device| {
                let (store, exports) = parts(guest)?;
                exports.device().call_next_changes(store, device, milliseconds).await
            });
            let contact::Changes { changes, lost } = call.await?;
            let changes: Vec<_> = changes.into_iter().map(ContactChange::from).collect();
            require_changes(&self.opened.name, &changes)?;
            if !changes.is_empty() || lost || wait.is_over() {
                return Ok(ContactChanges { changes, lost });
            }
        }
    }

    /// Gives it back.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub async fn close(self) -> Result<(), DeviceError> {
        self.opened.close(close_guest).await
    }
}

impl OpenedContact for Contact {
    fn name(&self) -> &str {
        &self.opened.name
    }

    async fn is_closed(&self) -> Result<bool, DeviceError> {
        self.is_closed().await
    }

    async fn next_changes(&self, timeout: Option<Duration>) -> Result<ContactChanges, DeviceError> {
        self.next_changes(timeout).await
    }

    async fn close(self) -> Result<(), DeviceError> {
        self.close().await
    }
}

impl From<contact::Change> for ContactChange {
    fn from(contact::Change { closed, time_ms }: contact::Change) -> Self {
        Self { closed, time_ms }
    }
}

async fn close_guest(guest: &mut Guest, device: ResourceAny) -> Called<()> {
    let (store, exports) = parts(guest)?;
    Ok(Ok(exports.device().call_close(store, device).await?))
}

fn parts(guest: &mut Guest) -> wasmtime::Result<(&mut Store<DriverState>, &contact::Guest)> {
    match &guest.exports {
        DeviceExports::Contact(exports) => Ok((&mut guest.store, exports)),
        _ => Err(drives_none("contact")),
    }
}
