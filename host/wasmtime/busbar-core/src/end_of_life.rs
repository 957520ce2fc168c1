use crate::device::DeviceError;
use tokio::sync::watch;

/// Whether something of a device has ended, and why: one life of its driver, or what keeps that running.
#[derive(Debug)]
pub struct EndOfLife(watch::Sender<Option<DeviceError>>);

impl Default for EndOfLife {
    /// Of what goes on.
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl EndOfLife {
    /// Why it has ended; none while it goes on.
    pub fn reason(&self) -> Option<DeviceError> {
        self.0.borrow().clone()
    }

    /// It has ended now: `disconnected` is what whoever asks is told.
    pub fn end(&self, device: &str, reason: &str) -> DeviceError {
        let error = DeviceError::disconnected(device, reason);
        self.0.send_replace(Some(error.clone()));
        error
    }

    /// Waits until it has ended: why. The wait keeps nothing of it.
    pub fn wait(&self) -> impl Future<Output = DeviceError> + Send + use<> {
        let mut told = self.0.subscribe();
        async move {
            let ended = told.wait_for(Option::is_some).await.ok().and_then(|error| error.clone());
            match ended {
                Some(error) => error,
                // It is gone, and nobody ends it any more.
                None => std::future::pending().await,
            }
        }
    }
}
