use busbar_host::board::SimulateEntry;
use busbar_host::bus::BusName;
use busbar_host::bus::i2c::{I2cBackend, I2cBus, I2cError, I2cErrorCode, I2cUser, NoAcknowledge, Operation};
use busbar_host::error::HostError;
use busbar_host::models::NoModels;
use busbar_host::simulate::{Simulator, simulate};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// A simulated chip that counts how often it was measured, and can be taken away.
pub struct Chip {
    simulator: Simulator,
    state: Arc<State>,
}

#[derive(Default)]
pub struct State {
    measured: AtomicU32,
    is_gone: AtomicBool,
}

impl State {
    /// How often its values were read.
    pub fn measured(&self) -> u32 {
        self.measured.load(Ordering::Relaxed)
    }

    /// It answers no more.
    pub fn take_away(&self) {
        self.is_gone.store(true, Ordering::Relaxed);
    }
}

impl Chip {
    pub fn new(entries: &[SimulateEntry]) -> (Self, Arc<State>) {
        let state = Arc::<State>::default();
        let simulator = simulate(entries, &mut NoModels).expect("it is simulated");
        (Self { simulator, state: state.clone() }, state)
    }
}

impl I2cBackend for Chip {
    fn name(&self) -> &str {
        "chip"
    }

    fn open(&self, bus: &BusName, user: &I2cUser<'_>) -> Result<Option<Box<dyn I2cBus>>, HostError> {
        let opened = self.simulator.open(bus, user)?;
        Ok(opened.map(|bus| Box::new(Watched { bus, state: self.state.clone() }) as Box<dyn I2cBus>))
    }
}

struct Watched {
    bus: Box<dyn I2cBus>,
    state: Arc<State>,
}

/// BST-BME280-DS002, 4 "Data readout": a burst from 0xF7 on.
const FIRST_VALUE: u8 = 0xf7;

impl I2cBus for Watched {
    fn transaction(&mut self, address: u16, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError> {
        if self.state.is_gone.load(Ordering::Relaxed) {
            return Err(I2cError::new(
                I2cErrorCode::NoAcknowledge(NoAcknowledge::Address),
                "nothing acknowledges".to_owned(),
            ));
        }
        if matches!(operations.first(), Some(Operation::Write(data)) if data.first() == Some(&FIRST_VALUE)) {
            self.state.measured.fetch_add(1, Ordering::Relaxed);
        }
        self.bus.transaction(address, operations)
    }
}
