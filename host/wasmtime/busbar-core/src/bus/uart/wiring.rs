use super::{OpenedUart, UartBackend, UartEvent, UartGrant, UartLineSettings, UartUsage, UartWatch};
use crate::error::HostError;
use crate::text::quoted;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

/// The port that an entry is wired to: it can be an adapter on USB, which comes and goes.
#[derive(Clone)]
pub struct UartWiring {
    /// The device's name in the board file.
    device: Arc<str>,
    grant: Arc<UartGrant>,
    backends: Arc<[Arc<dyn UartBackend>]>,
}

impl UartWiring {
    /// Nothing of the machine is looked at before the port is asked for. `backends` are asked in this order.
    pub fn new(device: &str, grant: &UartGrant, backends: &[Arc<dyn UartBackend>]) -> Self {
        Self { device: device.into(), grant: Arc::new(grant.clone()), backends: backends.into() }
    }

    /// Opens the port; `None` where it is not there.
    ///
    /// # Errors
    ///
    /// When it is there and cannot be used, and where there are no serial ports at all.
    pub fn open_now(&self) -> Result<Option<Arc<OpenedUart>>, HostError> {
        let usage = UartUsage { device: &self.device, settings: UartLineSettings::from(&*self.grant) };
        for backend in &*self.backends {
            if let Some(port) = backend.open(&self.grant.port, &usage)? {
                return Ok(Some(Arc::new(OpenedUart::new(port, (*self.grant).clone()))));
            }
        }
        if self.backends.is_empty() {
            let device = &self.device;
            return Err(HostError::backend(format!(
                "{device}: there are no serial ports here; simulate the port, or run where there is one."
            )));
        }
        Ok(None)
    }

    /// Opens the port; where it is not there, waits for it. `waiting` is told why, once.
    ///
    /// # Errors
    ///
    /// As for `open_now`.
    pub async fn open(&self, waiting: impl FnOnce(&str)) -> Result<Arc<OpenedUart>, HostError> {
        // From here on no arrival is missed.
        let mut watches = self.watches();
        if let Some(opened) = self.open_now()? {
            return Ok(opened);
        }
        waiting(&self.absence());
        loop {
            arrival(&mut watches).await;
            if let Some(opened) = self.open_now()? {
                return Ok(opened);
            }
        }
    }

    /// Whether it is there now.
    pub fn is_there(&self) -> bool {
        self.backends.iter().any(|backend| backend.has(&self.grant.port))
    }

    /// Why it is not there: one sentence without its end.
    pub fn absence(&self) -> String {
        let asked = self.backends.iter().map(|backend| backend.name()).collect::<Vec<_>>().join(" and ");
        let port = quoted(&self.grant.port);
        format!("there is no serial port {port} (asked {asked}); plug it in, or correct the entry")
    }

    /// That it is not there, as an error.
    pub fn missing(&self) -> HostError {
        HostError::backend(format!("{}: {}.", self.device, self.absence()))
    }

    /// Waits until the opened port is gone: why; none where it was given back before.
    pub async fn leaving(&self, opened: &OpenedUart) -> Option<String> {
        let mut watches = self.watches();
        let left = async {
            while next_of(&mut watches).await != UartEvent::Left {}
            opened.leave();
            std::future::pending().await
        };
        tokio::select! {
            biased;
            why = opened.leaving() => why,
            () = left => None,
        }
    }

    /// Waits until it is there. One that hung up and stays where it is can be opened anew.
    pub async fn arriving(&self) {
        let mut watches = self.watches();
        if !self.is_there() {
            arrival(&mut watches).await;
        }
    }

    /// Of the backends up to the one that has it.
    fn watches(&self) -> Vec<Box<dyn UartWatch>> {
        let port = &self.grant.port;
        let mut watches = Vec::new();
        for backend in &*self.backends {
            watches.push(backend.watch(port));
            if backend.has(port) {
                break;
            }
        }
        watches
    }
}

async fn arrival(watches: &mut [Box<dyn UartWatch>]) {
    while next_of(watches).await != UartEvent::Arrived {}
}

/// The first that happens.
async fn next_of(watches: &mut [Box<dyn UartWatch>]) -> UartEvent {
    let mut waits: Vec<_> = watches.iter_mut().map(|watch| watch.next()).collect();
    poll_fn(|context| {
        let mut events = waits.iter_mut().map(|wait| wait.as_mut().poll(context));
        events.find(Poll::is_ready).unwrap_or(Poll::Pending)
    })
    .await
}
