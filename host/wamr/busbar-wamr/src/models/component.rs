use super::gpio::PART;
use crate::abi::{FromValue, IntoValue, Value, elements, list};
use crate::component::{ComponentInstance, Export, HostFunction, Linked, Offered, Parameters, require_exports};
use crate::components::FlattenedFile;
use crate::engine::{Ender, Limits};
use crate::flattened::{Interface, read_interface};
use crate::trap::Trap;
use busbar_core::bus::i2c::{I2cErrorCode, NoAcknowledge, Operation};
use busbar_core::bus::spi::{self, BitOrder, SpiError, SpiErrorCode, SpiGrant};
use busbar_core::clock::Clock;
use busbar_core::models::{GpioModelPart, LONGEST_ANSWER, ModelSource, ModelTarget, SpiModelTarget, TARGET_MEMORY_MIB};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, LazyLock};
use std::thread;

/// The interfaces of models, without version.
const I2C: &str = "busbar:model/i2c-targets";
const SPI: &str = "busbar:model/spi-targets";
const GPIO: &str = "busbar:model/gpio-parts";
/// The functions of targets, and those of parts.
const TARGET: [&str; 2] = [TRANSACTION, TARGET_PICTURE];
const TRANSACTION: &str = "[method]target.transaction";
const TARGET_PICTURE: &str = "[method]target.picture";
/// The native stack of a target's thread, in bytes: its own is WAMR's.
const THREAD_STACK: usize = 512 << 10;

/// The models of a component.
pub struct ComponentModels {
    linked: Arc<Linked<Clock>>,
    label: String,
    clock: Clock,
}

/// The world of models, as packages/models has it.
fn described() -> &'static Interface {
    static DESCRIBED: LazyLock<Interface> = LazyLock::new(|| {
        // A test reads it, too: without it nothing could be linked.
        read_interface(include_bytes!(concat!(env!("OUT_DIR"), "/models.interface"))).unwrap_or_default()
    });
    &DESCRIBED
}

impl ComponentModels {
    /// Links a component of models. It gets a clock, and nothing else. The error is one sentence.
    pub fn new(file: FlattenedFile, clock: Clock) -> Result<Self, String> {
        let FlattenedFile { label, flattened, code } = file;
        require_exports(&flattened.interface, I2C, described()).map_err(|what| unfit(&label, &what))?;
        let now_ms = |clock: &mut Clock, _: &mut Parameters| Ok(Some(clock.now_ms().into_value()));
        let functions = vec![HostFunction::new("busbar:model/clock", "now-ms", now_ms)];
        let offered = [Offered { functions, described: described() }];
        let linked = Linked::new(flattened, code, &offered).map_err(|what| unfit(&label, &what))?;
        Ok(Self { linked: Arc::new(linked), label, clock })
    }

    /// Makes a target of the models of an interface, whose functions have these names. `asked` is what `create` is called with.
    fn make(&self, path: &str, methods: &[&'static str], asked: Vec<Value>) -> Result<ComponentTarget, String> {
        let interface = require_exports(&self.linked.flattened().interface, path, described());
        let interface = interface.map_err(|what| unfit(&self.label, &what))?;
        let failed = |reason: String| format!("The model failed: {reason}.");
        let mut component =
            ComponentInstance::new(&self.linked, Limits::of_entry(TARGET_MEMORY_MIB), self.clock).map_err(failed)?;
        let mut export = |name: &str| component.export(&interface, name).map_err(|what| failed(format!("it {what}")));
        let methods = methods.iter().map(|name| Ok((*name, export(name)?)));
        let methods = methods.collect::<Result<_, String>>()?;
        let exports = Exports { methods, create: export("create")? };
        let target = ComponentTarget::start(component, exports).map_err(failed)?;
        match target.ask(move |guest| guest.create(&asked)) {
            Some(Ok(())) => Ok(target),
            Some(Err(reason)) => Err(reason),
            None => Err(failed("it trapped, or took too long".to_owned())),
        }
    }
}

fn unfit(label: &str, what: &str) -> String {
    format!("{label} is no component of device models: {what}.")
}

impl ModelSource for ComponentModels {
    fn create(&mut self, model: &str, parameters: &str) -> Result<Box<dyn ModelTarget>, String> {
        Ok(Box::new(self.make(I2C, &TARGET, texts([model, parameters]))?))
    }

    fn create_spi(&mut self, model: &str, parameters: &str) -> Result<Box<dyn SpiModelTarget>, String> {
        Ok(Box::new(self.make(SPI, &TARGET, texts([model, parameters]))?))
    }

