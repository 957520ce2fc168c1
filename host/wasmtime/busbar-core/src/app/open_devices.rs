use crate::locked::locked;
use crate::slab::Slab;
use std::sync::{Arc, Mutex};
use tokio::runtime::Handle;

/// A device that an app has open, whatever engine its driver runs in.
pub trait ClosesDevice: Send + Sync + 'static {
    /// Closes it, for whoever cannot do anything about what fails. Once it is closed, it does nothing.
    fn close_quietly(&self) -> impl Future<Output = ()> + Send;
}

/// The devices that a run of an app has open, by the numbers that its handles have for the host.
pub struct OpenDevices<D: ClosesDevice>(Mutex<Kept<D>>);

struct Kept<D> {
    devices: Slab<Arc<D>>,
    /// Whether the run is over, which keeps nothing any more.
    is_over: bool,
}

impl<D: ClosesDevice> Default for OpenDevices<D> {
    /// None of them.
    fn default() -> Self {
        Self(Mutex::new(Kept { devices: Slab::default(), is_over: false }))
    }
}

impl<D: ClosesDevice> OpenDevices<D> {
    /// Opens a device and keeps it, and gives its number; none where the run is over meanwhile: then it is closed at once. It is to be
    /// done to its end, whatever becomes of the run: a call that is dropped in its middle would end the driver, which others
    /// use too.
    ///
    /// # Errors
    ///
    /// As `opening`.
    pub async fn open<E>(self: Arc<Self>, opening: impl Future<Output = Result<D, E>>) -> Result<Option<u32>, E> {
        let device = Arc::new(opening.await?);
        let number = {
            let mut kept = locked(&self.0);
            (!kept.is_over).then(|| kept.devices.add(device.clone()))
        };
        if number.is_none() {
            device.close_quietly().await;
        }
        Ok(number)
    }

    /// The device of a number.
    pub fn get(&self, number: u32) -> Option<Arc<D>> {
        locked(&self.0).devices.get(number).cloned()
    }

    /// Gives the device of a number back, whose handle is gone.
    pub fn take(&self, number: u32) -> Option<Arc<D>> {
        locked(&self.0).devices.take(number)
    }

    /// Closes all that are left, at the end of a run: each run opens its devices anew. What is being opened now is closed once it
    /// is open.
    pub async fn close_all(&self) {
        let left = {
            let mut kept = locked(&self.0);
            kept.is_over = true;
            kept.devices.take_all()
        };
        close_each(left).await;
    }
}

impl<D: ClosesDevice> Drop for OpenDevices<D> {
    /// A run that was given up has not closed them.
    fn drop(&mut self) {
        let left = locked(&self.0).devices.take_all();
        if let (false, Ok(runtime)) = (left.is_empty(), Handle::try_current()) {
            runtime.spawn(close_each(left));
        }
    }
}

async fn close_each<D: ClosesDevice>(devices: Vec<Arc<D>>) {
    for device in devices {
        device.close_quietly().await;
    }
}

#[cfg(test)]
mod tests {
    use super::{ClosesDevice, OpenDevices};
    use crate::locked::locked;
    use std::sync::{Arc, Mutex};

    /// Its name, and who notes that it was closed.
    struct Device(&'static str, Arc<Mutex<Vec<&'static str>>>);

    impl ClosesDevice for Device {
        async fn close_quietly(&self) {
            locked(&self.1).push(self.0);
        }
    }

    fn on_a_runtime(test: impl AsyncFnOnce(Arc<OpenDevices<Device>>, Arc<Mutex<Vec<&'static str>>>)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(test(Arc::default(), Arc::default()));
    }

    #[test]
    fn what_is_opened_when_the_run_is_over_is_closed_at_once() {
        on_a_runtime(async |devices, closed| {
            let open = async |name| {
                let device = Device(name, closed.clone());
                devices.clone().open::<()>(std::future::ready(Ok(device))).await.expect("it opens")
            };
            assert_eq!((open("a").await, open("b").await), (Some(0), Some(1)));
            assert_eq!(devices.take(0).map(|device| device.0), Some("a"));
            devices.close_all().await;
            assert_eq!(*locked(&closed), ["b"]);
            assert_eq!(open("c").await, None);
            assert_eq!(*locked(&closed), ["b", "c"]);
            assert!(devices.get(0).is_none() && devices.get(1).is_none());
        });
    }

    #[test]
    fn whoever_is_gone_has_nothing_open() {
        on_a_runtime(async |devices, closed| {
            let opened = devices.clone().open::<()>(std::future::ready(Ok(Device("a", closed.clone())))).await;
            assert_eq!(opened, Ok(Some(0)));
            drop(devices);
            tokio::task::yield_now().await;
            assert_eq!(*locked(&closed), ["a"]);
        });
    }
}
