use super::bindings::busbar::model::clock;
use super::bindings::exports::busbar::model::gpio_parts::{Guest as GpioGuest, GuestIndices as GpioGuestIndices};
use super::bindings::exports::busbar::model::i2c_targets::{
    ErrorCode, Guest, GuestIndices, NoAcknowledgeSource, Operation as WitOperation,
};
use super::bindings::exports::busbar::model::spi_targets::{Guest as SpiGuest, GuestIndices as SpiGuestIndices};
use super::bindings::exports::busbar::model::uart_parts::{Guest as UartGuest, GuestIndices as UartGuestIndices};
use super::{
    GpioModelPart, LONGEST_ANSWER, ModelSource, ModelTarget, SpiModelTarget, TARGET_MEMORY_MIB, UartModelPart,
};
use crate::bus::i2c::{I2cErrorCode, NoAcknowledge, Operation};
use crate::clock::Clock;
use crate::components::LoadedComponent;
use crate::engine::{Machine, SLICES_PER_SECOND};
use crate::error::HostError;
use crate::instance::MemoryLimit;
use wasmtime::Store;
use wasmtime::component::{HasSelf, Instance, InstancePre, Linker, ResourceAny};

/// In ticks of the epoch. A model answers within the transaction, so that nothing else runs meanwhile.
const LONGEST_ANSWER_SLICES: u64 = LONGEST_ANSWER.as_secs() * SLICES_PER_SECOND;

/// The models of a component.
pub struct ComponentModels {
    ready: InstancePre<ModelState>,
    machine: Machine,
    clock: Clock,
}

pub(super) struct ModelState {
    clock: Clock,
    memory: MemoryLimit,
}

impl clock::Host for ModelState {
    fn now_ms(&mut self) -> wasmtime::Result<f64> {
        Ok(self.clock.now_ms())
    }
}

impl ComponentModels {
    /// # Errors
    ///
    /// When the component is in another world. It gets a clock, and nothing else.
    pub fn new(machine: &Machine, loaded: &LoadedComponent, clock: Clock) -> Result<Self, HostError> {
        let mut linker = Linker::new(&machine.engine);
        let ready = clock::add_to_linker::<_, HasSelf<ModelState>>(&mut linker, |state| state)
            .and_then(|()| linker.instantiate_pre(&loaded.component));
        let ready = ready.map_err(|cause| {
            HostError::component(format!("{} is no component of device models: {}.", loaded.label, cause.root_cause()))
        })?;
        Ok(Self { ready, machine: machine.clone(), clock })
    }

    /// Makes a target in a store of its own.
    fn make<Exports>(
        &self,
        load: impl FnOnce(&InstancePre<ModelState>, &mut Store<ModelState>, &Instance) -> wasmtime::Result<Exports>,
        create: impl FnOnce(&Exports, &mut Store<ModelState>) -> wasmtime::Result<Result<ResourceAny, String>>,
    ) -> Result<Made<Exports>, String> {
        let memory = MemoryLimit::new(TARGET_MEMORY_MIB);
        let mut store = Store::new(&self.machine.engine, ModelState { clock: self.clock, memory });
        store.limiter(|state| &mut state.memory);
        let _running = self.machine.running();
        store.set_epoch_deadline(LONGEST_ANSWER_SLICES);
        let made = self.ready.instantiate(&mut store).and_then(|instance| {
            let exports = load(&self.ready, &mut store, &instance)?;
            let target = create(&exports, &mut store)?;
            Ok((exports, target))
        });
        let (exports, target) = made.map_err(|trap| format!("The model failed: {}.", trap.root_cause()))?;
        Ok(Made { store, exports, target: target?, machine: self.machine.clone(), dead: false })
    }
}

impl ModelSource for ComponentModels {
    fn create(&mut self, model: &str, parameters: &str) -> Result<Box<dyn ModelTarget>, String> {
        let made = self.make(
            |ready, store, instance| GuestIndices::new(ready)?.load(store, instance),
            |exports: &Guest, store| exports.call_create(store, model, parameters),
        )?;
        Ok(Box::new(made))
    }

