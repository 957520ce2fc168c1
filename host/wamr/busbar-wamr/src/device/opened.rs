use super::answered::device_error;
use super::function::{CLOSE, DeviceFunction, OPEN, RESOURCE};
use super::told::{ToldValue, shorten_texts};
use crate::abi::{IntoValue, Value};
use crate::instance::{DriverInstance, Guest};
use crate::trap::Trap;
use busbar_core::app::ClosesDevice;
use busbar_core::device::{
    DeviceError, DeviceErrorCode, INFO, Judge, LastReadings, READ, Wait, descriptions, longest_wait,
};
use busbar_core::link::{DeviceKind, parse_interface_name};
use busbar_core::supervisor::Life;
use busbar_core::turns::Urgency;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A device of whatever kind that a program or an app has open. Its functions are called by the names that they have in wit/, and
/// what they answer is judged as on the other hosts.
pub struct OpenedDevice {
    /// The device's name in the board file.
    name: String,
    instance: Arc<DriverInstance>,
    /// What the guest knows its resource by.
    device: u32,
    /// What the driver said when it was opened.
    properties: HashMap<&'static str, Value>,
    judge: Judge,
    /// Where its readings are noted, of a sensor.
    readings: Option<Arc<LastReadings>>,
    is_closed: AtomicBool,
}

/// Why a device was not opened.
#[derive(Debug)]
pub enum OpenFailure {
    /// What the driver answers: busbar:device/errors `error`, as a value.
    Answered(Value),
    /// What the host answers.
    Host(DeviceError),
}

impl OpenFailure {
    /// For a program.
    pub fn error(self, device: &str) -> DeviceError {
        match self {
            Self::Answered(value) => device_error(device, value)
                .unwrap_or_else(|| DeviceError::protocol(device, "the driver answers no error that there is")),
            Self::Host(error) => error,
        }
    }
}

impl From<DeviceError> for OpenFailure {
    fn from(error: DeviceError) -> Self {
        Self::Host(error)
    }
}

impl OpenedDevice {
    /// Opens the device of a running instance, and asks it all that it says of itself. One that does not answer is closed
    /// again, so that none is left open each time that somebody tries.
    ///
    /// # Errors
    ///
    /// What the driver answers, or `disconnected`, `timeout` and `protocol` of the host.
    pub async fn open(
        name: &str,
        kind: DeviceKind,
        instance: Arc<DriverInstance>,
        readings: &Arc<LastReadings>,
    ) -> Result<Self, OpenFailure> {
        let argument = name.to_owned().into_value();
        let open = move |guest: &mut Guest| invoke(guest, OPEN, &[argument]).map(Ok);
        let device = match instance.call(open).await? {
            Some(Value::Variant(0, Some(opened))) => match *opened {
                Value::Resource(device) => device,
                _ => return Err(DeviceError::protocol(name, "the driver opens nothing").into()),
            },
            Some(Value::Variant(1, Some(error))) => return Err(OpenFailure::Answered(*error)),
            _ => return Err(DeviceError::protocol(name, "the driver opens nothing").into()),
        };
        let mut opened = Self {
            name: name.to_owned(),
            instance,
            device,
            properties: HashMap::new(),
            judge: Judge::Plain,
            readings: (kind == DeviceKind::Sensor).then(|| readings.clone()),
            is_closed: AtomicBool::new(false),
        };
        match opened.describe(kind).await {
            Ok(()) => Ok(opened),
            Err(error) => {
                opened.close_quietly().await;
                Err(error.into())
            }
        }
    }

    /// The device's name in the board file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it said of itself, by the name of the function.
    pub fn property(&self, function: &str) -> Option<&Value> {
        self.properties.get(function)
    }

    /// Calls a method. `arguments` are those after the device itself, of the types that wit/ says. It gives what the driver
    /// does, its error among it; nothing where the method gives nothing.
    ///
    /// # Errors
    ///
    /// `disconnected` after it was closed; what [`DriverInstance::call`] answers; `protocol` for what makes no sense.
    pub async fn call(&self, method: &str, arguments: &[Value]) -> Result<Option<Value>, DeviceError> {
        let function = self.function(method)?;
        if !function.waits() {
            return self.call_with(Urgency::Plain, function, arguments).await;
        }
        // In calls of which each is short: a longer one would end the driver, and hold up all others.
        let Some((Value::Unsigned(timeout_ms), others)) = arguments.split_last() else {
            return self.call_with(Urgency::Plain, function, arguments).await;
        };
        let wait = Wait::new(Some(Duration::from_millis(*timeout_ms)), longest_wait(self.instance.call_limit()));
        // Of at most no bytes, there are none to wait for.
        let asks_for_nothing = others == [Value::Unsigned(0)];
        loop {
            let milliseconds = wait.next_ms();
            let arguments: Vec<Value> = others.iter().cloned().chain([milliseconds.into_value()]).collect();
            let answer = self.call_with(wait.urgency(milliseconds), function, &arguments).await?;
            if asks_for_nothing || !gives_nothing(answer.as_ref()) || wait.is_over() {
                return Ok(answer);
            }
        }
    }