    fn create_gpio(&mut self, model: &str, lines: &[&str], parameters: &str) -> Result<Box<dyn GpioModelPart>, String> {
        let lines = list(lines.iter().map(|line| (*line).to_owned()));
        let [model, parameters] = [model, parameters].map(|text| text.to_owned().into_value());
        Ok(Box::new(self.make(GPIO, &PART, vec![model, lines, parameters])?))
    }

    fn clock(&self) -> Clock {
        self.clock
    }
}

fn texts<const COUNT: usize>(texts: [&str; COUNT]) -> Vec<Value> {
    texts.into_iter().map(|text| text.to_owned().into_value()).collect()
}

/// The functions of an interface of models.
struct Exports {
    create: Export,
    methods: Vec<(&'static str, Export)>,
}

/// One target, and the instance that it has to itself. Only its own thread has it.
pub(super) struct Guest {
    component: ComponentInstance<Clock>,
    exports: Exports,
    /// What the guest knows it by, once it is made.
    target: u32,
}

type Job = Box<dyn FnOnce(&mut Guest) + Send>;

/// A target in a thread of its own, so that one that computes without end holds nobody up for longer than an answer may take.
pub(super) struct ComponentTarget {
    jobs: Sender<Job>,
    ender: Ender,
}

impl ComponentTarget {
    fn start(component: ComponentInstance<Clock>, exports: Exports) -> Result<Self, String> {
        let ender = component.ender();
        let (jobs, queue) = channel();
        let work = move || work(Guest { component, exports, target: 0 }, &queue);
        let thread = thread::Builder::new().name("model".to_owned()).stack_size(THREAD_STACK).spawn(work);
        thread.map_err(|cause| format!("it gets no thread ({cause})"))?;
        Ok(Self { jobs, ender })
    }

    /// Asks it; none where it traps or takes too long, and from then on.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut Guest) -> Result<T, Trap> + Send + 'static,
    ) -> Option<T> {
        let (answered, answer) = channel();
        // Who waits no more, or has ended, is nobody to tell.
        let job: Job = Box::new(move |guest| drop(answered.send(ask(guest))));
        self.jobs.send(job).ok()?;
        let answer = answer.recv_timeout(LONGEST_ANSWER);
        if !matches!(answer, Ok(Ok(_))) {
            self.ender.end();
        }
        answer.ok()?.ok()
    }
}

fn work(mut guest: Guest, queue: &Receiver<Job>) {
    // Its start functions come before the first that is asked of it: a trap in them shows there, for it is dead then.
    let started = guest.component.initialize();
    while started.is_ok()
        && let Ok(job) = queue.recv()
    {
        job(&mut guest);
    }
}

impl Guest {
    fn create(&mut self, asked: &[Value]) -> Result<Result<(), String>, Trap> {
        match self.component.call(&self.exports.create, asked)? {
            Some(Value::Variant(0, Some(target))) => match *target {
                Value::Resource(target) => {
                    self.target = target;
                    Ok(Ok(()))
                }
                _ => Err(Trap::another_type()),
            },
            Some(Value::Variant(1, Some(reason))) => {
                String::from_value(*reason).map(Err).ok_or_else(Trap::another_type)
            }
            _ => Err(Trap::another_type()),
        }
    }

    /// Runs a transaction, with what its function is called with beside the target.
    fn transaction(&mut self, parameters: Vec<Value>) -> Result<Result<Vec<Vec<u8>>, Value>, Trap> {
        match self.call(TRANSACTION, parameters)? {
            Some(Value::Variant(0, Some(lists))) => elements(*lists).map(Ok).ok_or_else(Trap::another_type),
            Some(Value::Variant(1, Some(error))) => Ok(Err(*error)),
            _ => Err(Trap::another_type()),
        }
    }

