use super::{DeviceError, DeviceErrorCode};
use serde_json::Value;
use std::time::Duration;

/// A time in milliseconds that a person wrote; none, which waits without end, where nothing was written. `what` is what it is of:
/// "timeout".
///
/// # Errors
///
/// `invalid-argument` for what is no such time.
pub fn required_duration(device: &str, what: &str, written: Option<&Value>) -> Result<Option<Duration>, DeviceError> {
    let Some(written) = written else { return Ok(None) };
    let milliseconds = written.as_f64().filter(|milliseconds| *milliseconds >= 0.0).ok_or_else(|| {
        let shown = written.as_str().map_or_else(|| written.to_string(), str::to_owned);
        let message = format!("the {what} is {shown} ms, but must be 0 or more; Infinity waits without end");
        DeviceError::new(device, DeviceErrorCode::InvalidArgument, message)
    })?;
    // One that no clock reaches is as good as none.
    Ok(Duration::try_from_secs_f64(milliseconds / 1e3).ok())
}
