use super::errors::error_of;
use super::shape::{Answer, CLOSE, DeviceShape, OPEN};
use super::told::{ToldVal, shorten_texts};
use crate::device::{DeviceError, DeviceErrorCode, LastReadings};
use crate::instance::{DriverInstance, Guest, Life, Urgency};
use crate::link::DeviceKind;
use busbar_core::app::ClosesDevice;
use busbar_core::device::{INFO, Judge, READ, Wait, descriptions, longest_wait};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use wasmtime::component::{ResourceAny, Val};
use wasmtime::{Error, Result};

/// A device interface as a driver has it.
#[derive(Debug, Clone)]
pub struct DriverInterface {
    /// Its name as the driver spells it.
    pub interface: Arc<str>,
    pub kind: DeviceKind,
    /// How many results its `close` has.
    pub close_results: usize,
}

/// A device that an app has open: where its calls go, and what need not be asked twice.
pub struct OpenedDevice {
    /// The device's name in the board file.
    name: String,
    instance: Arc<DriverInstance>,
    driver: DriverInterface,
    device: ResourceAny,
    /// What the driver said when it was opened.
    properties: HashMap<String, Val>,
    judge: Judge,
    /// Where its readings are noted, of a sensor.
    readings: Option<Arc<LastReadings>>,
    is_closed: AtomicBool,
}

impl OpenedDevice {
    /// Opens the device of a running instance, and asks it all that it says of itself. One that does not answer is closed
    /// again, so that none is left open each time that somebody tries.
    ///
    /// # Errors
    ///
    /// As a value of the interface: what the driver answers, or `disconnected` and `timeout` of the host.
    pub async fn open(
        name: &str,
        instance: Arc<DriverInstance>,
        driver: DriverInterface,
        shape: &DeviceShape,
        readings: &Arc<LastReadings>,
    ) -> std::result::Result<Self, OpenFailure> {
        let arguments = vec![Val::String(name.to_owned())];
        let (opening, interface) = (instance.clone(), driver.interface.clone());
        let answer = call(opening, Urgency::Plain, interface, OPEN.to_owned(), arguments, 1).await?;
        let device = match answer.into_iter().next() {
            Some(Val::Result(Ok(Some(opened)))) => match *opened {
                Val::Resource(device) => device,
                _ => return Err(OpenFailure::Trap(no_answer())),
            },
            Some(Val::Result(Err(Some(error)))) => return Err(OpenFailure::Answered(*error)),
            _ => return Err(OpenFailure::Trap(no_answer())),
        };
        let mut opened = Self {
            name: name.to_owned(),
            instance,
            driver,
            device,
            properties: HashMap::new(),
            judge: Judge::Plain,
            readings: shape.is_sensor().then(|| readings.clone()),
            is_closed: AtomicBool::new(false),
        };
        match opened.describe(shape).await {
            Ok(()) => Ok(opened),
            Err(failure) => {
                opened.close_quietly().await;
                Err(failure)
            }
        }
    }

    /// Asks for what the app can ask for, and for what later answers are judged by.
    async fn describe(&mut self, shape: &DeviceShape) -> std::result::Result<(), OpenFailure> {
        let properties = shape.methods.iter().filter(|(_, method)| method.answer == Answer::Property);
        let asked: BTreeSet<&str> = properties
            .map(|(method, _)| method.as_str())
            .chain(descriptions(self.driver.kind).iter().copied())
            .collect();
        for method in asked {
            let value = self.ask(method).await?;
            self.properties.insert(method.to_owned(), value);
        }
        let properties = &self.properties;
        self.judge = Judge::of(self.driver.kind, &self.name, |function| properties.get(function).map(ToldVal))?;
        Ok(())
    }

    /// What it said of itself.
    pub fn property(&self, method: &str) -> Option<&Val> {
        self.properties.get(method)
    }

    /// Calls a method. `arguments` are those after the device itself, and `results` is how many there are.
    ///
    /// # Errors
    ///
    /// `disconnected` after it was closed; what [`DriverInstance::call`] answers; `protocol` for what makes no sense.
    pub async fn call(
        &self,
        method: &str,
        arguments: &[Val],
        results: usize,
    ) -> std::result::Result<Vec<Val>, DeviceError> {
        self.call_with(Urgency::Plain, method, arguments, results).await
    }

    /// Calls a method that waits, in calls of which each is short: a longer one would end the driver, and hold up all others.
    ///
    /// # Errors
    ///
    /// As for `call`.
    pub async fn wait(
        &self,
        method: &str,
        arguments: &[Val],
        results: usize,
    ) -> std::result::Result<Vec<Val>, DeviceError> {
        let Some((Val::U32(timeout_ms), others)) = arguments.split_last() else {
            return self.call(method, arguments, results).await;
        };
        let timeout = Duration::from_millis((*timeout_ms).into());
        let wait = Wait::new(Some(timeout), longest_wait(self.instance.call_limit()));
        // Of at most no bytes, there are none to wait for.
        let asks_for_nothing = others == [Val::U32(0)];
        loop {
            let milliseconds = wait.next_ms();
            let arguments: Vec<Val> = others.iter().cloned().chain([Val::U32(milliseconds)]).collect();
            let answer = self.call_with(wait.urgency(milliseconds), method, &arguments, results).await?;
            if asks_for_nothing || !gives_nothing(&answer) || wait.is_over() {
                return Ok(answer);
            }
        }
    }

