use super::{Later, UartError, UartPort};
use std::future::ready;
use std::time::Duration;

/// A port with which nothing can be done: what a driver has that is only tried with new settings.
pub(super) struct TrialPort;

fn no_port() -> UartError {
    UartError::other("this is a trial without a port")
}

impl UartPort for TrialPort {
    fn read(&self, _maximum: usize, _timeout: Duration) -> Later<'_, Result<Vec<u8>, UartError>> {
        Box::pin(ready(Err(no_port())))
    }

    fn write<'a>(&'a self, _data: &'a [u8]) -> Later<'a, Result<(), UartError>> {
        Box::pin(ready(Err(no_port())))
    }

    fn drain(&self) -> Later<'_, Result<(), UartError>> {
        Box::pin(ready(Err(no_port())))
    }

    fn discard(&self) -> Result<(), UartError> {
        Err(no_port())
    }

    fn set_baud_rate(&self, _baud_rate: u32) -> Later<'_, Result<(), UartError>> {
        Box::pin(ready(Err(no_port())))
    }

    fn close(&self) -> Later<'_, ()> {
        Box::pin(ready(()))
    }
}
