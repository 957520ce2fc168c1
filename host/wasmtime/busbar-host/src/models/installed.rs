use super::{ComponentModels, GpioModelPart, MODELS_PACKAGE, ModelSource, ModelTarget, SpiModelTarget, UartModelPart};
use crate::clock::Clock;
use crate::components::ComponentSource;
use crate::engine::Machine;

/// The models of the package that is installed where a board is; it is loaded when the first of them is asked for.
pub struct BoardModels<'a> {
    machine: &'a Machine,
    components: &'a dyn ComponentSource,
    clock: Clock,
    loaded: Option<ComponentModels>,
}

impl<'a> BoardModels<'a> {
    /// Looks for nothing yet.
    pub fn new(machine: &'a Machine, components: &'a dyn ComponentSource, clock: Clock) -> Self {
        Self { machine, components, clock, loaded: None }
    }

    /// Those of the package, loaded.
    fn loaded(&mut self) -> Result<&mut ComponentModels, String> {
        let loaded = match self.loaded.take() {
            Some(loaded) => loaded,
            None => self.load()?,
        };
        Ok(self.loaded.insert(loaded))
    }

    fn load(&self) -> Result<ComponentModels, String> {
        let loaded = self.components.load(self.machine, &MODELS_PACKAGE.into()).map_err(|error| {
            format!("This host itself has the model registers, and the others are in a package: {}", error.message)
        })?;
        ComponentModels::new(self.machine, &loaded, self.clock).map_err(|error| error.message)
    }
}

impl ModelSource for BoardModels<'_> {
    fn create(&mut self, model: &str, parameters: &str) -> Result<Box<dyn ModelTarget>, String> {
        self.loaded()?.create(model, parameters)
    }

    fn create_spi(&mut self, model: &str, parameters: &str) -> Result<Box<dyn SpiModelTarget>, String> {
        self.loaded()?.create_spi(model, parameters)
    }

    fn create_gpio(&mut self, model: &str, lines: &[&str], parameters: &str) -> Result<Box<dyn GpioModelPart>, String> {
        self.loaded()?.create_gpio(model, lines, parameters)
    }

    fn create_uart(&mut self, model: &str, parameters: &str) -> Result<Box<dyn UartModelPart>, String> {
        self.loaded()?.create_uart(model, parameters)
    }

    fn clock(&self) -> Clock {
        self.clock
    }
}
