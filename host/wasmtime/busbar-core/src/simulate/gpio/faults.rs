use crate::bus::gpio::{GpioError, GpioErrorCode};
use crate::simulate::faults::{Strikes, kind_of};
use crate::simulate::parameters::{Complaint, check_known, list, missing, text, unexpected};
use serde_json::{Map, Value};

/// All that a controller can report of a line, by the name that a board file has for it.
pub(in crate::simulate) const GPIO_KINDS: [(&str, GpioErrorCode); 4] = [
    ("hardware-fault", GpioErrorCode::HardwareFault),
    ("would-block", GpioErrorCode::WouldBlock),
    ("operation-not-supported", GpioErrorCode::OperationNotSupported),
    ("other", GpioErrorCode::Other),
];

/// When a line fails, and how. Its reads and sets are counted together.
pub(in crate::simulate) struct GpioFault {
    /// The line, by the model's name for it.
    pub(in crate::simulate) line: String,
    code: GpioErrorCode,
    strikes: Strikes,
}

impl GpioFault {
    /// The faults of an entry of `simulate`.
    pub(in crate::simulate) fn list_from(
        parameters: &Map<String, Value>,
        kinds: &[(&'static str, GpioErrorCode)],
    ) -> Result<Vec<Self>, Complaint> {
        let items = list(parameters, "faults")?.iter().enumerate();
        items.map(|(index, value)| Self::from_json(value, &format!("faults.{index}"), kinds)).collect()
    }

    fn from_json(value: &Value, path: &str, kinds: &[(&'static str, GpioErrorCode)]) -> Result<Self, Complaint> {
        let fault = value.as_object().ok_or_else(|| unexpected(path, "Object", value))?;
        let at = format!("{path}.line");
        let line = fault.get("line").ok_or_else(|| missing(&at)).and_then(|line| text(line, &at))?;
        let (_, code) = kind_of(fault, kinds, path)?;
        let strikes = Strikes::from_json(fault, "operation", path)?;
        check_known(fault, &["line", "fault", "operation", "every", "count"], &format!("{path}."))?;
        Ok(Self { line: line.to_owned(), code, strikes })
    }

    /// Counts one operation; what that fails with where it is struck.
    pub(super) fn strike(&mut self) -> Option<GpioError> {
        self.strikes.next().then(|| GpioError::new(self.code, "injected by the simulator"))
    }
}