    fn create_spi(&mut self, model: &str, parameters: &str) -> Result<Box<dyn SpiModelTarget>, String> {
        let made = self.make(
            |ready, store, instance| SpiGuestIndices::new(ready)?.load(store, instance),
            |exports: &SpiGuest, store| exports.call_create(store, model, parameters),
        )?;
        Ok(Box::new(made))
    }

    fn create_gpio(&mut self, model: &str, lines: &[&str], parameters: &str) -> Result<Box<dyn GpioModelPart>, String> {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let made = self.make(
            |ready, store, instance| GpioGuestIndices::new(ready)?.load(store, instance),
            |exports: &GpioGuest, store| exports.call_create(store, model, &lines, parameters),
        )?;
        Ok(Box::new(made))
    }

    fn create_uart(&mut self, model: &str, parameters: &str) -> Result<Box<dyn UartModelPart>, String> {
        let made = self.make(
            |ready, store, instance| UartGuestIndices::new(ready)?.load(store, instance),
            |exports: &UartGuest, store| exports.call_create(store, model, parameters),
        )?;
        Ok(Box::new(made))
    }

    fn clock(&self) -> Clock {
        self.clock
    }
}

/// One target, in a store of its own.
pub(super) struct Made<Exports> {
    store: Store<ModelState>,
    exports: Exports,
    target: ResourceAny,
    machine: Machine,
    /// Whether it has trapped.
    dead: bool,
}

impl<Exports> Made<Exports> {
    /// Calls it; none where it traps, and from then on.
    pub(super) fn call<T>(
        &mut self,
        invoke: impl FnOnce(&mut Store<ModelState>, &Exports, ResourceAny) -> wasmtime::Result<T>,
    ) -> Option<T> {
        if self.dead {
            return None;
        }
        let _running = self.machine.running();
        self.store.set_epoch_deadline(LONGEST_ANSWER_SLICES);
        let answer = invoke(&mut self.store, &self.exports, self.target).ok();
        self.dead = answer.is_none();
        answer
    }
}

impl ModelTarget for Made<Guest> {
    fn transaction(&mut self, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cErrorCode> {
        let asked: Vec<WitOperation> = operations.iter().map(WitOperation::from).collect();
        let answer = self.call(|store, exports, target| exports.target().call_transaction(store, target, &asked));
        let results = answer.unwrap_or(Err(ErrorCode::Other)).map_err(I2cErrorCode::from)?;
        let lengths = operations.iter().filter_map(|operation| match operation {
            Operation::Read(length) => Some(*length),
            Operation::Write(_) => None,
        });
        // What a driver is told depends on it: one list for each read, as long as was asked for.
        let makes_sense = results.iter().map(Vec::len).eq(lengths);
        if makes_sense { Ok(results) } else { Err(I2cErrorCode::Other) }
    }

    fn picture(&mut self) -> Option<String> {
        self.call(|store, exports, target| exports.target().call_picture(store, target)).flatten()
    }
}

impl From<&Operation> for WitOperation {
    fn from(operation: &Operation) -> Self {
        match operation {
            // No grant is as long.
            Operation::Read(length) => Self::Read(u32::try_from(*length).unwrap_or(u32::MAX)),
            Operation::Write(data) => Self::Write(data.clone()),
        }
    }
}

impl From<ErrorCode> for I2cErrorCode {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::Bus => Self::Bus,
            ErrorCode::ArbitrationLoss => Self::ArbitrationLoss,
            ErrorCode::NoAcknowledge(source) => Self::NoAcknowledge(match source {
                NoAcknowledgeSource::Address => NoAcknowledge::Address,
                NoAcknowledgeSource::Data => NoAcknowledge::Data,
                NoAcknowledgeSource::Unknown => NoAcknowledge::Unknown,
            }),
            ErrorCode::Overrun => Self::Overrun,
            ErrorCode::Other => Self::Other,
        }
    }
}