    /// Calls a method of the target.
    pub(super) fn call(&mut self, name: &str, parameters: Vec<Value>) -> Result<Option<Value>, Trap> {
        let parameters: Vec<_> = [Value::Resource(self.target)].into_iter().chain(parameters).collect();
        let method = self.exports.methods.iter().find(|(each, _)| *each == name);
        let (_, method) = method.ok_or_else(Trap::another_type)?;
        self.component.call(method, &parameters)
    }
}

/// What a function gives that may give nothing.
pub(super) fn given<T: FromValue>(answer: Option<Value>) -> Option<T> {
    match answer {
        Some(Value::Variant(1, Some(given))) => T::from_value(*given),
        _ => None,
    }
}

impl ModelTarget for ComponentTarget {
    fn transaction(&mut self, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cErrorCode> {
        let asked = vec![Value::List(operations.iter().map(operation).collect())];
        let results = match self.ask(|guest| guest.transaction(asked)) {
            Some(Ok(results)) => results,
            Some(Err(error)) => return Err(error_code(&error).unwrap_or(I2cErrorCode::Other)),
            None => return Err(I2cErrorCode::Other),
        };
        let lengths = operations.iter().filter_map(|operation| match operation {
            Operation::Read(length) => Some(*length),
            Operation::Write(_) => None,
        });
        // What a driver is told depends on it: one list for each read, as long as was asked for.
        let makes_sense = results.iter().map(Vec::len).eq(lengths);
        if makes_sense { Ok(results) } else { Err(I2cErrorCode::Other) }
    }

    fn picture(&mut self) -> Option<String> {
        self.ask(|guest| guest.call(TARGET_PICTURE, Vec::new())).and_then(given)
    }
}

impl SpiModelTarget for ComponentTarget {
    fn transaction(&mut self, wiring: &SpiGrant, operations: &[spi::Operation]) -> Result<Vec<Vec<u8>>, SpiError> {
        let failed = || SpiError::other("The simulated device failed.");
        let clocking = vec![
            wiring.mode.into_value(),
            wiring.maximum_hz.into_value(),
            (wiring.bit_order == BitOrder::LsbFirst).into_value(),
        ];
        let asked = vec![Value::Record(clocking), Value::List(operations.iter().map(spi_operation).collect())];
        let results = self.ask(|guest| guest.transaction(asked)).ok_or_else(failed)?;
        let results = results.map_err(|error| spi_error(error).unwrap_or_else(failed))?;
        // As above.
        let makes_sense = results.iter().map(Vec::len).eq(operations.iter().filter_map(spi::Operation::received));
        if makes_sense { Ok(results) } else { Err(failed()) }
    }
}

/// busbar:model/spi-targets `operation`.
fn spi_operation(operation: &spi::Operation) -> Value {
    let (case, payload) = match operation {
        // No grant is as long.
        spi::Operation::Read(length) => (0, u32::try_from(*length).unwrap_or(u32::MAX).into_value()),
        spi::Operation::Write(data) => (1, data.clone().into_value()),
        spi::Operation::Transfer(data) => (2, data.clone().into_value()),
        spi::Operation::Delay(nanoseconds) => (3, nanoseconds.into_value()),
    };
    Value::Variant(case, Some(Box::new(payload)))
}

/// busbar:model/spi-targets `error`.
fn spi_error(value: Value) -> Option<SpiError> {
    let Value::Record(fields) = value else { return None };
    let [Value::Variant(code, None), message] = <[Value; 2]>::try_from(fields).ok()? else { return None };
    let code = match code {
        0 => SpiErrorCode::Overrun,
        1 => SpiErrorCode::ModeFault,
        2 => SpiErrorCode::FrameFormat,
        3 => SpiErrorCode::ChipSelectFault,
        4 => SpiErrorCode::Other,
        _ => return None,
    };
    Some(SpiError::new(code, String::from_value(message)?))
}

/// busbar:model/i2c-targets `operation`.
fn operation(operation: &Operation) -> Value {
    match operation {
        // No grant is as long.
        Operation::Read(length) => {
            Value::Variant(0, Some(Box::new(u32::try_from(*length).unwrap_or(u32::MAX).into_value())))
        }
        Operation::Write(data) => Value::Variant(1, Some(Box::new(data.clone().into_value()))),
    }
}

/// busbar:model/i2c-targets `error-code`.
fn error_code(value: &Value) -> Option<I2cErrorCode> {
    Some(match value {
        Value::Variant(0, None) => I2cErrorCode::Bus,
        Value::Variant(1, None) => I2cErrorCode::ArbitrationLoss,
        Value::Variant(2, Some(source)) => I2cErrorCode::NoAcknowledge(match **source {
            Value::Variant(0, None) => NoAcknowledge::Address,
            Value::Variant(1, None) => NoAcknowledge::Data,
            Value::Variant(2, None) => NoAcknowledge::Unknown,
            _ => return None,
        }),
        Value::Variant(3, None) => I2cErrorCode::Overrun,
        Value::Variant(4, None) => I2cErrorCode::Other,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{GPIO, I2C, SPI, described};
    use crate::component::require_exports;

    #[test]
    fn the_world_of_models_is_described() {
        assert_eq!(described().imported.len(), 1);
        for path in [I2C, SPI, GPIO] {
            assert!(require_exports(described(), path, described()).is_ok());
        }
    }
}