    async fn call_with(
        &self,
        urgency: Urgency,
        method: &str,
        arguments: &[Val],
        results: usize,
    ) -> std::result::Result<Vec<Val>, DeviceError> {
        if self.is_closed() {
            let message = "the device was closed; open it again";
            return Err(DeviceError::new(&self.name, DeviceErrorCode::Disconnected, message));
        }
        let all = std::iter::once(Val::Resource(self.device)).chain(arguments.iter().cloned()).collect();
        let (instance, interface) = (self.instance.clone(), self.driver.interface.clone());
        let mut answer = call(instance, urgency, interface, method.to_owned(), all, results).await;
        if let Ok([given]) = answer.as_deref_mut() {
            if method == INFO {
                shorten_texts(given);
            }
            let arguments: Vec<_> = arguments.iter().map(ToldVal).collect();
            if !matches!(given, Val::Result(Err(_)))
                && let Err(error) = self.judge.require(&self.name, method, &arguments, ToldVal(given))
            {
                answer = Err(error);
            }
        }
        if let (Some(readings), READ) = (&self.readings, method) {
            readings.note(&self.name, self.read_outcome(&answer).map_err(Into::into));
        }
        answer
    }

    fn read_outcome(
        &self,
        answer: &std::result::Result<Vec<Val>, DeviceError>,
    ) -> std::result::Result<(), DeviceError> {
        match answer.as_ref().map_err(DeviceError::clone)?.first() {
            Some(Val::Result(Err(Some(error)))) => error_of(&self.name, error).map_or(Ok(()), Err),
            _ => Ok(()),
        }
    }

    /// Whether it was closed.
    fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Leaves the part as its driver's README says, and releases it. Gives what the driver's `close` answers; nothing where
    /// it was closed before, or the driver has ended.
    ///
    /// # Errors
    ///
    /// What [`DriverInstance::call`] answers.
    pub async fn close(&self) -> std::result::Result<Option<Vec<Val>>, DeviceError> {
        if self.is_closed.swap(true, Ordering::AcqRel) || !self.instance.is_alive() {
            return Ok(None);
        }
        let (driver, device) = (self.driver.clone(), self.device);
        let closed = tokio::spawn({
            let instance = self.instance.clone();
            async move {
                instance
                    .call(async |guest| {
                        let handle = [Val::Resource(device)];
                        let answer = invoke(guest, &driver.interface, CLOSE, &handle, driver.close_results).await?;
                        device.resource_drop_async(&mut guest.store).await?;
                        Ok(Ok(answer))
                    })
                    .await
            }
        });
        match closed.await {
            Ok(answer) => answer.map(Some),
            Err(_) => Err(self.ended()),
        }
    }

    async fn ask(&self, method: &str) -> std::result::Result<Val, OpenFailure> {
        let answer = self.call(method, &[], 1).await?;
        answer.into_iter().next().ok_or_else(|| OpenFailure::Trap(no_answer()))
    }

    fn ended(&self) -> DeviceError {
        DeviceError::disconnected(&self.name, "the driver has ended")
    }
}

impl ClosesDevice for OpenedDevice {
    async fn close_quietly(&self) {
        // What fails now has been told by the driver's end, or is the driver's own affair.
        let _ = self.close().await;
    }
}

/// Why a device was not opened.
pub enum OpenFailure {
    /// What the driver answers, as a value.
    Answered(Val),
    /// What the host answers.
    Host(DeviceError),
    /// The host cannot go on with the app.
    Trap(Error),
}

impl From<DeviceError> for OpenFailure {
    fn from(error: DeviceError) -> Self {
        Self::Host(error)
    }
}

/// Calls a driver's function to its end, whatever becomes of the app meanwhile: a call that is dropped in its middle would
/// end the driver, which others use too.
async fn call(
    instance: Arc<DriverInstance>,
    urgency: Urgency,
    interface: Arc<str>,
    function: String,
    arguments: Vec<Val>,
    results: usize,
) -> std::result::Result<Vec<Val>, DeviceError> {
    let called_in = instance.clone();
    let called = tokio::spawn(async move {
        let invoke = async |guest: &mut Guest| Ok(Ok(invoke(guest, &interface, &function, &arguments, results).await?));
        instance.call_with(urgency, invoke).await
    });
    called.await.unwrap_or_else(|_| Err(DeviceError::disconnected(called_in.device(), "the driver has ended")))
}

async fn invoke(
    guest: &mut Guest,
    interface: &str,
    function: &str,
    arguments: &[Val],
    results: usize,
) -> Result<Vec<Val>> {
    let function = find(guest, interface, function)?;
    let mut answer = vec![Val::Bool(false); results];
    function.call_async(&mut guest.store, arguments, &mut answer).await?;
    Ok(answer)
}

fn find(guest: &mut Guest, interface: &str, function: &str) -> Result<wasmtime::component::Func> {
    let Guest { store, instance, .. } = guest;
    let exported = instance.get_export_index(&mut *store, None, interface);
    let index = exported.and_then(|exported| instance.get_export_index(&mut *store, Some(&exported), function));
    index
        .and_then(|index| instance.get_func(&mut *store, index))
        .ok_or_else(|| Error::msg(format!("it has no function {function} of {interface}")))
}

/// Whether nothing came.
fn gives_nothing(answer: &[Val]) -> bool {
    match answer {
        [Val::Result(Ok(Some(given)))] => is_nothing(given),
        _ => false,
    }
}

fn is_nothing(given: &Val) -> bool {
    match given {
        Val::Option(given) => given.is_none(),
        Val::List(items) => items.is_empty(),
        Val::Bool(is_so) => !is_so,
        Val::Record(fields) => fields.iter().all(|(_, field)| is_nothing(field)),
        _ => false,
    }
}

fn no_answer() -> Error {
    Error::msg("the driver's answer has another form than its type says")
}
