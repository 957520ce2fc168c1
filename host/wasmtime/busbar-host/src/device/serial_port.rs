use super::opened::{Called, Opened};
use super::{DeviceError, DeviceErrorCode};
use crate::bindings::exports::busbar::device::serial_port;
use crate::instance::{DeviceExports, DriverInstance, DriverState, Guest, drives_none};
use busbar_core::device::{require_at_most, require_line, shorten};
use std::sync::Arc;
use std::time::{Duration, Instant};
use wasmtime::Store;
use wasmtime::component::ResourceAny;

pub use serial_port::{ControlSignals, Info as SerialPortInfo, LineSettings, LineState, Parity, StopBits};

/// Calls into a driver go one after the other: reading and writing at the same time means short calls of both.
const LONGEST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WRITE: usize = 16_384;
/// USBCDC PSTN 1.2 section 6.3.13: 0xffff is a break without end.
const LONGEST_BREAK_MS: u16 = 0xfffe;

/// An opened serial port. Reading and writing can go on at the same time.
pub struct SerialPort {
    opened: Opened,
    info: SerialPortInfo,
    /// Who writes: one after the other, each all of its bytes.
    writing: tokio::sync::Mutex<()>,
}

impl SerialPort {
    /// Opens the serial port of a running instance.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn open(name: &str, instance: Arc<DriverInstance>) -> Result<Self, DeviceError> {
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
        shorten([&mut info.vendor, &mut info.product, &mut info.serial_number]);
        Ok(Self { opened, info, writing: tokio::sync::Mutex::new(()) })
    }

    /// Which device it is; texts are empty where it gives none.
    pub fn info(&self) -> &SerialPortInfo {
        &self.info
    }

    /// The line settings in force.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn line_settings(&self) -> Result<LineSettings, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_get_line_settings(store, device).await
        });
        let settings = call.await?;
        let LineSettings { baud_rate, data_bits, .. } = settings;
        require_line(&self.opened.name, baud_rate, data_bits)?;
        Ok(settings)
    }

    /// Sets the line; `unsupported` or `invalid-argument` where the device refuses.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn set_line_settings(&self, settings: LineSettings) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_set_line_settings(store, device, settings).await
        });
        call.await
    }

    /// Waits until there is something, then returns what there is, at most `maximum` bytes; nothing that the device sent
    /// is ever dropped. Empty when nothing came in time; without a timeout it waits without end.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn read(&self, maximum: u32, timeout: Option<Duration>) -> Result<Vec<u8>, DeviceError> {
        // One that no clock reaches is as good as none.
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let wait = left.map_or(LONGEST_WAIT, |left| left.min(LONGEST_WAIT));
            let wait_ms = u32::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX);
            let call = self.opened.call(async |guest, device| {
                let (store, exports) = parts(guest)?;
                exports.device().call_read(store, device, maximum, wait_ms).await
            });
            let bytes = call.await?;
            require_at_most(&self.opened.name, bytes.len(), maximum)?;
            if !bytes.is_empty() || maximum == 0 || left.is_some_and(|left| left <= wait) {
                return Ok(bytes);
            }
        }
    }

    /// Sends all of `data`, after all that was written before. The last of it can still be under way when this ends.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn write(&self, data: &[u8]) -> Result<(), DeviceError> {
        let _turn = self.writing.lock().await;
        for part in data.chunks(LONGEST_WRITE) {
            let call = self.opened.call(async |guest, device| {
                let (store, exports) = parts(guest)?;
                exports.device().call_write(store, device, part).await
            });
            call.await?;
        }
        Ok(())
    }

    /// Waits until everything that was written has reached the device.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn drain(&self) -> Result<(), DeviceError> {
        drop(self.writing.lock().await);
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_drain(store, device).await
        });
        call.await
    }

    /// Sets both signals.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn set_control_signals(&self, signals: ControlSignals) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_set_control_signals(store, device, signals).await
        });
        call.await
    }

    /// The latest state; nothing is set where the device reports none.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn line_state(&self) -> Result<LineState, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_get_line_state(store, device).await
        });
        call.await
    }

    /// Sends a break of so many milliseconds, at most 65534.
    ///
    /// # Errors
    ///
    /// `invalid-argument`, and what the driver answers.
    pub async fn send_break(&self, duration_ms: u16) -> Result<(), DeviceError> {
        if duration_ms > LONGEST_BREAK_MS {
            let message =
                format!("the duration is {duration_ms}, but must be a whole number from 0 to {LONGEST_BREAK_MS}");
            return Err(DeviceError::new(&self.opened.name, DeviceErrorCode::InvalidArgument, message));
        }
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_send_break(store, device, duration_ms).await
        });
        call.await
    }

    /// Sends what was written, lowers the control signals and closes.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn close(self) -> Result<(), DeviceError> {
        self.opened.close(close_guest).await
    }
}

async fn close_guest(guest: &mut Guest, device: ResourceAny) -> Called<()> {
    let (store, exports) = parts(guest)?;
    exports.device().call_close(store, device).await
}

fn parts(guest: &mut Guest) -> wasmtime::Result<(&mut Store<DriverState>, &serial_port::Guest)> {
    match &guest.exports {
        DeviceExports::SerialPort(exports) => Ok((&mut guest.store, exports)),
        _ => Err(drives_none("serial port")),
    }
}