    /// Leaves the part as its driver's README says, and releases it. Gives what the driver's `close` answers; nothing where it
    /// gives nothing, was closed before, or has ended.
    ///
    /// # Errors
    ///
    /// What [`DriverInstance::call`] answers.
    pub async fn close(&self) -> Result<Option<Value>, DeviceError> {
        if self.is_closed.swap(true, Ordering::AcqRel) || !self.instance.is_alive() {
            return Ok(None);
        }
        let device = self.device;
        let close = move |guest: &mut Guest| {
            let answer = invoke(guest, CLOSE, &[Value::Resource(device)])?;
            let Guest { component, exports } = guest;
            component.destroy(&exports.interface, RESOURCE, device)?;
            Ok(Ok(answer))
        };
        self.instance.call(close).await
    }

    /// Asks for what it says of itself, by which later answers are judged.
    async fn describe(&mut self, kind: DeviceKind) -> Result<(), DeviceError> {
        for method in descriptions(kind) {
            let answer = self.call(method, &[]).await?;
            self.properties.extend(answer.map(|answer| (*method, answer)));
        }
        let said = |method: &str| {
            let function = self.function(method).ok()?;
            ToldValue::result(function.declared, self.properties.get(method)?)
        };
        self.judge = Judge::of(kind, &self.name, said)?;
        Ok(())
    }

    fn function(&self, method: &str) -> Result<DeviceFunction, DeviceError> {
        let path = parse_interface_name(self.instance.interface()).path;
        DeviceFunction::of(path, method).ok_or_else(|| {
            DeviceError::new(&self.name, DeviceErrorCode::Unsupported, format!("{path} has no function {method}"))
        })
    }

    async fn call_with(
        &self,
        urgency: Urgency,
        function: DeviceFunction,
        arguments: &[Value],
    ) -> Result<Option<Value>, DeviceError> {
        if self.is_closed.load(Ordering::Acquire) {
            let message = "the device was closed; open it again";
            return Err(DeviceError::new(&self.name, DeviceErrorCode::Disconnected, message));
        }
        let all: Vec<Value> = std::iter::once(Value::Resource(self.device)).chain(arguments.iter().cloned()).collect();
        let call = move |guest: &mut Guest| invoke(guest, function.name, &all).map(Ok);
        let answer = self.instance.call_with(urgency, call).await;
        let answer = answer.and_then(|answer| self.judged(function, arguments, answer));
        if let (Some(readings), READ) = (&self.readings, function.name) {
            readings.note(&self.name, self.read_outcome(&answer).map_err(Into::into));
        }
        answer
    }

    fn judged(
        &self,
        function: DeviceFunction,
        arguments: &[Value],
        mut answer: Option<Value>,
    ) -> Result<Option<Value>, DeviceError> {
        let Some(given) = answer.as_mut() else { return Ok(None) };
        if function.name == INFO {
            shorten_texts(given);
        }
        if let Some(told) = ToldValue::result(function.declared, given)
            && error_of(Some(given)).is_none()
        {
            let arguments = ToldValue::arguments(function.declared, arguments);
            self.judge.require(&self.name, function.name, &arguments, told)?;
        }
        Ok(answer)
    }

    fn read_outcome(&self, answer: &Result<Option<Value>, DeviceError>) -> Result<(), DeviceError> {
        let answer = answer.as_ref().map_err(Clone::clone)?;
        let error = error_of(answer.as_ref()).and_then(|error| device_error(&self.name, error.clone()));
        error.map_or(Ok(()), Err)
    }
}

impl ClosesDevice for OpenedDevice {
    async fn close_quietly(&self) {
        // What fails now has been told by the driver's end, or is the driver's own affair.
        let _ = self.close().await;
    }
}

fn invoke(guest: &mut Guest, name: &str, parameters: &[Value]) -> Result<Option<Value>, Trap> {
    let Guest { component, exports } = guest;
    let function = exports.get(name).ok_or_else(|| Trap::failed(format!("it has no function {name}")))?;
    component.call(function, parameters)
}

/// The error that a function gave; none of those that cannot fail, none of which gives a variant.
fn error_of(answer: Option<&Value>) -> Option<&Value> {
    match answer {
        Some(Value::Variant(1, Some(error))) => Some(error),
        _ => None,
    }
}

/// Whether nothing came.
fn gives_nothing(answer: Option<&Value>) -> bool {
    match answer {
        Some(Value::Variant(0, Some(given))) => is_nothing(given),
        _ => false,
    }
}

fn is_nothing(given: &Value) -> bool {
    match given {
        Value::Variant(0, None) => true,
        Value::List(items) => items.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::Bool(is_so) => !is_so,
        Value::Record(fields) => fields.iter().all(is_nothing),
        _ => false,
    }
}
