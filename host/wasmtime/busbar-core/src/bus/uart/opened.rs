use super::trial_port::TrialPort;
use super::{UartError, UartErrorCode, UartGrant, UartLineSettings, UartPort};
use crate::text::quoted;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// The port of one life of a driver, or of one run of an app. What reaches it was judged before.
pub struct OpenedUart {
    port: Arc<dyn UartPort>,
    grant: UartGrant,
    /// The speed that is set, in bits per second.
    baud_rate: AtomicU32,
    state: watch::Sender<State>,
}

/// Whether there is still something to be done with a port.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Open,
    /// It is gone: why, as a clause.
    Lost(String),
    /// It was given back.
    Ended,
}

impl OpenedUart {
    /// Of a port that is set as the grant says.
    pub(super) fn new(port: Arc<dyn UartPort>, grant: UartGrant) -> Self {
        Self { port, baud_rate: AtomicU32::new(grant.baud_rate), grant, state: watch::Sender::new(State::Open) }
    }

    /// What a driver has that is only tried with new settings.
    pub(crate) fn trial(grant: &UartGrant) -> Self {
        Self::new(Arc::new(TrialPort), grant.clone())
    }

    /// How the bytes are on the line now.
    pub fn settings(&self) -> UartLineSettings {
        let baud_rate = self.baud_rate.load(Ordering::Relaxed);
        UartLineSettings { baud_rate, ..UartLineSettings::from(&self.grant) }
    }

    /// Waits until there is a byte, at most so long, and no longer than until `hurried` settles, because another call waits for its turn;
    /// gives what there is then, at most `maximum` bytes.
    ///
    /// # Errors
    ///
    /// What the port answers.
    pub async fn read(
        &self,
        maximum: u32,
        timeout: Duration,
        hurried: impl Future<Output = ()>,
    ) -> Result<Vec<u8>, UartError> {
        let reading = self.port.read(maximum as usize, timeout);
        self.noting(async {
            tokio::select! {
                biased;
                read = reading => read,
                () = hurried => Ok(Vec::new()),
            }
        })
        .await
    }

    /// Sends all of `data`.
    ///
    /// # Errors
    ///
    /// What the port answers.
    pub async fn write(&self, data: &[u8]) -> Result<(), UartError> {
        self.noting(self.port.write(data)).await
    }

    /// Waits until everything that was written has left.
    ///
    /// # Errors
    ///
    /// What the port answers.
    pub async fn drain(&self) -> Result<(), UartError> {
        self.noting(self.port.drain()).await
    }

    /// Forgets what has come and was not read.
    ///
    /// # Errors
    ///
    /// What the port answers.
    pub fn discard(&self) -> Result<(), UartError> {
        self.noted(self.port.discard())
    }

    /// Goes to another speed, in bits per second.
    ///
    /// # Errors
    ///
    /// What the port answers.
    pub async fn set_baud_rate(&self, baud_rate: u32) -> Result<(), UartError> {
        self.noting(self.port.set_baud_rate(baud_rate)).await?;
        self.baud_rate.store(baud_rate, Ordering::Relaxed);
        Ok(())
    }

    /// The port is gone. Without effect where that is known, or nobody has it any more.
    pub(super) fn leave(&self) {
        let lost = format!("the serial port {} was unplugged", quoted(&self.grant.port));
        self.state.send_if_modified(|state| {
            let is_open = *state == State::Open;
            if is_open {
                *state = State::Lost(lost);
            }
            is_open
        });
    }

    /// Why it is gone, as a clause; none where it is not.
    pub(super) fn lost(&self) -> Option<String> {
        match &*self.state.borrow() {
            State::Lost(why) => Some(why.clone()),
            State::Open | State::Ended => None,
        }
    }

    /// Waits until it is gone: why; none where it was given back before.
    pub(super) async fn leaving(&self) -> Option<String> {
        let mut told = self.state.subscribe();
        let over = told.wait_for(|state| *state != State::Open).await;
        match over.ok().as_deref() {
            Some(State::Lost(why)) => Some(why.clone()),
            _ => None,
        }
    }

    /// Gives the port back when what was written has left. Ending twice is legal.
    pub async fn end(&self) {
        self.state.send_replace(State::Ended);
        self.port.close().await;
    }

    async fn noting<T>(&self, call: impl Future<Output = Result<T, UartError>>) -> Result<T, UartError> {
        self.noted(call.await)
    }

    /// Notes that the port is gone where a call says so.
    fn noted<T>(&self, result: Result<T, UartError>) -> Result<T, UartError> {
        if let Err(UartError { code: UartErrorCode::Disconnected, .. }) = result {
            self.leave();
        }
        result
    }
}
