//! busbar:board/uart as drivers, and apps that bring their own, get it: every call is judged against the grant of the device whose port
//! it is, and waits as a part of the current call of the guest, whose limit ends it.

use super::Buses;
use crate::bindings::busbar::board::uart;
use crate::bus::uart::{FlowControl, OpenedUart, Parity, UartCall, UartError, UartErrorCode, UartLineSettings};
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use wasmtime::Result;
use wasmtime::component::Resource;

/// busbar:board/uart `port`: one port, seen through its grant. It belongs to whoever drives the device.
pub struct UartHandle {
    /// The device's name in the board file.
    device: Arc<str>,
    opened: Arc<OpenedUart>,
}

type Answer<T> = Result<core::result::Result<T, uart::Error>>;

impl Buses<'_> {
    /// The port of a handle, where a call on it is granted.
    fn granted_port(&mut self, port: &Resource<UartHandle>, call: UartCall) -> Answer<Arc<OpenedUart>> {
        let UartHandle { device, opened } = self.0.table().get(port)?;
        let (device, opened) = (device.clone(), opened.clone());
        // A handle is only made of a device that it drives.
        let Some(access) = self.0.access(&device) else {
            return Ok(Err(uart::Error::Other("the port is closed".to_owned())));
        };
        Ok(access.uart(call).map(|()| opened).map_err(Into::into))
    }
}

impl uart::Host for Buses<'_> {
    async fn open(&mut self, name: String) -> Answer<Resource<UartHandle>> {
        match self.0.open_uart(&name).await {
            Ok(opened) => Ok(Ok(self.0.table().push(UartHandle { device: name.into(), opened })?)),
            Err(error) => Ok(Err(error.into())),
        }
    }
}

impl uart::HostPort for Buses<'_> {
    fn get_line_settings(&mut self, port: Resource<UartHandle>) -> Result<uart::LineSettings> {
        Ok(self.0.table().get(&port)?.opened.settings().into())
    }

    /// Less long where another call waits for its turn.
    async fn read(&mut self, port: Resource<UartHandle>, maximum: u32, timeout_ms: u32) -> Answer<Vec<u8>> {
        let opened = match self.granted_port(&port, UartCall::Read(maximum))? {
            Ok(opened) => opened,
            Err(denied) => return Ok(Err(denied)),
        };
        let hurry = self.0.hurry();
        let hurried = async {
            match &hurry {
                Some(hurry) => hurry.hurried().await,
                None => pending().await,
            }
        };
        let read = opened.read(maximum, Duration::from_millis(timeout_ms.into()), hurried).await;
        Ok(read.map_err(Into::into))
    }

    async fn write(&mut self, port: Resource<UartHandle>, data: Vec<u8>) -> Answer<()> {
        // A length that no address space has is refused as every other that is too long.
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
        match self.granted_port(&port, UartCall::Write(length))? {
            Ok(opened) => Ok(opened.write(&data).await.map_err(Into::into)),
            Err(denied) => Ok(Err(denied)),
        }
    }

    async fn drain(&mut self, port: Resource<UartHandle>) -> Answer<()> {
        match self.granted_port(&port, UartCall::Drain)? {
            Ok(opened) => Ok(opened.drain().await.map_err(Into::into)),
            Err(denied) => Ok(Err(denied)),
        }
    }

    fn discard(&mut self, port: Resource<UartHandle>) -> Answer<()> {
        match self.granted_port(&port, UartCall::Discard)? {
            Ok(opened) => Ok(opened.discard().map_err(Into::into)),
            Err(denied) => Ok(Err(denied)),
        }
    }

    async fn set_baud_rate(&mut self, port: Resource<UartHandle>, baud_rate: u32) -> Answer<()> {
        match self.granted_port(&port, UartCall::SetBaudRate(baud_rate))? {
            Ok(opened) => Ok(opened.set_baud_rate(baud_rate).await.map_err(Into::into)),
            Err(denied) => Ok(Err(denied)),
        }
    }

    /// The guest dropped its handle. The port goes with whoever drives the device.
    fn drop(&mut self, port: Resource<UartHandle>) -> Result<()> {
        self.0.table().delete(port)?;
        Ok(())
    }
}

impl From<UartLineSettings> for uart::LineSettings {
    fn from(settings: UartLineSettings) -> Self {
        let UartLineSettings { baud_rate, data_bits, parity, stop_bits, flow_control } = settings;
        Self {
            baud_rate,
            data_bits,
            parity: match parity {
                Parity::None => uart::Parity::None,
                Parity::Odd => uart::Parity::Odd,
                Parity::Even => uart::Parity::Even,
                Parity::Mark => uart::Parity::Mark,
                Parity::Space => uart::Parity::Space,
            },
            stop_bits,
            flow_control: match flow_control {
                FlowControl::None => uart::FlowControl::None,
                FlowControl::Hardware => uart::FlowControl::Hardware,
            },
        }
    }
}

impl From<UartError> for uart::Error {
    fn from(error: UartError) -> Self {
        match error.code {
            UartErrorCode::Denied => Self::Denied(error.message),
            UartErrorCode::Disconnected => Self::Disconnected(error.message),
            UartErrorCode::Framing => Self::Framing,
            UartErrorCode::Parity => Self::Parity,
            UartErrorCode::Break => Self::Break,
            UartErrorCode::Overrun => Self::Overrun,
            UartErrorCode::Other => Self::Other(error.message),
        }
    }
}
