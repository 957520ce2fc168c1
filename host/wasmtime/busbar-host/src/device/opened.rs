use super::DeviceError;
use crate::bindings::busbar::device::errors;
use crate::instance::{DriverInstance, Guest, Life, Urgency};
use std::sync::Arc;
use wasmtime::component::ResourceAny;

/// A guest's resource, and the instance that it lives in: what every kind of device is made of.
pub(super) struct Opened {
    pub(super) name: String,
    pub(super) instance: Arc<DriverInstance>,
    pub(super) device: ResourceAny,
}

/// What a call into a guest gives: what the device answered, in what may have trapped.
pub(super) type Called<T> = wasmtime::Result<Result<T, errors::Error>>;

impl Opened {
    /// Opens the device of a running instance.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub(super) async fn open(
        name: &str,
        instance: Arc<DriverInstance>,
        open: impl AsyncFnOnce(&mut Guest) -> Called<ResourceAny>,
    ) -> Result<Self, DeviceError> {
        let device = instance.call(open).await?;
        Ok(Self { name: name.to_owned(), instance, device })
    }

    /// Calls the guest's resource.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub(super) async fn call<T>(
        &self,
        invoke: impl AsyncFnOnce(&mut Guest, ResourceAny) -> Called<T>,
    ) -> Result<T, DeviceError> {
        self.call_with(Urgency::Plain, invoke).await
    }

    /// The same, for a call that may be one that only waits.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub(super) async fn call_with<T>(
        &self,
        urgency: Urgency,
        invoke: impl AsyncFnOnce(&mut Guest, ResourceAny) -> Called<T>,
    ) -> Result<T, DeviceError> {
        let device = self.device;
        self.instance.call_with(urgency, async |guest| invoke(guest, device).await).await
    }

    /// Keeps it with what it was `asked` for first, or closes it where there is no use for that.
    ///
    /// # Errors
    ///
    /// That of what it was asked for.
    pub(super) async fn keep_if<T>(
        self,
        asked: Result<T, DeviceError>,
        close: impl AsyncFnOnce(&mut Guest, ResourceAny) -> Called<()>,
    ) -> Result<(Self, T), DeviceError> {
        match asked {
            Ok(told) => Ok((self, told)),
            Err(error) => {
                // What is wrong with it has been found already.
                let _ = self.close(close).await;
                Err(error)
            }
        }
    }

    /// Calls the guest's own function to close it, as its life is about to end: unless a call is under way, which must not be waited for.
    pub(super) async fn leave(&self, close: impl AsyncFnOnce(&mut Guest, ResourceAny) -> Called<()>) {
        if self.instance.is_alive() && !self.instance.is_busy() {
            // A part that does not answer any more needs no farewell.
            let _ = self.call(close).await;
        }
    }

    /// Gives the guest's resource up, after `close` was called on it or failed.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub(super) async fn drop_resource(self) -> Result<(), DeviceError> {
        if !self.instance.is_alive() {
            return Ok(());
        }
        let device = self.device;
        let dropped = async |guest: &mut Guest| {
            device.resource_drop_async(&mut guest.store).await?;
            Ok(Ok(()))
        };
        self.instance.call(dropped).await
    }

    /// Closes it, by the guest's own function first, and gives its resource up whatever that answers.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub(super) async fn close(
        self,
        close: impl AsyncFnOnce(&mut Guest, ResourceAny) -> Called<()>,
    ) -> Result<(), DeviceError> {
        if !self.instance.is_alive() {
            return Ok(());
        }
        let closed = self.call(close).await;
        let dropped = self.drop_resource().await;
        closed.and(dropped)
    }
}
